package dev.millrace.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class The_command_line {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    private int execute(String... arguments) {
        CommandLine millrace = CommandLines.millrace();
        millrace.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return millrace.execute(arguments);
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

    @Test
    void answers_a_pipeline_that_is_not_there_with_one_line() {
        assertThat(execute("run", folder.resolve("nothing").toString())).isEqualTo(1);
        assertThat(err.toString().lines()).singleElement().asString().contains("no pipeline at");
    }
}
