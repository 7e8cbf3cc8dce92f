package dev.millrace.examples.trending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.broker.Broker;
import dev.millrace.broker.BrokerConfig;
import dev.millrace.connect.pipeline.PipelineException;
import dev.millrace.connect.worker.RequestRefused;
import dev.millrace.server.UserError;
import dev.millrace.server.run.PipelineRun;
import dev.millrace.server.run.RunOptions;
import dev.millrace.server.run.RunReport;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The README's promise: the pipeline file, as it is, over whole files, gives what a straight computation gives. */
class The_trending_pipeline_IT {

    private static final Path EXAMPLE = Path.of("").toAbsolutePath();
    private static final Path HOME = EXAMPLE.resolve("../..").normalize();
    private static final Path SHARED_DATA = HOME.resolve("../shared/data").normalize();

    @TempDir
    Path folder;

    private Broker broker;

    @BeforeEach
    void start() {
        System.setProperty("millrace.home", HOME.toString());
        System.setProperty(
                "millrace.plugin.path",
                HOME.resolve("connectors/csv/target/plugins") + "," + HOME.resolve("connectors/jdbc/target/plugins"));
        broker = Broker.start(BrokerConfig.parse(Map.of(
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "log.dirs", folder.resolve("log").toString(),
                "group.initial.rebalance.delay.ms", "0")));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private RunReport run(Map<String, String> settings) throws InterruptedException {
        return new PipelineRun(
                        new RunOptions(
                                EXAMPLE,
                                settings,
                                broker.bootstrapServers(),
                                true,
                                folder.resolve("data"),
                                false,
                                List.of(),
                                Set.of()),
                        new PrintWriter(Writer.nullWriter()),
                        false)
                .run();
    }

    @Test
    void counts_the_sample_exactly_and_sets_aside_what_is_malformed() throws Exception {
        RunReport report = run(Map.of());

        var expected = StraightComputation.of(EXAMPLE.resolve("sample/tweets.csv"), "sample");
        PipelineOutcome.assertEquals(expected, broker.bootstrapServers(), folder.resolve("data"));
        assertThat(report.through()).isTrue();
        assertThat(report.failed()).isFalse();
        assertThat(report.setAside()).containsEntry("tweets-malformed", (long) expected.malformed());
        assertThat(report.reasons()).isNotEmpty();
    }

    @Test
    void run_again_finds_nothing_left_to_do() throws Exception {
        run(Map.of());
        RunReport again = run(Map.of());

        assertThat(again.sources()).containsEntry("tweets", 0L);
        PipelineOutcome.assertEquals(
                StraightComputation.of(EXAMPLE.resolve("sample/tweets.csv"), "sample"),
                broker.bootstrapServers(),
                folder.resolve("data"));
    }

    @ParameterizedTest
    @CsvSource({
        "crisislex/2013_Boston_Bombings-ontopic_offtopic.csv, crisislex",
        "crisislex/2013_Oklahoma_Tornado-ontopic_offtopic.csv, crisislex",
        "fivethirtyeight/mayweather-mcgregor-tweets.csv, mayweather",
        "fivethirtyeight/twitter-ratio-BarackObama.csv, twitter-ratio",
        "fivethirtyeight/twitter-ratio-realDonaldTrump.csv, twitter-ratio"
    })
    void counts_real_tweets_exactly(String file, String layout) throws Exception {
        Path input = SHARED_DATA.resolve(file);
        assumeTrue(Files.exists(input), () -> "not here: " + input);

        run(Map.of("input", input.toString(), "layout", layout));

        PipelineOutcome.assertEquals(
                StraightComputation.of(input, layout), broker.bootstrapServers(), folder.resolve("data"));
    }

    @Test
    void stops_at_the_first_malformed_row_when_told_to() {
        assertThatThrownBy(() -> run(Map.of("malformed", "fail")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("tweets.csv");
    }

    @Test
    void names_what_is_wrong_before_it_creates_anything() {
        Map<Map<String, String>, String> mistakes =
                new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        mistakes.put(Map.of("input", "nowhere.csv"), "nowhere.csv");
        mistakes.put(Map.of("layout", "crisislx"), "crisislex");
        mistakes.put(Map.of("guarantee", "at_most_once"), "at_most_once");
        mistakes.put(Map.of("inputt", "x"), "inputt");
        mistakes.forEach((settings, named) -> assertThatThrownBy(() -> run(settings))
                .isInstanceOfAny(UserError.class, PipelineException.class, RequestRefused.class)
                .hasMessageContaining(named));
        assertThat(folder.resolve("data")).doesNotExist();
    }
}
