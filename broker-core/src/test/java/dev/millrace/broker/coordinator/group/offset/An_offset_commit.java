package dev.millrace.broker.coordinator.group.offset;

import static dev.millrace.broker.coordinator.group.shard.Joining.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.shard.HeldTicket;
import dev.millrace.broker.coordinator.group.shard.Offsets;
import dev.millrace.broker.coordinator.group.shard.TestHost;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class An_offset_commit {

    @Nested
    class without_a_managed_group {

        private final TestHost host = new TestHost();
        private final Offsets offsets = new Offsets(host);

        @Test
        void makes_a_group_that_has_only_offsets() {
            assertThat(offsets.commit("t", 5)).isEqualTo(Errors.NONE);

            assertThat(offsets.committed("t")).isEqualTo(5);
            assertThat(host.phase()).isEqualTo("Empty");
            assertThat(host.group().listedProtocolType()).isEmpty();
        }

        @Test
        void replaces_the_offset_before_it_also_with_a_lower_one() {
            offsets.commit("t", 5);
            offsets.commit("t", 3);

            assertThat(offsets.committed("t")).isEqualTo(3);
        }

        @Test
        void is_accepted_by_a_group_that_is_empty() {
            TestHost empty = TestHost.stable(client("a"));
            empty.leave(empty.memberId(0));

            assertThat(new Offsets(empty).commit("t", 5)).isEqualTo(Errors.NONE);
        }

        @Test
        void is_refused_by_a_group_that_has_members() {
            TestHost stable = TestHost.stable(client("a"));

            assertThat(new Offsets(stable).commit("t", 5)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }

        @Test
        void survives() {
            offsets.commit("t", 5);

            assertThat(new Offsets(host.reloaded()).committed("t")).isEqualTo(5);
        }
    }

    @Nested
    class of_a_member {

        private final TestHost host =
                TestHost.stable(client("a").sessionMs(10_000), client("b").sessionMs(10_000));
        private final Offsets offsets = new Offsets(host);
        private final String memberId = host.memberId(0);

        @Test
        void is_accepted_in_its_generation() {
            assertThat(offsets.commit(Offsets.requestOf(memberId, 1))).isEqualTo(Errors.NONE);
        }

        @Test
        void is_refused_in_another_generation() {
            assertThat(offsets.commit(Offsets.requestOf(memberId, 0))).isEqualTo(Errors.ILLEGAL_GENERATION);
            assertThat(host.last.events()).isEmpty();
        }

        @Test
        void is_refused_from_a_stranger() {
            assertThat(offsets.commit(Offsets.requestOf("stranger", 1))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }

        @Test
        void is_refused_from_an_instance_that_was_replaced() {
            TestHost statics = TestHost.stable(client("a").instance("i"));
            String former = statics.memberId(0);
            statics.join(client("a").instance("i"));

            assertThat(new Offsets(statics).commit(Offsets.requestOf(former, 1).setGroupInstanceId("i")))
                    .isEqualTo(Errors.FENCED_INSTANCE_ID);
        }

        @Test
        void is_accepted_while_the_group_prepares_to_rebalance() {
            host.join(client("c").version(3));

            assertThat(offsets.commit(Offsets.requestOf(memberId, 1))).isEqualTo(Errors.NONE);
        }

        @Test
        void is_sent_to_rebalance_while_the_group_waits_for_its_leader() {
            TestHost completing = new TestHost();
            JoinGroupResponseData joined = completing.joinAlone(client("a"));

            assertThat(new Offsets(completing).commit(Offsets.requestOf(joined.memberId(), 1)))
                    .isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        }

        @Test
        void counts_as_a_sign_of_life() {
            host.advance(9_000);
            offsets.commit(Offsets.requestOf(memberId, 1));
            host.advance(9_000);

            assertThat(host.group().members()).isNotEmpty();
        }

        @Test
        void is_refused_by_a_group_that_is_not_there() {
            Offsets nowhere = new Offsets(new TestHost());

            assertThat(nowhere.commit(Offsets.requestOf("m", 1), 9)).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
            assertThat(nowhere.commit(Offsets.requestOf("m", 1), 8)).isEqualTo(Errors.ILLEGAL_GENERATION);
        }
    }

    @Nested
    class keeps {

        private final TestHost host = new TestHost();
        private final Offsets offsets = new Offsets(host);

        private OffsetCommitRequestData withMetadata(String metadata) {
            OffsetCommitRequestData request = Offsets.request("t", 5);
            request.topics().get(0).partitions().get(0).setCommittedMetadata(metadata);
            return request;
        }

        @Test
        void the_leader_epoch_and_the_metadata() {
            OffsetCommitRequestData request = withMetadata("note");
            request.topics().get(0).partitions().get(0).setCommittedLeaderEpoch(7);
            offsets.commit(request);

            OffsetFetchResponsePartitions fetched = offsets.fetch("t", false);

            assertThat(fetched.committedLeaderEpoch()).isEqualTo(7);
            assertThat(fetched.metadata()).isEqualTo("note");
        }

        @Test
        void empty_metadata_instead_of_none() {
            offsets.commit(withMetadata(null));

            assertThat(offsets.fetch("t", false).metadata()).isEmpty();
        }

        @Test
        void metadata_up_to_the_limit() {
            assertThat(offsets.commit(withMetadata("x".repeat(4096)))).isEqualTo(Errors.NONE);
            assertThat(offsets.commit(withMetadata("x".repeat(4097)))).isEqualTo(Errors.OFFSET_METADATA_TOO_LARGE);
        }

        @Test
        void what_fits_beside_what_does_not() {
            OffsetCommitRequestTopic topic = new OffsetCommitRequestTopic().setName("t");
            topic.partitions()
                    .addAll(List.of(
                            new OffsetCommitRequestPartition()
                                    .setPartitionIndex(0)
                                    .setCommittedOffset(1)
                                    .setCommittedMetadata("x".repeat(5000)),
                            new OffsetCommitRequestPartition()
                                    .setPartitionIndex(1)
                                    .setCommittedOffset(2)));
            HeldTicket<OffsetCommitResponseData> ticket = new HeldTicket<>();

            host.submit(new CommitOffsets(
                    new OffsetCommitRequestData().setGroupId(TestHost.GROUP).setTopics(List.of(topic)),
                    (short) 9,
                    ticket));

            assertThat(ticket.value().topics().get(0).partitions())
                    .extracting(OffsetCommitResponsePartition::errorCode)
                    .containsExactly(Errors.OFFSET_METADATA_TOO_LARGE.code(), Errors.NONE.code());
            assertThat(host.last.events()).hasSize(1);
        }

        @Test
        void the_topics_id_so_that_a_new_topic_of_the_name_starts_anew() {
            OffsetCommitRequestData request = Offsets.request("t", 5);
            request.topics().get(0).setTopicId(new Uuid(1, 1));
            offsets.commit(request);

            assertThat(offsets.fetch("t", new Uuid(1, 1), false).committedOffset())
                    .isEqualTo(5);
            assertThat(offsets.fetch("t", Uuid.ZERO_UUID, false).committedOffset())
                    .isEqualTo(5);
            assertThat(offsets.fetch("t", new Uuid(1, 2), false).committedOffset())
                    .isEqualTo(-1);
        }
    }
}
