package dev.millrace.broker.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.offset.ExpireOffsets;
import dev.millrace.broker.coordinator.group.shard.GroupEventCodec;
import dev.millrace.broker.coordinator.group.shard.Offsets;
import dev.millrace.broker.coordinator.group.shard.TestConsumer;
import dev.millrace.broker.coordinator.group.shard.TestHost;
import dev.millrace.broker.coordinator.group.shard.TestTopics;
import dev.millrace.broker.machine.ShardRecord;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** KIP-211, for groups of the consumer protocol; and what is left in the log when one has come to its end. */
final class The_offsets_of_a_consumer_group {

    private static final long RETENTION_MS = 30_000;
    private static final GroupConfig CONFIG = new GroupConfig(6_000, 1_800_000, 3_000, 100, 4096, RETENTION_MS, 10_000);

    private final TestTopics topics = new TestTopics().with("t", 1).with("u", 1);
    private final TestHost host = new TestHost(CONFIG, topics);
    private final Offsets offsets = new Offsets(host);
    private final TestConsumer member = new TestConsumer(host, topics, "a");

    private void commit(String topic) {
        assertThat(offsets.commit(
                        Offsets.request(topic, 5).setMemberId("a").setGenerationIdOrMemberEpoch(member.epoch())))
                .isEqualTo(Errors.NONE);
    }

    private void expire() {
        host.submit(new ExpireOffsets());
    }

    @Test
    void stay_as_long_as_a_member_reads_the_topic() {
        member.join();
        commit("t");
        host.advance(RETENTION_MS);

        expire();

        assertThat(host.last.events()).isEmpty();
    }

    @Test
    void stay_as_long_as_an_expression_matches_the_topic() {
        member.subscribeTo("u.*").join();
        commit("u");
        commit("t");
        host.advance(RETENTION_MS);

        expire();

        assertThat(host.last.events()).containsExactly(Offsets.forgotten("t"));
    }

    @Test
    void expire_after_the_commit_if_nobody_reads_the_topic() {
        member.join();
        commit("u");
        host.advance(RETENTION_MS - 1);
        expire();
        assertThat(host.last.events()).isEmpty();

        host.advance(1);
        expire();

        assertThat(host.last.events()).containsExactly(Offsets.forgotten("u"));
    }

    @Test
    void expire_with_the_group_once_nobody_is_in_it() {
        member.join();
        commit("t");
        member.leave();
        host.advance(RETENTION_MS);

        expire();

        assertThat(host.last.events()).contains(Offsets.forgotten("t"), new ConsumerGroupDeleted(TestHost.GROUP));
        assertThat(host.groups().all()).isEmpty();
    }

    @Test
    void stay_while_a_static_member_is_away() {
        member.instance("i").join();
        commit("t");
        member.leaveForAWhile();
        host.advance(RETENTION_MS);

        expire();

        assertThat(host.last.events()).isEmpty();
    }

    @Test
    void leave_nothing_in_the_log_that_the_cleaner_would_keep() {
        member.subscribeTo("t|u").join();
        commit("t");
        member.leave();
        host.advance(RETENTION_MS);
        expire();

        GroupEventCodec codec = new GroupEventCodec();
        Map<ByteBuffer, Boolean> kept = new HashMap<>();
        host.log.forEach(event -> {
            ShardRecord encoded = codec.encode(event);
            if (encoded != null) {
                kept.put(ByteBuffer.wrap(encoded.key()), encoded.value() != null);
            }
        });

        assertThat(kept).hasSizeGreaterThan(5).allSatisfy((key, value) -> assertThat(value)
                .as("a value under %s", key)
                .isFalse());
    }
}
