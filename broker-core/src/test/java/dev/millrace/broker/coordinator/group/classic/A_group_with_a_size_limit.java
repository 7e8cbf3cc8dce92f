package dev.millrace.broker.coordinator.group.classic;

import static dev.millrace.broker.coordinator.group.shard.Joining.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.shard.HeldTicket;
import dev.millrace.broker.coordinator.group.shard.TestHost;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

final class A_group_with_a_size_limit {

    private static GroupConfig atMost(int members) {
        return new GroupConfig(6_000, 1_800_000, 3_000, members, 4096, 604_800_000, 600_000);
    }

    private static Errors error(HeldTicket<JoinGroupResponseData> ticket) {
        return Errors.forCode(ticket.value().errorCode());
    }

    @Test
    void turns_away_newcomers_while_it_fills_up() {
        TestHost host = new TestHost(atMost(1));
        host.join(client("a").version(3));

        assertThat(error(host.join(client("b").version(3)))).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
    }

    @Test
    void turns_away_newcomers_when_it_is_stable() {
        TestHost host = TestHost.stable(atMost(1), client("a"));

        assertThat(error(host.join(client("b")))).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        assertThat(host.phase()).isEqualTo("Stable");
    }

    @Test
    void lets_its_members_join_again() {
        TestHost host = TestHost.stable(atMost(1), client("a"));

        assertThat(error(host.join(client("a").memberId(host.memberId(0))))).isEqualTo(Errors.NONE);
    }

    @Test
    void shrinks_when_the_limit_was_lowered_and_keeps_the_first_to_join_again() {
        TestHost host = TestHost.stable(atMost(3), client("a"), client("b"), client("c"))
                .reloaded(atMost(2));
        String a = host.memberId(0);
        String b = host.memberId(1);
        String c = host.memberId(2);
        host.advance(0);
        assertThat(host.heartbeat(a, 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);

        HeldTicket<JoinGroupResponseData> third = host.join(client("c").memberId(c));
        HeldTicket<JoinGroupResponseData> second = host.join(client("b").memberId(b));
        HeldTicket<JoinGroupResponseData> first = host.join(client("a").memberId(a));

        assertThat(error(first)).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        assertThat(error(second)).isEqualTo(Errors.NONE);
        assertThat(error(third)).isEqualTo(Errors.NONE);
        assertThat(host.group().size()).isEqualTo(2);
    }
}
