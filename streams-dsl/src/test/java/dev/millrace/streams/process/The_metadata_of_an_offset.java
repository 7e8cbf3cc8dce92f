package dev.millrace.streams.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

class The_metadata_of_an_offset {

    @Test
    void brings_back_the_event_time() {
        var committed = new OffsetAndMetadata(5, OffsetMetadata.of(1_366_000_000_000L));
        assertThat(OffsetMetadata.partitionTimeMs(committed)).isEqualTo(1_366_000_000_000L);
    }

    @Test
    void is_written_as_Kafka_Streams_writes_it() {
        // Version 1, then eight bytes.
        assertThat(OffsetMetadata.of(258)).isEqualTo("AQAAAAAAAAEC");
    }

    @Test
    void may_be_missing_or_someone_elses() {
        assertThat(OffsetMetadata.partitionTimeMs(null)).isEqualTo(-1);
        assertThat(OffsetMetadata.partitionTimeMs(new OffsetAndMetadata(5))).isEqualTo(-1);
        assertThat(OffsetMetadata.partitionTimeMs(new OffsetAndMetadata(5, "a note!")))
                .isEqualTo(-1);
        assertThat(OffsetMetadata.partitionTimeMs(new OffsetAndMetadata(5, "AAAA")))
                .isEqualTo(-1);
    }
}
