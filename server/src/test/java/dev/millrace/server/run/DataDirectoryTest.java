package dev.millrace.server.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

    @TempDir
    Path folder;

    @Test
    void the_same_settings_have_the_same_folder_in_any_order() {
        assertThat(DataDirectory.defaultFor("p", Map.of("a", "1", "b", "2"), "", Set.of()))
                .isEqualTo(DataDirectory.defaultFor("p", Map.of("b", "2", "a", "1"), "", Set.of()));
    }

    @Test
    void other_settings_or_another_cluster_have_another_folder() {
        Path plain = DataDirectory.defaultFor("p", Map.of("a", "1"), "", Set.of());
        assertThat(plain).isNotEqualTo(DataDirectory.defaultFor("p", Map.of("a", "1"), "", Set.of("job")));
        assertThat(plain).isNotEqualTo(DataDirectory.defaultFor("p", Map.of("a", "2"), "", Set.of()));
        assertThat(plain).isNotEqualTo(DataDirectory.defaultFor("p", Map.of("a", "1"), "broker:9092", Set.of()));
    }

    @Test
    void no_settings_have_the_plain_name() {
        assertThat(DataDirectory.defaultFor("p", Map.of(), "", Set.of())).isEqualTo(Path.of("data", "p"));
    }

    @Test
    void a_fresh_run_removes_what_an_earlier_one_left() throws IOException {
        Path data = folder.resolve("data");
        DataDirectory.open(data, false).close();
        Path left = Files.writeString(
                Files.createDirectories(data.resolve("log/t-0")).resolve("0.log"), "x");
        try (DataDirectory held = DataDirectory.open(data, true)) {
            assertThat(left).doesNotExist();
            held.discard();
            assertThat(data).as("it was there before").exists();
        }
    }

    @Test
    void a_folder_that_no_run_made_is_left_alone() throws IOException {
        Files.writeString(folder.resolve("thesis.txt"), "x");
        assertThatThrownBy(() -> DataDirectory.open(folder, true))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("was not made by a run");
        assertThat(folder.resolve("thesis.txt")).exists();
    }

    @Test
    void a_folder_that_cannot_be_made_is_named() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> DataDirectory.open(file.resolve("below"), false))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("--data");
    }

    @Test
    void a_folder_that_another_run_holds_is_not_touched() throws IOException {
        Path data = folder.resolve("data");
        try (DataDirectory held = DataDirectory.open(data, false)) {
            Path log = Files.writeString(data.resolve("0.log"), "x");
            assertThatThrownBy(() -> DataDirectory.open(data, true))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining(data + " is in use by another run")
                    .hasMessageContaining("--data");
            assertThat(log).exists();
        }
    }

    @Test
    void a_run_that_comes_to_nothing_leaves_nothing() {
        Path data = folder.resolve("data/pipeline");
        try (DataDirectory held = DataDirectory.open(data, false)) {
            held.discard();
        }
        assertThat(folder).isEmptyDirectory();
    }
}
