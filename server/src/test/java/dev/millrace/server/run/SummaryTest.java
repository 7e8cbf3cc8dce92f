package dev.millrace.server.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connect.pipeline.Pipeline;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummaryTest {

    private static final Pipeline PIPELINE = new Pipeline(
            "orders",
            Path.of("/p"),
            Map.of(),
            true,
            List.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            new Pipeline.Errors(true, List.of("bad")),
            List.of());

    private static List<String> summary(boolean through) {
        return Summary.lines(
                PIPELINE,
                new RunReport(
                        "orders",
                        through,
                        1.25,
                        Map.of("files", 1_234L),
                        Map.of("counts", 5L),
                        Map.of("table", 6L),
                        Map.of("bad", 3L),
                        Map.of("no time", 2L, "too short", 1L),
                        false,
                        "/data",
                        "b:9092",
                        List.of()),
                new QueryView(SummaryTest.class.getClassLoader()));
    }

    @Test
    void says_what_came_through_and_what_was_set_aside_with_the_commonest_reasons_first() {
        assertThat(summary(true))
                .containsSequence(
                        "orders is through after 1.3 s",
                        "  files: 1,234 records read",
                        "  counts: 5 records processed",
                        "  table: 6 records written",
                        "  bad: 3 records set aside",
                        "      2× no time",
                        "      1× too short",
                        "  data in /data",
                        "  topics on b:9092");
    }

    @Test
    void does_not_claim_an_end_that_was_not_reached() {
        assertThat(summary(false)).contains("orders was stopped before its end after 1.3 s");
    }
}
