package dev.millrace.broker.coordinator.group.classic;

import static dev.millrace.broker.coordinator.group.shard.Joining.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.shard.HeldTicket;
import dev.millrace.broker.coordinator.group.shard.TestHost;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

final class An_empty_group {

    private static final int DELAY_MS = 3_000;

    private final TestHost host = new TestHost();

    @Test
    void waits_for_more_members_after_its_first() {
        HeldTicket<JoinGroupResponseData> first = host.join(client("a").version(3));

        host.advance(DELAY_MS - 1);
        assertThat(first.isOpen()).isTrue();
        host.advance(1);
        assertThat(first.value().generationId()).isOne();
    }

    @Test
    void waits_as_long_again_while_members_keep_coming() {
        HeldTicket<JoinGroupResponseData> first = host.join(client("a").version(3));
        host.advance(DELAY_MS - 1);
        HeldTicket<JoinGroupResponseData> second = host.join(client("b").version(3));

        host.advance(DELAY_MS);
        assertThat(first.isOpen()).isTrue();
        host.advance(1);
        assertThat(first.value().generationId()).isEqualTo(second.value().generationId());
    }

    @Test
    void waits_no_longer_than_its_first_member_allows_for_a_rebalance() {
        HeldTicket<JoinGroupResponseData> first =
                host.join(client("a").version(3).rebalanceMs(4_000));
        host.advance(DELAY_MS - 1);
        host.join(client("b").version(3).rebalanceMs(60_000));

        host.advance(1_000);
        assertThat(first.isOpen()).isTrue();
        host.advance(1);
        assertThat(first.value().errorCode()).isEqualTo(Errors.NONE.code());
    }

    @Test
    void starts_a_generation_without_delay_if_so_configured() {
        TestHost eager = new TestHost(new GroupConfig(6_000, 1_800_000, 0, 100, 4096, 1, 1));
        HeldTicket<JoinGroupResponseData> first = eager.join(client("a").version(3));

        eager.advance(0);

        assertThat(first.value().generationId()).isOne();
    }

    @Test
    void tells_the_leader_alone_who_is_in_it() {
        HeldTicket<JoinGroupResponseData> first = host.join(client("a").version(3));
        HeldTicket<JoinGroupResponseData> second = host.join(client("b").version(3));
        host.advance(2 * DELAY_MS);

        assertThat(first.value().leader()).isEqualTo(first.value().memberId());
        assertThat(first.value().members())
                .extracting(JoinGroupResponseMember::memberId)
                .containsExactly(first.value().memberId(), second.value().memberId());
        assertThat(second.value().leader()).isEqualTo(first.value().memberId());
        assertThat(second.value().members()).isEmpty();
    }

    @Test
    void tells_the_leader_what_each_member_says_in_the_elected_protocol() {
        JoinGroupResponseData answer = host.joinAlone(client("a").protocols("sticky", "range"));

        assertThat(answer.protocolType()).isEqualTo("consumer");
        assertThat(answer.protocolName()).isEqualTo("sticky");
        assertThat(answer.members())
                .singleElement()
                .satisfies(member -> assertThat(member.metadata()).asString().isEqualTo("sticky"));
        assertThat(answer.skipAssignment()).isFalse();
    }

    @Test
    void elects_the_protocol_that_most_members_like_best_of_those_that_all_speak() {
        host.join(client("a").version(3).protocols("range", "sticky"));
        host.join(client("b").version(3).protocols("fancy", "sticky", "range"));
        HeldTicket<JoinGroupResponseData> third =
                host.join(client("c").version(3).protocols("sticky", "range"));
        host.advance(3 * DELAY_MS);

        assertThat(third.value().protocolName()).isEqualTo("sticky");
    }

    @Test
    void elects_what_the_leader_likes_better_when_votes_are_equal() {
        host.join(client("a").version(3).protocols("range", "sticky"));
        HeldTicket<JoinGroupResponseData> second =
                host.join(client("b").version(3).protocols("sticky", "range"));
        host.advance(2 * DELAY_MS);

        assertThat(second.value().protocolName()).isEqualTo("range");
    }

    @Test
    void takes_any_protocol_type() {
        JoinGroupResponseData answer =
                host.joinAlone(client("w").type("connect").protocols("sessioned", "compatible"));

        assertThat(answer.protocolType()).isEqualTo("connect");
        assertThat(answer.protocolName()).isEqualTo("sessioned");
    }

    @Test
    void takes_another_protocol_type_once_everybody_has_left() {
        host.joinAlone(client("a"));
        host.leave(host.memberId(0));

        assertThat(host.joinAlone(client("w").type("connect")).protocolType()).isEqualTo("connect");
    }

    @Test
    void is_empty_again_when_everybody_leaves_before_its_first_generation() {
        host.join(client("a").version(3));

        host.leave(host.memberId(0));

        assertThat(host.phase()).isEqualTo("Empty");
        assertThat(host.timers()).doesNotContainKey(new ExpireJoin(TestHost.GROUP));
    }

    @Test
    void knows_no_member() {
        host.joinAlone(client("a"));
        String former = host.memberId(0);
        host.leave(former);

        assertThat(host.heartbeat(former, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(Errors.forCode(
                        host.sync(TestHost.syncRequest(former, 1)).value().errorCode()))
                .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(host.leave(former).members().get(0).errorCode()).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
    }

    @Test
    void goes_on_counting_generations() {
        host.joinAlone(client("a"));
        host.leave(host.memberId(0));
        assertThat(host.group().generation()).isEqualTo(2);

        assertThat(host.joinAlone(client("b")).generationId()).isEqualTo(3);
    }
}
