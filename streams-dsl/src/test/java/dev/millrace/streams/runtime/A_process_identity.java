package dev.millrace.streams.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.streams.errors.StreamsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class A_process_identity {

    @TempDir
    Path folder;

    @Test
    void is_the_same_after_a_restart() {
        String first;
        try (ProcessIdentity identity = ProcessIdentity.take(folder, "app")) {
            first = identity.id();
        }
        try (ProcessIdentity identity = ProcessIdentity.take(folder, "app")) {
            assertThat(identity.id()).isEqualTo(first);
        }
    }

    @Test
    void is_not_shared_with_a_living_process() {
        try (ProcessIdentity one = ProcessIdentity.take(folder, "app");
                ProcessIdentity other = ProcessIdentity.take(folder, "app")) {
            assertThat(other.id()).isNotEqualTo(one.id());
        }
    }

    @Test
    void is_not_shared_between_applications() {
        try (ProcessIdentity one = ProcessIdentity.take(folder, "one");
                ProcessIdentity other = ProcessIdentity.take(folder, "other")) {
            assertThat(other.id()).isNotEqualTo(one.id());
        }
    }

    @Test
    void needs_a_directory_that_can_be_written_to() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> ProcessIdentity.take(file, "app"))
                .isInstanceOf(StreamsException.class)
                .hasMessageContaining("state.dir");
    }
}
