package dev.millrace.connect.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineFileTest {

    @TempDir
    Path folder;

    private PipelineFile read(String yaml) throws IOException {
        Path directory = Files.createDirectories(folder.resolve("orders"));
        Files.writeString(directory.resolve(PipelineFile.NAME), yaml);
        return PipelineFile.read(directory, List.of(Files.createDirectories(folder.resolve("layouts"))));
    }

    private Pipeline resolve(String yaml, String... settings) throws IOException {
        var set = new java.util.HashMap<String, String>();
        for (int i = 0; i < settings.length; i += 2) {
            set.put(settings[i], settings[i + 1]);
        }
        return read(yaml).resolve(set, Map.of("data.dir", "/data"));
    }

    @Nested
    class A_complete_file {

        private static final String FILE = """
                variables:
                  input: sample.csv
                  partitions: 4
                  must:
                finite: true
                topics:
                  tweets: {partitions: "${partitions}", replication.factor: 1, config: {retention.ms: -1}}
                  plain:
                connectors:
                  source: {connector.class: Csv, input.path: "${input}", table.name.format: "$${topic}"}
                jobs:
                  counts: {class: a.b.Job, config: {num.stream.threads: 2}, settings: {needs: "${must}"}}
                errors: {tolerance: all, dead.letter.topics: [bad]}
                show:
                  - {title: Top, connection.url: "jdbc:h2:${data.dir}/db", query: SELECT 1}
                """;

        @Test
        void is_named_after_its_folder() throws IOException {
            assertThat(resolve(FILE, "must", "x").name()).isEqualTo("orders");
        }

        @Test
        void gives_topics_with_their_settings_and_the_brokers_defaults() throws IOException {
            assertThat(resolve(FILE, "must", "x").topics())
                    .containsEntry("tweets", new Pipeline.Topic(4, (short) 1, Map.of("retention.ms", "-1")))
                    .containsEntry("plain", new Pipeline.Topic(null, null, Map.of()));
        }

        @Test
        void takes_settings_before_defaults() throws IOException {
            Pipeline pipeline = resolve(FILE, "must", "x", "input", "other.csv", "partitions", "7");
            assertThat(pipeline.connectors().get("source")).containsEntry("input.path", "other.csv");
            assertThat(pipeline.topics().get("tweets").partitions()).isEqualTo(7);
        }

        @Test
        void keeps_an_escaped_placeholder_for_the_connector() throws IOException {
            assertThat(resolve(FILE, "must", "x").connectors().get("source"))
                    .containsEntry("table.name.format", "${topic}")
                    .containsEntry("name", "source");
        }

        @Test
        void gives_jobs_errors_and_views() throws IOException {
            Pipeline pipeline = resolve(FILE, "must", "x");
            assertThat(pipeline.jobs())
                    .containsEntry(
                            "counts",
                            new Pipeline.Job("a.b.Job", Map.of("num.stream.threads", "2"), Map.of("needs", "x")));
            assertThat(pipeline.errors()).isEqualTo(new Pipeline.Errors(true, List.of("bad")));
            assertThat(pipeline.finite()).isTrue();
            assertThat(pipeline.show())
                    .containsExactly(new Pipeline.View("Top", "jdbc:h2:/data/db", null, null, "SELECT 1"));
        }

        @Test
        void refuses_to_run_without_a_value_for_a_variable_that_has_no_default() {
            assertThatThrownBy(() -> resolve(FILE))
                    .isInstanceOf(PipelineException.class)
                    .hasMessageContaining("variable 'must' has no default: pass --set must=…");
        }

        @Test
        void refuses_a_setting_that_it_does_not_declare_and_names_the_nearest() {
            assertThatThrownBy(() -> resolve(FILE, "must", "x", "imput", "a.csv"))
                    .hasMessageContaining("--set imput: no such variable (did you mean 'input'?)");
        }
    }

    @Nested
    class A_layout {

        @Test
        void brings_settings_that_the_connector_may_override() throws IOException {
            Files.createDirectories(folder.resolve("layouts"));
            Files.writeString(
                    folder.resolve("layouts/plain.yaml"), "# how it looks\ncsv.file.charset: UTF-8\nbatch.size: 10\n");
            assertThat(resolve("connectors: {s: {connector.class: Csv, layout: plain, batch.size: 99}}")
                            .connectors()
                            .get("s"))
                    .containsEntry("csv.file.charset", "UTF-8")
                    .containsEntry("batch.size", "99")
                    .doesNotContainKey("layout");
        }

        @Test
        void that_is_not_there_is_named_with_those_that_are() throws IOException {
            Files.createDirectories(folder.resolve("layouts"));
            Files.writeString(folder.resolve("layouts/crisislex.yaml"), "a: b");
            assertThatThrownBy(() -> resolve("connectors: {s: {connector.class: Csv, layout: crisislx}}"))
                    .hasMessageContaining("connectors.s.layout: no layout 'crisislx' (did you mean 'crisislex'?)")
                    .hasMessageContaining("known ones: crisislex");
        }

        @Test
        void is_flat() throws IOException {
            Files.createDirectories(folder.resolve("layouts"));
            Files.writeString(folder.resolve("layouts/deep.yaml"), "a: {b: c}");
            assertThatThrownBy(() -> resolve("connectors: {s: {connector.class: Csv, layout: deep}}"))
                    .hasMessageContaining("deep.yaml: a: a layout is a flat map");
        }
    }

    @Nested
    class A_wrong_file {

        @Test
        void that_is_missing_is_named() {
            assertThatThrownBy(() -> PipelineFile.read(folder.resolve("nowhere"), List.of()))
                    .isInstanceOf(PipelineException.class)
                    .hasMessageContaining("no pipeline at " + folder.resolve("nowhere"));
        }

        @Test
        void that_is_not_YAML_is_named_with_the_line() {
            assertThatThrownBy(() -> read("topics:\n  a: [\n")).hasMessageContaining(PipelineFile.NAME + ":");
        }

        @Test
        void that_is_not_YAML_is_told_with_what_the_parser_met() {
            assertThatThrownBy(() -> read("topics:\n  a: [\nname: x\n"))
                    .hasMessageContaining(PipelineFile.NAME + ":4: not YAML: while parsing a flow sequence: expected");
        }

        @Test
        void with_a_key_twice_is_refused_where_it_stands() {
            assertThatThrownBy(() -> read("topics: {}\nname: x\ntopics: {a: }\n"))
                    .hasMessageContaining(PipelineFile.NAME + ":3: ")
                    .hasMessageContaining("topics");
        }

        @Test
        void that_is_empty_has_nothing_to_run() {
            assertThatThrownBy(() -> read("")).hasMessageContaining("empty");
            assertThatThrownBy(() -> resolve("name: x")).hasMessageContaining("nothing to run");
        }

        @Test
        void with_an_unknown_key_is_refused_with_the_nearest_known_one() {
            assertThatThrownBy(() -> resolve("conectors: {}"))
                    .hasMessageContaining("unknown key 'conectors' (did you mean 'connectors'?)");
            assertThatThrownBy(() -> resolve("topics: {a: {partition: 3}}"))
                    .hasMessageContaining("unknown key 'topics.a.partition' (did you mean 'partitions'?)");
        }

        @Test
        void with_an_unknown_variable_is_refused() {
            assertThatThrownBy(() -> resolve("topics: {t: {config: {a: '${nope}'}}}"))
                    .hasMessageContaining("no variable 'nope'");
        }

        @Test
        void with_a_value_of_the_wrong_type_is_refused_where_it_stands() {
            assertThatThrownBy(() -> resolve("topics: {t: {partitions: many}}"))
                    .hasMessageContaining("topics.t.partitions");
        }

        @Test
        void without_a_class_is_refused() {
            assertThatThrownBy(() -> resolve("connectors: {s: {a: b}}"))
                    .hasMessageContaining("connectors.s: connector.class is missing");
            assertThatThrownBy(() -> resolve("jobs: {j: {config: {a: b}}}"))
                    .hasMessageContaining("jobs.j: class is missing");
        }

        @Test
        void with_an_unknown_tolerance_is_refused() {
            assertThatThrownBy(() -> resolve("topics: {t: }\nerrors: {tolerance: some}"))
                    .hasMessageContaining("'some' is neither none nor all");
        }
    }
}
