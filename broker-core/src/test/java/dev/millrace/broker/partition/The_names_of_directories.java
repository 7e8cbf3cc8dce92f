package dev.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class The_names_of_directories {

    @ParameterizedTest
    @CsvSource({"1, 0", "249, 0", "249, 99999", "240, 7"})
    void fit_into_what_file_systems_take_also_when_they_are_deleted(int topicLength, int partition) {
        String name = DirectoryNames.of("t".repeat(topicLength), partition);

        String deleted = DirectoryNames.deleted(name, 12);

        assertThat(deleted).hasSizeLessThanOrEqualTo(255).endsWith(".12-delete");
        assertThat(DirectoryNames.isPartition(deleted)).isFalse();
    }

    @Test
    void tell_one_deleted_directory_from_the_next() {
        String name = DirectoryNames.of("t".repeat(249), 3);

        assertThat(DirectoryNames.deleted(name, 0)).isNotEqualTo(DirectoryNames.deleted(name, 1));
    }
}
