package dev.millrace.broker.coordinator.group.classic;

import static dev.millrace.broker.coordinator.group.shard.Joining.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.shard.HeldTicket;
import dev.millrace.broker.coordinator.group.shard.TestHost;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class A_group_that_waits_for_its_leader {

    private final TestHost host = new TestHost();
    private JoinGroupResponseData leader;
    private JoinGroupResponseData follower;

    @BeforeEach
    void two_members_have_joined() {
        HeldTicket<JoinGroupResponseData> first =
                host.join(client("a").version(3).sessionMs(10_000));
        HeldTicket<JoinGroupResponseData> second =
                host.join(client("b").version(3).sessionMs(10_000));
        host.advance(6_000);
        leader = first.value();
        follower = second.value();
    }

    private static Errors error(HeldTicket<SyncGroupResponseData> ticket) {
        return Errors.forCode(ticket.value().errorCode());
    }

    @Test
    void is_completing_its_rebalance() {
        assertThat(host.phase()).isEqualTo("CompletingRebalance");
    }

    @Test
    void gives_everybody_its_assignment_once_the_leader_brings_them() {
        HeldTicket<SyncGroupResponseData> early = host.sync(follower);
        assertThat(early.isOpen()).isTrue();

        HeldTicket<SyncGroupResponseData> leading = host.sync(leader, leader.memberId(), follower.memberId());

        assertThat(leading.value().assignment()).asString().isEqualTo("to " + leader.memberId());
        assertThat(early.value().assignment()).asString().isEqualTo("to " + follower.memberId());
        assertThat(early.value().protocolType()).isEqualTo("consumer");
        assertThat(early.value().protocolName()).isEqualTo("range");
        assertThat(host.phase()).isEqualTo("Stable");
    }

    @Test
    void stores_the_generation_with_its_assignments() {
        host.sync(leader, leader.memberId(), follower.memberId());

        assertThat(host.last.events()).last().isInstanceOfSatisfying(GroupStored.class, stored -> {
            assertThat(stored.generation()).isOne();
            assertThat(stored.leaderId()).isEqualTo(leader.memberId());
            assertThat(stored.phaseSinceMs()).isEqualTo(host.nowMs);
            assertThat(stored.members())
                    .extracting(member -> new String(member.assignment().value()))
                    .containsExactly("to " + leader.memberId(), "to " + follower.memberId());
        });
    }

    @Test
    void gives_nothing_to_members_that_the_leader_left_out() {
        HeldTicket<SyncGroupResponseData> early = host.sync(follower);

        host.sync(leader, leader.memberId());

        assertThat(error(early)).isEqualTo(Errors.NONE);
        assertThat(early.value().assignment()).isEmpty();
    }

    @Test
    void ignores_assignments_to_strangers() {
        host.sync(leader, leader.memberId(), "stranger");

        assertThat(host.group().size()).isEqualTo(2);
    }

    @Test
    void refuses_a_sync_of_another_generation() {
        assertThat(error(host.sync(TestHost.syncRequest(follower.memberId(), 0))))
                .isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(error(host.sync(TestHost.syncRequest(follower.memberId(), 2))))
                .isEqualTo(Errors.ILLEGAL_GENERATION);
    }

    @Test
    void refuses_a_sync_of_a_stranger() {
        assertThat(error(host.sync(TestHost.syncRequest("stranger", 1)))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void refuses_a_sync_that_means_another_protocol() {
        SyncGroupRequestData request = TestHost.syncRequest(follower.memberId(), 1);

        assertThat(error(host.sync(request.duplicate().setProtocolType("connect"))))
                .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(error(host.sync(request.duplicate().setProtocolName("sticky"))))
                .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(host.sync(request.duplicate().setProtocolType("consumer").setProtocolName("range"))
                        .isOpen())
                .isTrue();
    }

    @Test
    void refuses_a_sync_without_a_group_id() {
        assertThat(error(host.sync(TestHost.syncRequest(follower.memberId(), 1).setGroupId(""))))
                .isEqualTo(Errors.INVALID_GROUP_ID);
    }

    @Test
    void answers_both_requests_of_a_member_that_syncs_twice() {
        HeldTicket<SyncGroupResponseData> lost = host.sync(follower);
        HeldTicket<SyncGroupResponseData> again = host.sync(follower);
        host.sync(leader, follower.memberId());

        assertThat(error(lost)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(error(again)).isEqualTo(Errors.NONE);
    }

    @Test
    void accepts_heartbeats() {
        assertThat(host.heartbeat(follower.memberId(), 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void repeats_its_answer_to_a_member_that_joins_again_with_nothing_new() {
        JoinGroupResponseData again =
                host.join(client("a").memberId(leader.memberId())).value();

        assertThat(again).isEqualTo(leader.duplicate());
        assertThat(host.phase()).isEqualTo("CompletingRebalance");
    }

    @Test
    void rebalances_anew_when_a_member_joins_again_with_something_new() {
        HeldTicket<SyncGroupResponseData> early = host.sync(follower);

        HeldTicket<JoinGroupResponseData> changed =
                host.join(client("a").memberId(leader.memberId()).protocols("range", "sticky"));

        assertThat(changed.isOpen()).isTrue();
        assertThat(error(early)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(host.phase()).isEqualTo("PreparingRebalance");
    }

    @Test
    void rebalances_anew_when_a_member_comes() {
        HeldTicket<SyncGroupResponseData> early = host.sync(follower);

        host.join(client("c").version(3));

        assertThat(error(early)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(host.phase()).isEqualTo("PreparingRebalance");
    }

    @Test
    void rebalances_anew_when_its_leader_is_not_heard_of() {
        HeldTicket<SyncGroupResponseData> early = host.sync(follower);

        host.advance(10_000);

        assertThat(error(early)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(host.group().members()).extracting(Member::id).containsExactly(follower.memberId());
    }

    @Test
    void keeps_a_member_that_waits_without_heartbeats() {
        host.sync(follower);

        host.advance(9_000);
        host.heartbeat(leader.memberId(), 1);
        host.advance(9_000);

        assertThat(host.group().size()).isEqualTo(2);
    }

    @Test
    void answers_the_sync_of_a_member_that_leaves() {
        HeldTicket<SyncGroupResponseData> early = host.sync(follower);

        host.leave(follower.memberId());

        assertThat(error(early)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void removes_members_that_never_sync_though_they_send_heartbeats() {
        TestHost quick = new TestHost();
        HeldTicket<JoinGroupResponseData> a = quick.join(client("a").version(3).rebalanceMs(20_000));
        HeldTicket<JoinGroupResponseData> b = quick.join(client("b").version(3).rebalanceMs(20_000));
        quick.advance(6_000);
        HeldTicket<SyncGroupResponseData> early = quick.sync(b.value());

        quick.advance(20_000);

        assertThat(error(early)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(quick.group().members())
                .extracting(Member::id)
                .containsExactly(b.value().memberId());
        assertThat(quick.heartbeat(a.value().memberId(), 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }
}
