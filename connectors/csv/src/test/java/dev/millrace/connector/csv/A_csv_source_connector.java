package dev.millrace.connector.csv;

import static dev.millrace.connector.csv.Run.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class A_csv_source_connector {

    @TempDir
    Path folder;

    private final CsvSourceConnector connector = new CsvSourceConnector();
    private Path file;

    @BeforeEach
    void a_file() throws IOException {
        file = Files.writeString(folder.resolve("a.csv"), "id,at\n1,2017-01-01\n");
    }

    @Test
    void is_found_as_a_plugin() {
        assertThat(ServiceLoader.load(SourceConnector.class).stream().map(ServiceLoader.Provider::type))
                .contains(CsvSourceConnector.class);
    }

    @Test
    void supports_exactly_once() {
        assertThat(connector.exactlyOnceSupport(Map.of())).isEqualTo(ExactlyOnceSupport.SUPPORTED);
    }

    @Nested
    class Validating {

        private List<String> errors(String setting, String... settings) {
            Map<String, String> all = settings("input.path", file.toString());
            for (int i = 0; i < settings.length; i += 2) {
                all.put(settings[i], settings[i + 1]);
            }
            return connector.validate(all).configValues().stream()
                    .filter(value -> value.name().equals(setting))
                    .map(ConfigValue::errorMessages)
                    .findFirst()
                    .orElseThrow();
        }

        @Test
        void finds_nothing_wrong_with_good_settings() {
            assertThat(connector
                            .validate(settings(
                                    "input.path",
                                    file.toString(),
                                    "field.at.format",
                                    "yyyy-MM-dd",
                                    "field.at.type",
                                    "timestamp"))
                            .configValues())
                    .allSatisfy(value -> assertThat(value.errorMessages()).isEmpty())
                    .extracting(ConfigValue::name)
                    .contains("field.at.type", "field.at.format", "topic");
        }

        @Test
        void names_what_is_missing() {
            Map<String, String> none = Map.of();
            assertThat(connector.validate(none).configValues())
                    .filteredOn(value -> !value.errorMessages().isEmpty())
                    .extracting(ConfigValue::name)
                    .containsExactlyInAnyOrder("topic", "input.path");
        }

        @Test
        void names_a_file_that_is_not_there() {
            assertThat(errors("input.path", "input.path", folder + "/none.csv"))
                    .containsExactly("input.path: no such file or folder: " + folder + "/none.csv");
        }

        @Test
        void names_a_glob_that_matches_nothing_and_a_folder_without_files() throws IOException {
            assertThat(errors("input.path", "input.path", folder + "/*.tsv"))
                    .containsExactly("input.path: no file matches " + folder + "/*.tsv");
            Files.createDirectory(folder.resolve("empty"));
            assertThat(errors("input.path", "input.path", folder + "/empty"))
                    .singleElement()
                    .asString()
                    .contains("no file in " + folder + "/empty has a name that input.file.pattern=.*\\.csv matches");
        }

        @Test
        void compares_the_fields_with_the_header() {
            assertThat(errors("fields", "fields", "id,when"))
                    .containsExactly("fields: " + file
                            + ": there is no column 'when' for field 'when'; the columns are: id, at");
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                csv.file.charset          | latin-klingon | no charset 'latin-klingon'
                csv.separator.char        | ab            | neither one character nor the decimal code of one
                csv.separator.char        | "             | must differ
                csv.file.charset          | UTF-16        | convert the file
                parser.timestamp.timezone | Mars          | no time zone 'Mars'
                input.file.pattern        | (             | not a regular expression
                malformed.rows            | ignore        | Invalid value ignore
                malformed.rows.topic      |               | needed with malformed.rows=dead-letter
                field.at.type             | datetime      | known are string
                field.at.format           | bogus pattern | neither epoch-ms
                field.at.colum            | x             | unknown; a field has the settings
                csv.columns               |               | needed when csv.first.row.as.header is false
                batch.size                | 0             | Value must be at least 1
                """)
        void names_a_setting_that_can_not_be_used(String setting, String value, String reason) {
            String text = value == null ? "" : value;
            List<String> errors =
                    switch (setting) {
                        case "malformed.rows.topic" -> errors(setting, "malformed.rows", "dead-letter");
                        case "csv.columns" -> errors(setting, "csv.first.row.as.header", "false");
                        default -> errors(setting, setting, text);
                    };
            assertThat(errors).singleElement().asString().contains(reason);
        }
    }

    @Nested
    class Starting {

        @Test
        void fails_in_one_line_when_the_input_is_missing() {
            assertThatThrownBy(() -> connector.start(settings("input.path", folder + "/none.csv")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("input.path: no such file or folder: " + folder + "/none.csv");
        }

        @Test
        void deals_out_files_so_that_no_task_has_much_more_than_another() throws IOException {
            Files.writeString(folder.resolve("b.csv"), "id,at\n" + "1,1\n".repeat(100));
            Files.writeString(folder.resolve("c.csv"), "id,at\n" + "1,1\n".repeat(50));
            Files.writeString(folder.resolve("d.csv"), "id,at\n" + "1,1\n".repeat(45));
            connector.start(settings("input.path", folder.toString()));
            List<Map<String, String>> tasks = connector.taskConfigs(2);
            assertThat(tasks).hasSize(2);
            assertThat(TaskShare.files(tasks.get(0))).containsExactly(folder.resolve("b.csv"));
            assertThat(TaskShare.files(tasks.get(1)))
                    .containsExactly(file, folder.resolve("c.csv"), folder.resolve("d.csv"));
        }

        @Test
        void starts_no_more_tasks_than_there_are_files() {
            connector.start(settings("input.path", file.toString()));
            assertThat(connector.taskConfigs(8)).hasSize(1);
        }

        @Test
        void starts_all_tasks_when_files_may_still_come() {
            connector.start(settings("input.path", folder.toString(), "follow", "true"));
            List<Map<String, String>> tasks = connector.taskConfigs(3);
            Set<Integer> takers = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                if (TaskShare.takes(tasks.get(i), file)) {
                    takers.add(i);
                }
            }
            assertThat(tasks).hasSize(3);
            assertThat(takers).hasSize(1);
        }
    }

    @Nested
    class Having_its_offsets_altered {

        @Test
        void takes_one_that_was_stored_and_the_removal_of_one() {
            Map<String, ?> partition = Map.of("file", file.toString());
            Map<String, ?> offset = new FilePosition(6, 1, 0, 6, 1, false).toOffset();
            assertThat(connector.alterOffsets(Map.of(), Map.of(partition, offset)))
                    .isTrue();
            Map<Map<String, ?>, Map<String, ?>> removal = new java.util.HashMap<>();
            removal.put(partition, null);
            assertThat(connector.alterOffsets(Map.of(), removal)).isTrue();
        }

        @Test
        void refuses_anything_else() {
            assertThatThrownBy(() -> connector.alterOffsets(
                            Map.of(),
                            Map.of(Map.of("filename", "x"), new FilePosition(6, 1, 0, 6, 1, false).toOffset())))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("{\"file\": PATH}");
            assertThatThrownBy(
                            () -> connector.alterOffsets(Map.of(), Map.of(Map.of("file", "x"), Map.of("position", -1))))
                    .hasMessageContaining("no valid 'position'");
        }
    }
}
