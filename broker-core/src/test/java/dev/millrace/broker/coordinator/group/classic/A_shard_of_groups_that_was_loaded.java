package dev.millrace.broker.coordinator.group.classic;

import static dev.millrace.broker.coordinator.group.shard.Joining.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.offset.ExpireOffsets;
import dev.millrace.broker.coordinator.group.shard.GroupShard;
import dev.millrace.broker.coordinator.group.shard.HeldTicket;
import dev.millrace.broker.coordinator.group.shard.TestHost;
import dev.millrace.broker.machine.TimerChange;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

final class A_shard_of_groups_that_was_loaded {

    private final TestHost before = TestHost.stable(
            client("a").sessionMs(10_000).protocols("range", "sticky"),
            client("b").instance("i").sessionMs(20_000).protocols("range", "sticky"));
    private final TestHost host = before.reloaded();

    @Test
    void knows_its_stable_groups() {
        assertThat(host.group().stored()).isEqualTo(before.group().stored());
        assertThat(host.phase()).isEqualTo("Stable");
    }

    @Test
    void gives_every_member_a_full_session() {
        assertThat(host.shard.onLoaded(1_000))
                .contains(
                        new TimerChange.Schedule(new ExpireSession(TestHost.GROUP, host.memberId(0)), 11_000),
                        new TimerChange.Schedule(new ExpireSession(TestHost.GROUP, host.memberId(1)), 21_000));
    }

    @Test
    void watches_over_the_retention_of_offsets() {
        assertThat(new GroupShard(GroupConfig.DEFAULT, ClusterTopics.NONE).onLoaded(1_000))
                .containsExactly(new TimerChange.Schedule(new ExpireOffsets(), 601_000));
    }

    @Test
    void goes_on_with_members_that_noticed_nothing() {
        assertThat(host.heartbeat(host.memberId(0), 1)).isEqualTo(Errors.NONE);
        assertThat(host.sync(TestHost.syncRequest(host.memberId(1), 1)).value().assignment())
                .asString()
                .isEqualTo("to " + host.memberId(1));
    }

    @Test
    void rebalances_with_members_that_are_gone_for_good() {
        host.advance(10_000);

        assertThat(host.phase()).isEqualTo("PreparingRebalance");
    }

    @Test
    void knows_instances() {
        assertThat(host.heartbeat("stranger", 1, "i")).isEqualTo(Errors.FENCED_INSTANCE_ID);
    }

    @Test
    void learns_again_what_members_speak_besides() {
        HeldTicket<JoinGroupResponseData> a =
                host.join(client("a").memberId(host.memberId(0)).protocols("sticky", "range"));
        HeldTicket<JoinGroupResponseData> b =
                host.join(client("b").memberId(host.memberId(1)).instance("i").protocols("sticky", "range"));

        assertThat(a.value().protocolName()).isEqualTo("sticky");
        assertThat(b.value().generationId()).isEqualTo(2);
    }

    @Test
    void falls_back_to_the_last_generation_that_was_agreed_on() {
        before.join(client("c").version(3));

        assertThat(before.reloaded().group().stored()).isEqualTo(host.group().stored());
    }

    @Test
    void does_not_know_a_group_whose_first_generation_was_not_agreed_on() {
        TestHost early = new TestHost();
        early.joinAlone(client("a"));

        assertThat(early.reloaded().groups().all()).isEmpty();
    }

    @Test
    void keeps_from_changing_state_while_it_decides() {
        GroupStored stored = host.group().stored();

        host.shard.decide(client("c").version(3).command("u", new HeldTicket<>()), host.nowMs);

        assertThat(host.group().stored()).isEqualTo(stored);
        assertThat(host.phase()).isEqualTo("Stable");
    }
}
