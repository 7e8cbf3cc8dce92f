package dev.millrace.broker.coordinator.group.shard;

import static dev.millrace.broker.coordinator.group.shard.Joining.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.classic.DescribeGroups;
import dev.millrace.broker.coordinator.group.offset.CommitOffsets;
import dev.millrace.broker.coordinator.group.offset.DeleteOffsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class The_administration_of_groups {

    @Nested
    class deletes_groups {

        private final TestHost host = new TestHost();
        private final Offsets offsets = new Offsets(host);

        @Test
        void with_their_offsets() {
            offsets.commit("t", 5);

            assertThat(offsets.deleteGroup()).isEqualTo(Errors.NONE);

            assertThat(host.last.events()).containsExactly(Offsets.forgotten("t"), TestHost.groupDeleted());
            assertThat(host.reloaded().groups().all()).isEmpty();
        }

        @Test
        void with_their_offsets_in_open_transactions() {
            offsets.commit("t", 5);
            offsets.commitInTransaction("t", 6);
            offsets.commitInTransaction("u", 7);

            offsets.deleteGroup();
            offsets.endTransaction(true);

            assertThat(host.last.events()).contains(Offsets.forgotten("t"), Offsets.forgotten("u"));
            assertThat(offsets.committed("u")).isEqualTo(-1);
        }

        @Test
        void only_if_they_are_there() {
            assertThat(offsets.deleteGroup()).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        }

        @Test
        void only_if_nobody_is_in_them() {
            TestHost stable = TestHost.stable(client("a"));

            assertThat(new Offsets(stable).deleteGroup()).isEqualTo(Errors.NON_EMPTY_GROUP);
            stable.leave(stable.memberId(0));
            assertThat(new Offsets(stable).deleteGroup()).isEqualTo(Errors.NONE);
        }

        @Test
        void several_at_once_and_tells_of_each() {
            offsets.commit("t", 5);
            HeldTicket<List<DeletableGroupResult>> ticket = new HeldTicket<>();

            host.submit(new DeleteGroups(new LinkedHashSet<>(List.of("other", TestHost.GROUP)), ticket));

            assertThat(ticket.value())
                    .containsExactly(
                            new DeletableGroupResult()
                                    .setGroupId("other")
                                    .setErrorCode(Errors.GROUP_ID_NOT_FOUND.code()),
                            new DeletableGroupResult().setGroupId(TestHost.GROUP));
        }
    }

    @Nested
    class deletes_offsets {

        private OffsetDeleteResponseData delete(TestHost host, String topic) {
            OffsetDeleteRequestTopic requested = new OffsetDeleteRequestTopic()
                    .setName(topic)
                    .setPartitions(List.of(new OffsetDeleteRequestPartition().setPartitionIndex(0)));
            HeldTicket<OffsetDeleteResponseData> ticket = new HeldTicket<>();
            host.submit(new DeleteOffsets(
                    new OffsetDeleteRequestData()
                            .setGroupId(TestHost.GROUP)
                            .setTopics(new OffsetDeleteRequestTopicCollection(
                                    List.of(requested).iterator())),
                    ticket));
            return ticket.value();
        }

        private Errors error(OffsetDeleteResponseData answer, String topic) {
            return Errors.forCode(
                    answer.topics().find(topic).partitions().find(0).errorCode());
        }

        @Test
        void of_an_empty_group() {
            TestHost host = new TestHost();
            new Offsets(host).commit("t", 5);

            assertThat(error(delete(host, "t"), "t")).isEqualTo(Errors.NONE);
            assertThat(host.last.events()).containsExactly(Offsets.forgotten("t"));
        }

        @Test
        void that_are_not_there_without_a_trace() {
            TestHost host = new TestHost();
            new Offsets(host).commit("t", 5);

            assertThat(error(delete(host, "u"), "u")).isEqualTo(Errors.NONE);
            assertThat(host.last.events()).isEmpty();
        }

        @Test
        void of_topics_that_consumers_do_not_read() {
            TestHost host = TestHost.stable(client("a").topics("u"));
            new Offsets(host).commit(Offsets.requestOf(host.memberId(0), 1));

            assertThat(error(delete(host, "t"), "t")).isEqualTo(Errors.NONE);
            assertThat(new Offsets(host).committed("t")).isEqualTo(-1);
        }

        @Test
        void but_not_of_topics_that_consumers_read() {
            TestHost host = TestHost.stable(client("a").topics("t"));
            new Offsets(host).commit(Offsets.requestOf(host.memberId(0), 1));

            assertThat(error(delete(host, "t"), "t")).isEqualTo(Errors.GROUP_SUBSCRIBED_TO_TOPIC);
            assertThat(host.last.events()).isEmpty();
        }

        @Test
        void but_not_of_members_that_are_no_consumers() {
            TestHost host = TestHost.stable(client("w").type("connect"));

            assertThat(delete(host, "t").errorCode()).isEqualTo(Errors.NON_EMPTY_GROUP.code());
        }

        @Test
        void but_not_of_a_group_that_is_not_there() {
            assertThat(delete(new TestHost(), "t").errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
        }
    }

    @Nested
    class lists_groups {

        private final TestHost host = TestHost.stable(client("a"));

        private List<ListedGroup> list(Set<String> states, Set<String> types) {
            HeldTicket<List<ListedGroup>> ticket = new HeldTicket<>();
            host.submit(new ListGroups(states, types, ticket));
            return ticket.value();
        }

        private ListedGroup listed(String groupId, String type, String state) {
            return new ListedGroup()
                    .setGroupId(groupId)
                    .setProtocolType(type)
                    .setGroupState(state)
                    .setGroupType("classic");
        }

        @Test
        void with_and_without_members() {
            host.submit(new CommitOffsets(Offsets.request("t", 1).setGroupId("simple"), (short) 9, new HeldTicket<>()));

            assertThat(list(Set.of(), Set.of()))
                    .containsExactlyInAnyOrder(
                            listed(TestHost.GROUP, "consumer", "Stable"), listed("simple", "", "Empty"));
        }

        @Test
        void in_some_states_only_in_any_case() {
            assertThat(list(Set.of("stable"), Set.of())).hasSize(1);
            assertThat(list(Set.of("Empty", "PreparingRebalance"), Set.of())).isEmpty();
            assertThat(list(Set.of("nonsense"), Set.of())).isEmpty();
        }

        @Test
        void of_some_types_only_in_any_case() {
            assertThat(list(Set.of(), Set.of("Classic"))).hasSize(1);
            assertThat(list(Set.of(), Set.of("consumer", "share"))).isEmpty();
        }
    }

    @Nested
    class describes_groups {

        private DescribedGroup describe(TestHost host, int version) {
            HeldTicket<List<DescribedGroup>> ticket = new HeldTicket<>();
            host.submit(new DescribeGroups(List.of(TestHost.GROUP), (short) version, ticket));
            return ticket.value().get(0);
        }

        @Test
        void that_are_stable_with_all_that_their_members_said() {
            TestHost host = TestHost.stable(client("a").instance("i"), client("b"));

            DescribedGroup group = describe(host, 6);

            assertThat(group.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(group.groupState()).isEqualTo("Stable");
            assertThat(group.protocolType()).isEqualTo("consumer");
            assertThat(group.protocolData()).isEqualTo("range");
            assertThat(group.members()).hasSize(2).first().satisfies(member -> {
                assertThat(member.memberId()).isEqualTo(host.memberId(0));
                assertThat(member.groupInstanceId()).isEqualTo("i");
                assertThat(member.clientId()).isEqualTo("a");
                assertThat(member.clientHost()).isEqualTo("/127.0.0.1");
                assertThat(member.memberMetadata()).asString().isEqualTo("range");
                assertThat(member.memberAssignment()).asString().isEqualTo("to " + host.memberId(0));
            });
        }

        @Test
        void that_rebalance_without_what_is_not_agreed_on() {
            TestHost host = TestHost.stable(client("a"));
            host.join(client("b").version(3));

            DescribedGroup group = describe(host, 6);

            assertThat(group.groupState()).isEqualTo("PreparingRebalance");
            assertThat(group.protocolData()).isEmpty();
            assertThat(group.members()).hasSize(2).first().satisfies(member -> assertThat(member.memberMetadata())
                    .isEmpty());
        }

        @Test
        void that_are_not_there_as_an_error_since_version_6() {
            DescribedGroup group = describe(new TestHost(), 6);

            assertThat(group.errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
            assertThat(group.errorMessage()).isEqualTo("Group g not found.");
            assertThat(group.groupState()).isEqualTo("Dead");
        }

        @Test
        void that_are_not_there_as_dead_before_version_6() {
            DescribedGroup group = describe(new TestHost(), 5);

            assertThat(group.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(group.groupState()).isEqualTo("Dead");
        }
    }
}
