package dev.millrace.broker.coordinator.group.classic;

import static dev.millrace.broker.coordinator.group.shard.Joining.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.shard.HeldTicket;
import dev.millrace.broker.coordinator.group.shard.Joining;
import dev.millrace.broker.coordinator.group.shard.TestHost;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class A_static_member {

    private static Joining instance(String id) {
        return client("c" + id).instance(id).sessionMs(10_000).rebalanceMs(60_000);
    }

    private static Errors joinError(HeldTicket<JoinGroupResponseData> ticket) {
        return Errors.forCode(ticket.value().errorCode());
    }

    @Nested
    class that_comes_back_to_a_stable_group {

        private final TestHost host = TestHost.stable(instance("1"), instance("2"));
        private final String formerLeader = host.memberId(0);
        private final String formerFollower = host.memberId(1);

        @Test
        void takes_its_place_without_a_rebalance() {
            JoinGroupResponseData answer = host.join(instance("2").version(9)).value();

            assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
            assertThat(answer.memberId()).isNotEqualTo(formerFollower);
            assertThat(answer.generationId()).isOne();
            assertThat(host.phase()).isEqualTo("Stable");
        }

        @Test
        void finds_its_assignment() {
            JoinGroupResponseData answer = host.join(instance("2").version(9)).value();

            assertThat(host.sync(answer).value().assignment()).asString().isEqualTo("to " + formerFollower);
        }

        @Test
        void is_stored_under_its_new_id() {
            JoinGroupResponseData answer = host.join(instance("2").version(9)).value();

            assertThat(host.reloaded().group().memberIdOf("2")).isEqualTo(answer.memberId());
        }

        @Test
        void leads_on_but_must_not_assign() {
            JoinGroupResponseData answer = host.join(instance("1").version(9)).value();

            assertThat(answer.leader()).isEqualTo(answer.memberId());
            assertThat(answer.skipAssignment()).isTrue();
            assertThat(answer.members()).hasSize(2);
        }

        @Test
        void does_not_learn_that_it_leads_before_version_9() {
            JoinGroupResponseData answer = host.join(instance("1").version(8)).value();

            assertThat(answer.leader()).isEqualTo(formerLeader);
            assertThat(answer.skipAssignment()).isFalse();
            assertThat(answer.members()).isEmpty();
        }

        @Test
        void causes_a_rebalance_if_it_changes_the_elected_protocol() {
            TestHost both = TestHost.stable(
                    instance("1").protocols("range", "sticky"), instance("2").protocols("range", "sticky"));

            HeldTicket<JoinGroupResponseData> answer =
                    both.join(instance("2").version(9).protocols("sticky"));

            assertThat(answer.isOpen()).isTrue();
            assertThat(both.phase()).isEqualTo("PreparingRebalance");
        }

        @Test
        void fences_heartbeats_under_its_former_id() {
            host.join(instance("2").version(9));

            assertThat(host.heartbeat(formerFollower, 1, "2")).isEqualTo(Errors.FENCED_INSTANCE_ID);
        }

        @Test
        void fences_syncs_and_joins_and_leaves_under_its_former_id() {
            host.join(instance("2").version(9));

            assertThat(Errors.forCode(
                            host.sync(TestHost.syncRequest(formerFollower, 1).setGroupInstanceId("2"))
                                    .value()
                                    .errorCode()))
                    .isEqualTo(Errors.FENCED_INSTANCE_ID);
            assertThat(joinError(host.join(instance("2").memberId(formerFollower))))
                    .isEqualTo(Errors.FENCED_INSTANCE_ID);
            assertThat(Errors.forCode(host.leave(new MemberIdentity()
                                    .setMemberId(formerFollower)
                                    .setGroupInstanceId("2"))
                            .members()
                            .get(0)
                            .errorCode()))
                    .isEqualTo(Errors.FENCED_INSTANCE_ID);
        }

        @Test
        void is_removed_when_it_is_not_heard_of_after_all() {
            String memberId = host.join(instance("2").version(9)).value().memberId();

            for (int i = 0; i < 2; i++) {
                host.heartbeat(formerLeader, 1);
                host.advance(5_000);
            }

            assertThat(host.group().member(memberId)).isNull();
        }
    }

    @Nested
    class that_comes_back_while_the_group_rebalances {

        private final TestHost host = TestHost.stable(instance("1"), instance("2"));

        @Test
        void fences_its_former_request() {
            HeldTicket<JoinGroupResponseData> former =
                    host.join(instance("1").memberId(host.memberId(0)).version(9));

            HeldTicket<JoinGroupResponseData> latter = host.join(instance("1").version(9));

            assertThat(joinError(former)).isEqualTo(Errors.FENCED_INSTANCE_ID);
            assertThat(latter.isOpen()).isTrue();
        }

        @Test
        void counts_as_joined() {
            HeldTicket<JoinGroupResponseData> first =
                    host.join(instance("1").memberId(host.memberId(0)).version(9));

            HeldTicket<JoinGroupResponseData> second = host.join(instance("2").version(9));

            assertThat(first.value().generationId()).isEqualTo(2);
            assertThat(second.value().generationId()).isEqualTo(2);
        }
    }

    @Nested
    class that_comes_back_while_the_group_waits_for_its_leader {

        @Test
        void causes_another_rebalance_for_the_leader_knows_its_former_id() {
            TestHost host = new TestHost();
            host.join(instance("1"));
            HeldTicket<JoinGroupResponseData> second = host.join(instance("2"));
            host.advance(6_000);
            HeldTicket<SyncGroupResponseData> former = host.sync(second.value());

            HeldTicket<JoinGroupResponseData> latter = host.join(instance("2").version(9));

            assertThat(former.value().errorCode()).isEqualTo(Errors.FENCED_INSTANCE_ID.code());
            assertThat(latter.isOpen()).isTrue();
            assertThat(host.phase()).isEqualTo("PreparingRebalance");
        }
    }

    /** Two processes were started with one instance id, and neither has a member id yet. */
    @Nested
    class that_comes_back_twice_at_once {

        @Test
        void has_its_place_where_it_came_last() {
            TestHost host = TestHost.stable(instance("1"), instance("2"));
            String former = host.memberId(1);

            JoinGroupResponseData one = host.join(instance("2").version(9)).value();
            JoinGroupResponseData other = host.join(instance("2").version(9)).value();

            assertThat(other.memberId()).isNotEqualTo(one.memberId());
            assertThat(host.group().memberIdOf("2")).isEqualTo(other.memberId());
            assertThat(host.group().size()).isEqualTo(2);
            assertThat(host.sync(TestHost.syncRequest(one.memberId(), 1).setGroupInstanceId("2"))
                            .value()
                            .errorCode())
                    .isEqualTo(Errors.FENCED_INSTANCE_ID.code());
            assertThat(host.heartbeat(one.memberId(), 1, "2")).isEqualTo(Errors.FENCED_INSTANCE_ID);
            assertThat(host.sync(other).value().assignment()).asString().isEqualTo("to " + former);
            assertThat(host.phase()).isEqualTo("Stable");
        }

        @Test
        void joins_once_while_the_group_rebalances() {
            TestHost three = TestHost.stable(instance("1"), instance("2"), instance("3"));
            HeldTicket<JoinGroupResponseData> first =
                    three.join(instance("1").memberId(three.memberId(0)).version(9));

            HeldTicket<JoinGroupResponseData> one = three.join(instance("2").version(9));
            HeldTicket<JoinGroupResponseData> other = three.join(instance("2").version(9));

            assertThat(joinError(one)).isEqualTo(Errors.FENCED_INSTANCE_ID);
            assertThat(other.isOpen()).isTrue();
            assertThat(first.isOpen()).as("the third has not joined").isTrue();

            HeldTicket<JoinGroupResponseData> third = three.join(instance("3").version(9));

            assertThat(other.value().generationId()).isEqualTo(2);
            assertThat(third.value().generationId()).isEqualTo(2);
            assertThat(first.value().members()).hasSize(3);
        }

        @Test
        void gets_its_assignment_once_while_the_group_waits_for_its_leader() {
            TestHost host = new TestHost();
            host.join(instance("1"));
            HeldTicket<JoinGroupResponseData> second = host.join(instance("2"));
            host.advance(6_000);
            HeldTicket<SyncGroupResponseData> waiting = host.sync(second.value());

            HeldTicket<JoinGroupResponseData> one = host.join(instance("2").version(9));
            HeldTicket<JoinGroupResponseData> other = host.join(instance("2").version(9));

            assertThat(waiting.value().errorCode()).isEqualTo(Errors.FENCED_INSTANCE_ID.code());
            assertThat(joinError(one)).isEqualTo(Errors.FENCED_INSTANCE_ID);
            assertThat(other.isOpen()).isTrue();
            assertThat(host.group().size()).isEqualTo(2);
        }
    }

    @Nested
    class that_is_away {

        private final TestHost host = TestHost.stable(
                client("d").sessionMs(10_000).rebalanceMs(60_000), instance("1").sessionMs(1_800_000));

        @Test
        void keeps_its_place_through_a_rebalance() {
            HeldTicket<JoinGroupResponseData> other = host.join(
                    client("d").memberId(host.memberId(0)).rebalanceMs(60_000).sessionMs(10_000));

            host.advance(60_000);

            assertThat(other.value().members()).hasSize(2);
        }

        @Test
        void keeps_its_place_when_nobody_else_is_there() {
            TestHost alone = TestHost.stable(
                    instance("1").sessionMs(1_800_000),
                    client("d").sessionMs(10_000).rebalanceMs(60_000));
            alone.leave(alone.memberId(1));

            alone.advance(300_000);

            assertThat(alone.phase()).isEqualTo("PreparingRebalance");
            assertThat(alone.group().size()).isOne();
            assertThat(joinError(alone.join(instance("1").version(9)))).isEqualTo(Errors.NONE);
        }

        @Test
        void is_removed_with_its_session() {
            host.heartbeat(host.memberId(1), 1);

            host.advance(1_800_000);

            assertThat(host.group().memberIdOf("1")).isNull();
        }
    }

    @Nested
    class that_an_operator_removes {

        private final TestHost host = TestHost.stable(instance("1"), instance("2"));

        @Test
        void need_not_be_named_by_member_id() {
            assertThat(host.leave(new MemberIdentity().setGroupInstanceId("2"))
                            .members()
                            .get(0)
                            .errorCode())
                    .isEqualTo(Errors.NONE.code());
            assertThat(host.group().memberIdOf("2")).isNull();
            assertThat(host.phase()).isEqualTo("PreparingRebalance");
        }

        @Test
        void must_be_there() {
            assertThat(host.leave(new MemberIdentity().setGroupInstanceId("3"))
                            .members()
                            .get(0)
                            .errorCode())
                    .isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
        }
    }

    @Test
    void is_unknown_under_an_instance_that_the_group_has_not() {
        TestHost host = TestHost.stable(instance("1"));

        assertThat(host.heartbeat(host.memberId(0), 1, "2")).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }
}
