package dev.millrace.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.streams.Job;
import dev.millrace.streams.JobContext;
import dev.millrace.streams.Topology;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class The_command_line {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    private int execute(String... arguments) {
        return new Millrace(new PrintWriter(out), new PrintWriter(err)).execute(arguments);
    }

    @Test
    void shows_help_for_every_command() {
        assertThat(execute("--help")).isZero();
        assertThat(execute("server", "--help")).isZero();
        assertThat(execute("run", "--help")).isZero();
        assertThat(out.toString()).contains("--override", "--bootstrap-servers", "until-done");
    }

    @Test
    void without_a_command_says_how_to_get_help() {
        assertThat(execute()).isEqualTo(2);
        assertThat(err.toString()).startsWith("millrace: no command given").contains("--help");
    }

    @Test
    void suggests_the_command_that_was_meant() {
        assertThat(execute("serve")).isEqualTo(2);
        assertThat(err.toString()).contains("serve").contains("server");
    }

    @Test
    void suggests_the_option_that_was_meant() {
        assertThat(execute("run", "--overide=a=b", "pipeline")).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("millrace: no option --overide; did you mean --override?")
                .contains("millrace run --help");
    }

    @Test
    void refuses_arguments_that_make_no_sense_and_says_what_it_expects() {
        assertThat(List.of(
                        refusal("run"),
                        refusal("run", "a", "b"),
                        refusal("run", "a", "--output", "xml"),
                        refusal("run", "a", "--set", "input"),
                        refusal("run", "a", "--set", "--fresh"),
                        refusal("run", "a", "--data", "x", "--data", "y"),
                        refusal("run", "a", "--until-done", "--no-until-done")))
                .containsExactly(
                        "no PIPELINE given: name its file, or its folder",
                        "one argument too many: b",
                        "--output xml: expected text or json",
                        "--set input: expected NAME=VALUE",
                        "--set lacks its VARIABLE=VALUE",
                        "--data is given 2 times: x, y",
                        "--no-until-done and --until-done exclude each other");
    }

    private String refusal(String... arguments) {
        err.getBuffer().setLength(0);
        assertThat(execute(arguments)).isEqualTo(2);
        return err.toString().lines().findFirst().orElseThrow().replaceFirst("^millrace: ", "");
    }

    @Test
    void answers_a_missing_file_with_one_line() {
        assertThat(execute("server", folder.resolve("nowhere.properties").toString()))
                .isEqualTo(1);
        assertThat(err.toString().lines()).singleElement().asString().contains("nowhere.properties");
    }

    @Test
    void answers_an_unknown_setting_with_one_line_that_has_the_nearest_known_one() {
        assertThat(execute(
                        "server",
                        "--override",
                        "log.dirs=" + folder,
                        "--override",
                        "process.roles=broker,controller",
                        "--override",
                        "num.partition=3"))
                .isEqualTo(1);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains("num.partition")
                .contains("num.partitions");
    }

    @Nested
    class An_address_in_use {

        private String server(ServerSocket taken, String brokerAddress, String httpAddress) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            assertThat(execute(
                            "server",
                            "--override",
                            "log.dirs=" + folder.resolve("data"),
                            "--override",
                            "listeners=PLAINTEXT://" + brokerAddress.replace("TAKEN", address),
                            "--override",
                            "http.listeners=http://" + httpAddress.replace("TAKEN", address)))
                    .isEqualTo(1);
            assertThat(out.toString()).isEmpty();
            assertThat(folder.resolve("data")).doesNotExist();
            String line = err.toString();
            assertThat(line.lines()).hasSize(1);
            return line.replace(address, "TAKEN");
        }

        @Test
        void of_the_broker_ends_the_command_before_anything_is_written() throws IOException {
            try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                assertThat(server(taken, "TAKEN", "127.0.0.1:0"))
                        .contains("listeners=PLAINTEXT://TAKEN: can't listen there")
                        .contains("End the process that has the address, or choose another one");
            }
        }

        @Test
        void of_HTTP_ends_the_command_before_anything_is_written() throws IOException {
            try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                assertThat(server(taken, "127.0.0.1:0", "TAKEN"))
                        .contains("TAKEN is in use: stop what listens there, or set http.listeners");
            }
        }
    }

    @Test
    void answers_a_pipeline_that_is_not_there_with_one_line() {
        assertThat(execute("run", folder.resolve("nothing").toString())).isEqualTo(1);
        assertThat(err.toString().lines()).singleElement().asString().contains("no pipeline at");
    }

    @Nested
    class Run {

        /** A job and a connector that lack a class. */
        public static final class LackingJob implements Job {

            @Override
            public Topology build(JobContext context) {
                throw new NoClassDefFoundError("com/acme/Missing");
            }
        }

        public static final class LackingConnector extends SinkConnector {

            @Override
            public void start(Map<String, String> settings) {}

            @Override
            public Class<? extends Task> taskClass() {
                throw new NoClassDefFoundError("com/acme/Missing");
            }

            @Override
            public List<Map<String, String>> taskConfigs(int maxTasks) {
                return List.of();
            }

            @Override
            public void stop() {}

            @Override
            public ConfigDef config() {
                return new ConfigDef();
            }

            @Override
            public Config validate(Map<String, String> settings) {
                throw new NoClassDefFoundError("com/acme/Missing");
            }

            @Override
            public String version() {
                return "1";
            }
        }

        private String errorOf(String pipeline, String... further) throws IOException {
            Path file = Files.writeString(folder.resolve("pipeline.yaml"), pipeline);
            List<String> arguments = new ArrayList<>(List.of(
                    "run", file.toString(), "--data", folder.resolve("data").toString()));
            arguments.addAll(List.of(further));
            assertThat(execute(arguments.toArray(String[]::new))).isEqualTo(1);
            assertThat(folder.resolve("data")).doesNotExist();
            assertThat(err.toString().lines()).singleElement().asString().startsWith("millrace: ");
            return err.toString();
        }

        @Test
        void names_the_line_of_a_file_that_is_not_YAML() throws IOException {
            assertThat(errorOf("topics:\n  a: }\n")).contains("pipeline.yaml:2: not YAML");
        }

        @Test
        void names_an_unknown_key_and_the_nearest_known_one() throws IOException {
            assertThat(errorOf("conectors: {}")).contains("unknown key 'conectors' (did you mean 'connectors'?)");
        }

        @Test
        void names_an_unknown_variable_and_the_nearest_known_one() throws IOException {
            assertThat(errorOf("variables: {input: x}\ntopics: {a: }", "--set", "imput=y"))
                    .contains("--set imput: no such variable (did you mean 'input'?)");
        }

        @Test
        void names_an_unknown_setting_of_the_server_it_would_start() throws IOException {
            assertThat(errorOf("topics: {a: }", "--override", "num.partition=3"))
                    .contains("num.partition. Did you mean num.partitions?");
        }

        @Test
        void names_an_unknown_setting_of_the_worker_it_would_start() throws IOException {
            assertThat(errorOf("topics: {a: }", "--override", "connect.offset.flush.intervall.ms=3"))
                    .contains("offset.flush.intervall.ms", "offset.flush.interval.ms");
        }

        @Test
        void names_an_address_that_is_none() throws IOException {
            assertThat(errorOf("topics: {a: }", "--override", "http.listeners=8083"))
                    .contains("http.listeners: '8083' is not of the form http://HOST:PORT");
        }

        @Test
        void names_a_connector_that_there_is_not() throws IOException {
            assertThat(errorOf("connectors: {c: {connector.class: Jdbc, topics: a}}"))
                    .contains("connector c: No source connector or sink connector is called \"Jdbc\"");
        }

        @Test
        void names_a_job_that_there_is_not() throws IOException {
            assertThat(errorOf("jobs: {j: {class: com.acme.Job}}")).contains("job j: no class com.acme.Job");
        }

        @Test
        void names_the_nearest_class_for_a_job_that_there_is_not() throws IOException {
            try (var jar = new JarOutputStream(Files.newOutputStream(folder.resolve("jobs.jar")))) {
                jar.putNextEntry(new ZipEntry("com/acme/Counts.class"));
            }
            assertThat(errorOf("classpath: [jobs.jar]\njobs: {j: {class: com.acme.Count}}"))
                    .contains("no class com.acme.Count", "did you mean com.acme.Counts?");
        }

        @Test
        void names_a_class_that_is_no_job() throws IOException {
            assertThat(errorOf("jobs: {j: {class: java.lang.String}}"))
                    .contains("job j: java.lang.String does not implement " + Job.class.getName());
        }

        @Test
        void names_the_class_that_a_job_lacks() throws IOException {
            assertThat(errorOf("jobs: {j: {class: " + LackingJob.class.getName() + "}}"))
                    .contains("job j: ", "com/acme/Missing");
        }

        @Test
        void names_the_class_that_a_connector_lacks() throws IOException {
            assertThat(errorOf(
                            "connectors: {c: {connector.class: " + LackingConnector.class.getName() + ", topics: a}}"))
                    .contains("connector c: ", LackingConnector.class.getName(), "com/acme/Missing");
        }

        @Test
        void names_servers_that_are_no_addresses() throws IOException {
            assertThat(errorOf("topics: {a: }", "--bootstrap-servers", "nowhere"))
                    .contains("--bootstrap-servers nowhere: ", "HOST:PORT");
        }
    }
}
