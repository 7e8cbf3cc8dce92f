package dev.millrace.broker.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.ConsumerGroupConfig;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.offset.CommitOffsets;
import dev.millrace.broker.coordinator.group.offset.CommitTransactionalOffsets;
import dev.millrace.broker.coordinator.group.offset.FetchOffsets;
import dev.millrace.broker.coordinator.group.shard.DeleteGroups;
import dev.millrace.broker.coordinator.group.shard.HeldTicket;
import dev.millrace.broker.coordinator.group.shard.ListGroups;
import dev.millrace.broker.coordinator.group.shard.Offsets;
import dev.millrace.broker.coordinator.group.shard.TestConsumer;
import dev.millrace.broker.coordinator.group.shard.TestHost;
import dev.millrace.broker.coordinator.group.shard.TestTopics;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class A_group_of_the_consumer_protocol {

    private static final int INTERVAL_MS = 1_000;
    private static final int SESSION_MS = 45_000;
    private static final int REBALANCE_MS = 60_000;

    private final TestTopics topics = new TestTopics().with("t", 4).with("u", 2);
    private TestHost host = new TestHost(GroupConfig.DEFAULT, topics);
    private final TestConsumer a = consumer("a");
    private final TestConsumer b = consumer("b");

    private TestConsumer consumer(String memberId) {
        return new TestConsumer(host, topics, memberId);
    }

    private ConsumerGroup group() {
        return host.groups().get(TestHost.GROUP, ConsumerGroup.class);
    }

    private String state() {
        return group().state();
    }

    private static Errors error(ConsumerGroupHeartbeatResponseData answer) {
        return Errors.forCode(answer.errorCode());
    }

    /** Two members with two partitions each. */
    private void shared() {
        a.join();
        b.join();
        settle(a, b);
    }

    private void settle(TestConsumer... members) {
        for (int i = 0; i < 4; i++) {
            host.advance(INTERVAL_MS);
            for (TestConsumer member : members) {
                member.heartbeat();
            }
        }
    }

    @Nested
    class that_begins {

        @Test
        void gives_its_first_member_everything_at_once() {
            ConsumerGroupHeartbeatResponseData answer = a.join();

            assertThat(answer.memberId()).isEqualTo("a");
            assertThat(answer.memberEpoch()).isEqualTo(2);
            assertThat(answer.heartbeatIntervalMs()).isEqualTo(5_000);
            assertThat(a.owned()).isEqualTo("t-0 t-1 t-2 t-3");
            assertThat(state()).isEqualTo("Stable");
        }

        @Test
        void assigns_to_members_that_come_in_quick_succession_together() {
            a.join();
            b.join();
            assertThat(b.owned()).isEmpty();
            assertThat(state()).isEqualTo("Assigning");

            host.advance(INTERVAL_MS);
            b.heartbeat();

            assertThat(b.epoch()).isEqualTo(3);
            assertThat(state()).isEqualTo("Reconciling");
        }

        @Test
        void has_an_epoch_even_if_its_first_member_reads_nothing() {
            assertThat(a.subscribe().join().memberEpoch()).isOne();
            assertThat(a.owned()).isEmpty();
        }

        @Test
        void waits_for_topics_that_are_not_there_yet() {
            a.subscribe("later").join();
            topics.with("later", 1);
            host.submit(TestTopics.changed("later"));

            host.advance(INTERVAL_MS);
            a.heartbeat();

            assertThat(a.owned()).isEqualTo("later-0");
            assertThat(a.epoch()).isEqualTo(3);
        }

        @Test
        void takes_the_place_of_an_empty_classic_group_and_keeps_its_offsets() {
            host.submit(new CommitOffsets(Offsets.request("t", 7), (short) 8, new HeldTicket<>()));
            a.join();

            assertThat(group().size()).isOne();
            assertThat(host.groups().offsets().partitions(TestHost.GROUP)).isNotEmpty();
        }
    }

    @Nested
    class that_rebalances {

        @Test
        void gives_a_partition_away_only_when_its_owner_has_given_it_up() {
            a.join();
            b.join();
            host.advance(INTERVAL_MS);
            b.heartbeat();
            assertThat(b.owned()).as("before a knows").isEmpty();

            a.heartbeat();
            assertThat(a.owned()).isEqualTo("t-0 t-1");
            assertThat(a.epoch()).as("until it has given up").isEqualTo(2);
            b.heartbeat();
            assertThat(b.owned()).as("before a says so").isEmpty();

            a.heartbeat();
            assertThat(a.epoch()).isEqualTo(3);
            b.heartbeat();
            assertThat(b.owned()).isEqualTo("t-2 t-3");
            assertThat(state()).isEqualTo("Stable");
        }

        @Test
        void removes_a_member_that_gives_nothing_up_in_time() {
            a.join();
            b.join();
            host.advance(INTERVAL_MS);
            b.heartbeat();
            a.keepsEverything().heartbeat();

            for (int i = 0; i < REBALANCE_MS / SESSION_MS + 1; i++) {
                host.advance(SESSION_MS - 1);
                b.heartbeat();
                a.heartbeatInFull();
            }

            assertThat(group().member("a")).isNull();
            settle(b);
            assertThat(b.owned()).isEqualTo("t-0 t-1 t-2 t-3");
        }

        @Test
        void gives_what_a_member_had_that_left_to_the_others() {
            shared();
            a.leave();

            settle(b);

            assertThat(b.owned()).isEqualTo("t-0 t-1 t-2 t-3");
        }

        @Test
        void removes_a_member_that_is_not_heard_of() {
            shared();
            host.advance(SESSION_MS - 5_000);
            b.heartbeat();
            host.advance(SESSION_MS - 5_000);

            assertThat(group().member("a")).isNull();
            assertThat(error(a.heartbeat())).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }

        @Test
        void leaves_the_others_alone_when_a_member_changes_its_mind() {
            shared();
            b.subscribe("u");

            b.heartbeatInFull();
            assertThat(b.owned()).isEmpty();
            settle(a, b);

            assertThat(a.owned()).isEqualTo("t-0 t-1 t-2 t-3");
            assertThat(b.owned()).isEqualTo("u-0 u-1");
        }

        @Test
        void assigns_new_partitions() {
            a.join();
            topics.with("t", 6);
            host.submit(TestTopics.changed("t"));

            settle(a);

            assertThat(a.owned()).isEqualTo("t-0 t-1 t-2 t-3 t-4 t-5");
        }

        @Test
        void takes_away_partitions_of_a_topic_that_is_gone() {
            a.subscribe("t", "u").join();
            topics.delete("u");
            host.submit(TestTopics.changed("u"));

            host.advance(INTERVAL_MS);
            assertThat(a.heartbeat().assignment().topicPartitions())
                    .singleElement()
                    .satisfies(topic -> assertThat(topic.topicId()).isEqualTo(topics.id("t")));
        }

        @Test
        void does_nothing_when_topics_change_that_it_does_not_read() {
            a.join();
            topics.with("other", 1);
            host.submit(TestTopics.changed("other"));
            host.advance(INTERVAL_MS);

            a.heartbeat();

            assertThat(host.last.events()).isEmpty();
            assertThat(a.epoch()).isEqualTo(2);
        }

        @Test
        void assigns_by_the_assignor_that_most_members_like() {
            a.assignor("range").subscribe("t", "u").join();
            consumer("b").assignor("range").subscribe("t", "u").join();
            settle(a);

            assertThat(host.groups().get(TestHost.GROUP, ConsumerGroup.class).target("a"))
                    .extracting(partition -> topics.withId(partition.topicId()).name() + "-" + partition.partition())
                    .containsExactly("t-0", "t-1", "u-0");
        }
    }

    @Nested
    class whose_members_name_expressions {

        @Test
        void assigns_the_topics_that_match() {
            a.subscribeTo("[tu]").join();

            assertThat(a.owned()).isEqualTo("t-0 t-1 t-2 t-3 u-0 u-1");
        }

        @Test
        void notices_topics_that_come_and_go() {
            a.subscribeTo("u.*").join();
            topics.with("uv", 1);
            host.submit(TestTopics.changed("uv"));
            settle(a);
            assertThat(a.owned()).isEqualTo("u-0 u-1 uv-0");

            topics.delete("u");
            host.submit(TestTopics.changed("u"));
            settle(a);
            assertThat(a.owned()).isEqualTo("uv-0");
        }

        @Test
        void refuses_an_expression_that_cannot_be_read() {
            assertThat(error(a.subscribeTo("[").join())).isEqualTo(Errors.INVALID_REGULAR_EXPRESSION);
            assertThat(host.groups().get(TestHost.GROUP)).isNull();
        }

        @Test
        void forgets_an_expression_with_the_last_member_that_named_it() {
            a.subscribeTo("u.*").join();
            b.subscribeTo("u.*").join();
            a.leave();
            assertThat(group().regexes()).containsKey("u.*");

            b.leave();

            assertThat(group().regexes()).isEmpty();
        }

        @Test
        void looks_at_topics_anew_after_it_was_loaded() {
            a.subscribeTo("u.*").join();
            topics.with("uv", 1);
            host = host.reloaded();
            TestConsumer again = consumer("a");

            again.subscribeTo("u.*").join();
            host.advance(INTERVAL_MS);
            again.heartbeat();

            assertThat(again.owned()).isEqualTo("u-0 u-1 uv-0");
        }
    }

    @Nested
    class that_is_asked_by_a_member {

        @Test
        void fences_an_epoch_that_the_member_has_not_reached() {
            a.join();

            assertThat(error(a.send(new ConsumerGroupHeartbeatRequestData().setMemberEpoch(7))))
                    .isEqualTo(Errors.FENCED_MEMBER_EPOCH);
        }

        @Test
        void accepts_the_epoch_before_from_a_member_that_missed_an_answer() {
            a.join();

            assertThat(error(a.join())).isEqualTo(Errors.NONE);
            assertThat(a.owned()).isEqualTo("t-0 t-1 t-2 t-3");
        }

        @Test
        void fences_the_epoch_before_from_a_member_that_does_not_say_what_it_has() {
            shared();
            int before = a.epoch() - 1;

            assertThat(error(a.send(new ConsumerGroupHeartbeatRequestData().setMemberEpoch(before))))
                    .isEqualTo(Errors.FENCED_MEMBER_EPOCH);
        }

        @Test
        void knows_nobody_who_has_not_joined() {
            a.join();

            assertThat(error(b.send(new ConsumerGroupHeartbeatRequestData().setMemberEpoch(1))))
                    .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
            assertThat(error(b.leave())).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }

        @Test
        void is_not_there_before_anybody_joins() {
            assertThat(error(a.send(new ConsumerGroupHeartbeatRequestData().setMemberEpoch(1))))
                    .isEqualTo(Errors.GROUP_ID_NOT_FOUND);
            assertThat(error(a.leave())).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        }

        @Test
        void tells_everything_again_when_it_is_told_everything() {
            a.join();

            assertThat(a.heartbeat().assignment()).isNull();
            assertThat(a.heartbeatInFull().assignment()).isNotNull();
        }

        @Test
        void refuses_what_makes_no_sense() {
            refuses(Errors.INVALID_REQUEST, request -> request.setMemberEpoch(-3));
            refuses(Errors.INVALID_REQUEST, request -> request.setRebalanceTimeoutMs(-1));
            refuses(Errors.INVALID_REQUEST, request -> request.setTopicPartitions(null));
            refuses(Errors.INVALID_REQUEST, request -> request.setSubscribedTopicNames(null));
            refuses(Errors.INVALID_REQUEST, request -> request.setRackId(""));
            refuses(Errors.INVALID_REQUEST, request -> request.setMemberEpoch(-2));
            refuses(Errors.UNSUPPORTED_ASSIGNOR, request -> request.setServerAssignor("best"));
        }

        private void refuses(Errors error, UnaryOperator<ConsumerGroupHeartbeatRequestData> change) {
            ConsumerGroupHeartbeatRequestData joining = new ConsumerGroupHeartbeatRequestData()
                    .setMemberEpoch(0)
                    .setRebalanceTimeoutMs(1)
                    .setSubscribedTopicNames(List.of("t"))
                    .setTopicPartitions(List.of());

            assertThat(error(a.send(change.apply(joining)))).isEqualTo(error);
            assertThat(host.last.events()).isEmpty();
        }

        @Test
        void is_full_at_its_limit() {
            ConsumerGroupConfig small = new ConsumerGroupConfig(
                    true,
                    new ConsumerGroupConfig.Bounded(1, 1, 1),
                    new ConsumerGroupConfig.Bounded(1, 1, 1),
                    new ConsumerGroupConfig.Bounded(0, 0, 0),
                    1,
                    ConsumerGroupConfig.assignors(List.of("range")),
                    ConsumerGroupConfig.Migration.BIDIRECTIONAL);
            host = new TestHost(new GroupConfig(1, 1, 1, 1, 1, 1, 1, small), topics);
            consumer("a").join();

            assertThat(error(consumer("b").join())).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
            assertThat(error(consumer("a").join())).isEqualTo(Errors.NONE);
        }

        @Test
        void follows_what_an_operator_has_set_for_it() {
            topics.configure(TestHost.GROUP, "consumer.heartbeat.interval.ms", "7000");

            assertThat(a.join().heartbeatIntervalMs()).isEqualTo(7_000);
        }

        @Test
        void holds_an_operators_wish_within_the_brokers_bounds() {
            topics.configure(TestHost.GROUP, "consumer.heartbeat.interval.ms", "70000");

            assertThat(a.join().heartbeatIntervalMs()).isEqualTo(15_000);
        }
    }

    @Nested
    class with_static_members {

        private final TestConsumer first = consumer("m1").instance("i");
        private final TestConsumer second = consumer("m2").instance("i");

        @Test
        void gives_an_instance_back_what_it_had() {
            first.join();
            b.join();
            settle(first, b);
            int epoch = group().epoch();
            String had = first.owned();

            assertThat(error(first.leaveForAWhile())).isEqualTo(Errors.NONE);
            second.join();

            assertThat(second.owned()).isEqualTo(had);
            assertThat(group().epoch()).as("nothing is rebalanced").isEqualTo(epoch);
            assertThat(error(first.heartbeat())).isEqualTo(Errors.FENCED_INSTANCE_ID);
        }

        @Test
        void gives_away_what_an_instance_was_to_give_up_when_it_leaves() {
            first.join();
            b.join();
            host.advance(INTERVAL_MS);
            b.heartbeat();
            first.heartbeat();

            first.leaveForAWhile();
            b.heartbeat();

            assertThat(b.owned()).isEqualTo("t-2 t-3");
            assertThat(host.reloaded().timers())
                    .containsKey(new ExpireConsumerSession(TestHost.GROUP, "m1"))
                    .doesNotContainKey(new ExpireRevocation(TestHost.GROUP, "m1"));
        }

        @Test
        void lets_nobody_take_the_place_of_an_instance_that_is_there() {
            first.join();

            assertThat(error(second.join())).isEqualTo(Errors.UNRELEASED_INSTANCE_ID);
        }

        @Test
        void gives_the_place_of_an_instance_to_the_first_of_two_that_come_for_it() {
            TestConsumer third = consumer("m3").instance("i");
            first.join();
            b.join();
            settle(first, b);
            String had = first.owned();
            first.leaveForAWhile();

            second.join();
            assertThat(error(third.join())).isEqualTo(Errors.UNRELEASED_INSTANCE_ID);

            assertThat(second.owned()).isEqualTo(had);
            assertThat(error(second.heartbeat())).isEqualTo(Errors.NONE);
            second.leaveForAWhile();
            assertThat(error(third.join())).isEqualTo(Errors.NONE);
            assertThat(third.owned()).isEqualTo(had);
            assertThat(error(second.heartbeat())).isEqualTo(Errors.FENCED_INSTANCE_ID);
        }

        /** As Apache Kafka has it, for which a member id makes no difference here. */
        @Test
        void has_an_instance_that_did_not_hear_that_it_has_joined_wait_for_its_own_session_to_end() {
            first.join();

            assertThat(error(first.join())).isEqualTo(Errors.UNRELEASED_INSTANCE_ID);
            host.advance(SESSION_MS);
            assertThat(error(first.join())).isEqualTo(Errors.NONE);
        }

        @Test
        void gives_up_on_an_instance_that_does_not_come_back() {
            first.join();
            first.leaveForAWhile();

            host.advance(SESSION_MS);

            assertThat(state()).isEqualTo("Empty");
        }

        @Test
        void lets_an_instance_leave_for_good() {
            first.join();

            assertThat(first.leave().memberEpoch()).isEqualTo(-1);

            assertThat(state()).isEqualTo("Empty");
        }

        @Test
        void knows_no_instance_that_has_not_joined() {
            a.join();

            assertThat(error(first.send(new ConsumerGroupHeartbeatRequestData().setMemberEpoch(1))))
                    .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }
    }

    @Nested
    class that_was_loaded {

        @Test
        void goes_on_where_it_was() {
            shared();
            ConsumerGroup before = group();

            host = host.reloaded();

            assertThat(group().epoch()).isEqualTo(before.epoch());
            assertThat(group().targetEpoch()).isEqualTo(before.targetEpoch());
            assertThat(group().members()).containsExactlyElementsOf(before.members());
            assertThat(group().current("a")).isEqualTo(before.current("a"));
            assertThat(group().target("b")).isEqualTo(before.target("b"));
            assertThat(state()).isEqualTo("Stable");
        }

        @Test
        void gives_everybody_a_session_to_be_heard_of() {
            shared();
            host = host.reloaded();

            host.advance(SESSION_MS - 1);
            assertThat(group().size()).isEqualTo(2);
            host.advance(1);
            assertThat(state()).isEqualTo("Empty");
        }

        @Test
        void is_gone_when_it_was_deleted() {
            a.join();
            a.leave();
            host.submit(new DeleteGroups(java.util.Set.of(TestHost.GROUP), new HeldTicket<>()));

            assertThat(host.reloaded().groups().get(TestHost.GROUP)).isNull();
        }
    }

    @Nested
    class that_is_looked_at {

        private List<DescribedGroup> describe(String groupId) {
            HeldTicket<List<DescribedGroup>> ticket = new HeldTicket<>();
            host.submit(new DescribeConsumerGroups(List.of(groupId), ticket));
            return ticket.value();
        }

        @Test
        void tells_who_has_what_and_is_to_have_it() {
            a.join();

            assertThat(describe(TestHost.GROUP)).singleElement().satisfies(group -> {
                assertThat(group.groupState()).isEqualTo("Stable");
                assertThat(group.groupEpoch()).isEqualTo(2);
                assertThat(group.assignmentEpoch()).isEqualTo(2);
                assertThat(group.assignorName()).isEqualTo("uniform");
                assertThat(group.members()).singleElement().satisfies(member -> {
                    assertThat(member.memberId()).isEqualTo("a");
                    assertThat(member.memberType()).isEqualTo((byte) 1);
                    assertThat(member.subscribedTopicNames()).containsExactly("t");
                    assertThat(member.assignment()).isEqualTo(member.targetAssignment());
                    assertThat(member.assignment().topicPartitions().get(0).topicName())
                            .isEqualTo("t");
                    assertThat(member.assignment().topicPartitions().get(0).partitions())
                            .containsExactly(0, 1, 2, 3);
                });
            });
        }

        @Test
        void is_not_found_when_it_is_not_there_or_is_a_classic_one() {
            host.submit(
                    new CommitOffsets(Offsets.request("t", 7).setGroupId("classic"), (short) 8, new HeldTicket<>()));

            assertThat(describe("none").get(0).errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
            assertThat(describe("classic").get(0).errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
        }

        @Test
        void is_listed_by_its_type_and_state() {
            a.join();

            assertThat(list(List.of("stable"), List.of("consumer"))).containsExactly(TestHost.GROUP);
            assertThat(list(List.of(), List.of("classic"))).isEmpty();
            assertThat(list(List.of("Empty"), List.of())).isEmpty();
        }

        private List<String> list(List<String> states, List<String> types) {
            HeldTicket<List<ListedGroup>> ticket = new HeldTicket<>();
            host.submit(new ListGroups(states, types, ticket));
            return ticket.value().stream().map(ListedGroup::groupId).toList();
        }
    }

    @Nested
    class whose_offsets_are_committed {

        private Errors commit(String memberId, int epoch, String topic, int version) {
            HeldTicket<org.apache.kafka.common.message.OffsetCommitResponseData> ticket = new HeldTicket<>();
            var request = Offsets.request(topic, 7).setMemberId(memberId).setGenerationIdOrMemberEpoch(epoch);
            request.topics().forEach(known -> known.setTopicId(topics.id(topic)));
            host.submit(new CommitOffsets(request, (short) version, ticket));
            return Errors.forCode(
                    ticket.value().topics().get(0).partitions().get(0).errorCode());
        }

        private Errors fetch(String memberId, int epoch) {
            HeldTicket<OffsetFetchResponseGroup> ticket = new HeldTicket<>();
            OffsetFetchRequestGroup request = new OffsetFetchRequestGroup()
                    .setGroupId(TestHost.GROUP)
                    .setMemberId(memberId)
                    .setMemberEpoch(epoch)
                    .setTopics(null);
            host.submit(new FetchOffsets(request, false, ticket));
            return Errors.forCode(ticket.value().errorCode());
        }

        @Test
        void takes_them_from_a_member_at_its_epoch() {
            shared();

            assertThat(commit("a", a.epoch(), "t", 9)).isEqualTo(Errors.NONE);
            assertThat(commit("a", a.epoch() + 1, "t", 9)).isEqualTo(Errors.STALE_MEMBER_EPOCH);
            assertThat(commit("a", 0, "t", 9)).isEqualTo(Errors.STALE_MEMBER_EPOCH);
            assertThat(commit("c", 1, "t", 9)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
            assertThat(commit("a", a.epoch(), "t", 8)).isEqualTo(Errors.UNSUPPORTED_VERSION);
            assertThat(commit("", -1, "t", 9)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }

        @Test
        void takes_them_from_a_member_that_is_behind_if_it_has_had_the_partition_since() {
            shared();

            assertThat(a.owned()).startsWith("t-0");
            assertThat(commit("a", a.epoch() - 1, "t", 9)).isEqualTo(Errors.NONE);
            assertThat(commit("b", b.epoch() - 1, "t", 9)).isEqualTo(Errors.STALE_MEMBER_EPOCH);
        }

        @Test
        void takes_them_from_anybody_while_it_is_empty() {
            a.join();
            a.leave();

            assertThat(commit("", -1, "t", 9)).isEqualTo(Errors.NONE);
        }

        @Test
        void tells_them_to_a_member_at_its_epoch_and_to_whoever_says_nothing() {
            shared();

            assertThat(fetch("a", a.epoch())).isEqualTo(Errors.NONE);
            assertThat(fetch("a", a.epoch() + 1)).isEqualTo(Errors.STALE_MEMBER_EPOCH);
            assertThat(fetch("c", 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
            assertThat(fetch(null, -1)).isEqualTo(Errors.NONE);
        }

        @Test
        void tells_a_producer_only_that_it_is_of_another_generation() {
            shared();

            assertThat(commitInTransaction("a", a.epoch())).isEqualTo(Errors.NONE);
            assertThat(commitInTransaction("a", a.epoch() + 1)).isEqualTo(Errors.ILLEGAL_GENERATION);
            assertThat(commitInTransaction("c", 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
            assertThat(commitInTransaction("", -1)).isEqualTo(Errors.NONE);
        }

        private Errors commitInTransaction(String memberId, int epoch) {
            HeldTicket<org.apache.kafka.common.message.TxnOffsetCommitResponseData> ticket = new HeldTicket<>();
            var request = Offsets.transactional("t", 7).setMemberId(memberId).setGenerationId(epoch);
            host.submit(new CommitTransactionalOffsets(request, Map.of("t", topics.id("t")), ticket));
            return Errors.forCode(
                    ticket.value().topics().get(0).partitions().get(0).errorCode());
        }
    }
}
