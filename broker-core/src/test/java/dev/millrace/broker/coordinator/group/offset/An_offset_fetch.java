package dev.millrace.broker.coordinator.group.offset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.shard.Offsets;
import dev.millrace.broker.coordinator.group.shard.TestHost;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

final class An_offset_fetch {

    private final TestHost host = new TestHost();
    private final Offsets offsets = new Offsets(host);

    @Test
    void of_a_group_that_is_not_there_finds_no_offset_and_no_error() {
        assertThat(offsets.fetch("t", true).committedOffset()).isEqualTo(-1);
        assertThat(offsets.fetch("t", true).committedLeaderEpoch()).isEqualTo(-1);
        assertThat(offsets.fetch("t", true).metadata()).isEmpty();
        assertThat(offsets.stable("t")).isEqualTo(Errors.NONE);
        assertThat(host.groups().all()).isEmpty();
    }

    @Test
    void of_a_partition_without_an_offset_finds_none() {
        offsets.commit("t", 5);

        assertThat(offsets.committed("u")).isEqualTo(-1);
    }

    @Test
    void of_everything_finds_every_topic() {
        offsets.commit("u", 6);
        offsets.commit("t", 5);

        OffsetFetchResponseGroup all = offsets.fetchAll(false);

        assertThat(all.groupId()).isEqualTo(TestHost.GROUP);
        assertThat(all.topics()).extracting(OffsetFetchResponseTopics::name).containsExactly("t", "u");
        assertThat(all.topics().get(0).partitions().get(0).committedOffset()).isEqualTo(5);
    }

    @Test
    void of_everything_of_a_group_that_is_not_there_finds_nothing() {
        assertThat(offsets.fetchAll(true).topics()).isEmpty();
    }
}
