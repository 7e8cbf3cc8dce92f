package dev.millrace.broker.coordinator.group.classic;

import static dev.millrace.broker.coordinator.group.shard.Joining.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.shard.HeldTicket;
import dev.millrace.broker.coordinator.group.shard.TestHost;
import java.util.List;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class A_stable_group {

    private final TestHost host = TestHost.stable(
            client("a").sessionMs(10_000).rebalanceMs(60_000),
            client("b").sessionMs(10_000).rebalanceMs(60_000));
    private final String leader = host.memberId(0);
    private final String follower = host.memberId(1);

    private void keepAlive(String memberId, long durationMs) {
        for (long passedMs = 0; passedMs < durationMs; passedMs += 5_000) {
            host.heartbeat(memberId, host.group().generation());
            host.advance(5_000);
        }
    }

    @Test
    void accepts_heartbeats() {
        assertThat(host.heartbeat(leader, 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void refuses_heartbeats_of_another_generation() {
        assertThat(host.heartbeat(leader, 0)).isEqualTo(Errors.ILLEGAL_GENERATION);
    }

    @Test
    void refuses_heartbeats_of_a_stranger() {
        assertThat(host.heartbeat("stranger", 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void keeps_members_that_are_heard_of() {
        for (int i = 0; i < 10; i++) {
            host.advance(9_999);
            host.heartbeat(leader, 1);
            host.heartbeat(follower, 1);
        }

        assertThat(host.phase()).isEqualTo("Stable");
    }

    @Test
    void rebalances_when_a_member_is_not_heard_of() {
        keepAlive(leader, 10_000);

        assertThat(host.phase()).isEqualTo("PreparingRebalance");
        assertThat(host.heartbeat(leader, 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(host.heartbeat(follower, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void elects_another_leader_when_its_leader_is_not_heard_of() {
        keepAlive(follower, 10_000);

        JoinGroupResponseData answer = host.join(client("b").memberId(follower)).value();

        assertThat(answer.leader()).isEqualTo(follower);
        assertThat(answer.generationId()).isEqualTo(2);
    }

    @Test
    void repeats_an_assignment() {
        assertThat(host.sync(TestHost.syncRequest(follower, 1)).value().assignment())
                .asString()
                .isEqualTo("to " + follower);
    }

    @Test
    void answers_a_follower_that_joins_again_with_nothing_new_and_goes_on() {
        JoinGroupResponseData answer = host.join(client("b").memberId(follower)).value();

        assertThat(answer.generationId()).isOne();
        assertThat(answer.members()).isEmpty();
        assertThat(host.phase()).isEqualTo("Stable");
    }

    @Test
    void rebalances_when_its_leader_joins_again() {
        HeldTicket<JoinGroupResponseData> answer = host.join(client("a").memberId(leader));

        assertThat(answer.isOpen()).isTrue();
        assertThat(host.heartbeat(follower, 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    @Test
    void rebalances_when_a_follower_joins_again_with_something_new() {
        host.join(client("b").memberId(follower).protocols("range", "sticky"));

        assertThat(host.phase()).isEqualTo("PreparingRebalance");
    }

    @Test
    void rebalances_when_a_member_comes() {
        HeldTicket<JoinGroupResponseData> third = host.join(client("c").version(3));
        HeldTicket<JoinGroupResponseData> first = host.join(client("a").memberId(leader));
        assertThat(first.isOpen()).isTrue();

        HeldTicket<JoinGroupResponseData> second = host.join(client("b").memberId(follower));

        assertThat(first.value().generationId()).isEqualTo(2);
        assertThat(second.value().generationId()).isEqualTo(2);
        assertThat(third.value().generationId()).isEqualTo(2);
        assertThat(first.value().members()).hasSize(3);
    }

    @Test
    void removes_members_that_have_not_synced_when_time_is_up() {
        TestHost late = new TestHost();
        HeldTicket<JoinGroupResponseData> a = late.join(client("a").version(3).rebalanceMs(20_000));
        HeldTicket<JoinGroupResponseData> b = late.join(client("b").version(3).rebalanceMs(20_000));
        late.advance(6_000);
        late.sync(a.value(), a.value().memberId());
        assertThat(late.phase()).isEqualTo("Stable");

        late.advance(20_000);

        assertThat(late.group().member(b.value().memberId())).isNull();
        assertThat(late.phase()).isEqualTo("PreparingRebalance");
    }

    @Nested
    class while_it_rebalances {

        @Test
        void refuses_syncs() {
            host.join(client("c").version(3));

            assertThat(Errors.forCode(
                            host.sync(TestHost.syncRequest(follower, 1)).value().errorCode()))
                    .isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        }

        @Test
        void leaves_out_members_that_do_not_join_in_time() {
            HeldTicket<JoinGroupResponseData> joined =
                    host.join(client("a").memberId(leader).rebalanceMs(60_000));

            keepAlive(follower, 55_000);
            assertThat(joined.isOpen()).isTrue();
            host.advance(5_000);

            assertThat(joined.value().members()).hasSize(1);
            assertThat(host.heartbeat(follower, 2)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }

        @Test
        void elects_another_leader_when_its_leader_does_not_join_in_time() {
            HeldTicket<JoinGroupResponseData> joined = host.join(
                    client("b").memberId(follower).protocols("range", "sticky").rebalanceMs(60_000));

            keepAlive(leader, 60_000);

            assertThat(joined.value().leader()).isEqualTo(follower);
            assertThat(joined.value().members()).hasSize(1);
        }

        @Test
        void goes_on_when_the_member_that_is_missing_leaves() {
            HeldTicket<JoinGroupResponseData> joined = host.join(client("a").memberId(leader));

            host.leave(follower);

            assertThat(joined.value().generationId()).isEqualTo(2);
        }

        @Test
        void keeps_members_that_have_joined_though_they_send_no_heartbeats() {
            host.join(client("a").memberId(leader));

            keepAlive(follower, 50_000);

            assertThat(host.group().member(leader)).isNotNull();
        }

        @Test
        void is_described_with_the_assignments_of_before() {
            host.join(client("c").version(3));

            assertThat(host.group().member(leader).described().memberAssignment())
                    .asString()
                    .isEqualTo("to " + leader);
        }
    }

    @Nested
    class that_members_leave {

        @Test
        void rebalances() {
            LeaveGroupResponseData answer = host.leave(follower);

            assertThat(answer.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(answer.members()).extracting(MemberResponse::errorCode).containsExactly(Errors.NONE.code());
            assertThat(host.phase()).isEqualTo("PreparingRebalance");
        }

        @Test
        void takes_several_at_once_and_tells_of_each() {
            LeaveGroupResponseData answer = host.leave(
                    new MemberIdentity().setMemberId(leader),
                    new MemberIdentity().setMemberId("stranger"),
                    new MemberIdentity().setMemberId(follower));

            assertThat(answer.members())
                    .extracting(MemberResponse::errorCode)
                    .containsExactly(Errors.NONE.code(), Errors.UNKNOWN_MEMBER_ID.code(), Errors.NONE.code());
            assertThat(host.phase()).isEqualTo("Empty");
        }

        @Test
        void stays_as_it_is_when_strangers_leave() {
            host.leave("stranger");

            assertThat(host.phase()).isEqualTo("Stable");
            assertThat(host.last.events()).isEmpty();
        }

        @Test
        void stores_that_nobody_is_left() {
            host.leave(new MemberIdentity().setMemberId(leader), new MemberIdentity().setMemberId(follower));

            assertThat(host.last.events())
                    .last()
                    .isEqualTo(new GroupStored(TestHost.GROUP, "consumer", 2, null, null, host.nowMs, List.of()));
        }

        @Test
        void forgets_their_sessions() {
            host.leave(follower);

            assertThat(host.timers()).doesNotContainKey(new ExpireSession(TestHost.GROUP, follower));
        }

        @Test
        void needs_to_know_which_group() {
            HeldTicket<LeaveGroupResponseData> ticket = new HeldTicket<>();
            host.submit(new LeaveGroup(new LeaveGroupRequestData(), ticket));

            assertThat(ticket.value().errorCode()).isEqualTo(Errors.INVALID_GROUP_ID.code());
        }
    }
}
