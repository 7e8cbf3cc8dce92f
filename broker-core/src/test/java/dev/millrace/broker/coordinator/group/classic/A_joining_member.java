package dev.millrace.broker.coordinator.group.classic;

import static dev.millrace.broker.coordinator.group.shard.Joining.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.shard.HeldTicket;
import dev.millrace.broker.coordinator.group.shard.TestHost;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class A_joining_member {

    private static final int DELAY_MS = GroupConfig.DEFAULT.initialRebalanceDelayMs();

    private final TestHost host = new TestHost();

    private static Errors error(HeldTicket<JoinGroupResponseData> ticket) {
        return Errors.forCode(ticket.value().errorCode());
    }

    @Test
    void counts_once_that_names_a_protocol_twice() {
        TestHost two = TestHost.stable(
                client("a").protocols("range", "range"), client("b").protocols("range", "range"));

        assertThat(two.group().protocol()).isEqualTo("range");
    }

    @Nested
    class without_an_id {

        @Test
        void is_given_one_and_sent_back_to_join_with_it() {
            JoinGroupResponseData answer = host.join(client("c")).value();

            assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.MEMBER_ID_REQUIRED);
            assertThat(answer.memberId()).isEqualTo("c-uuid1");
            assertThat(host.group().size()).isZero();
        }

        @Test
        void is_no_member_before_it_comes_back() {
            String memberId = host.join(client("c")).value().memberId();

            assertThat(host.heartbeat(memberId, 0)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }

        @Test
        void joins_at_once_before_version_4() {
            HeldTicket<JoinGroupResponseData> ticket = host.join(client("c").version(3));

            assertThat(ticket.isOpen()).isTrue();
            assertThat(host.group().size()).isOne();
        }

        @Test
        void joins_at_once_if_it_is_static() {
            HeldTicket<JoinGroupResponseData> ticket = host.join(client("c").instance("i"));

            assertThat(ticket.isOpen()).isTrue();
            assertThat(host.memberId(0)).isEqualTo("i-uuid1");
        }

        @Test
        void makes_the_group_wait_for_it_to_come_back() {
            host.join(client("a").version(3));
            host.advance(DELAY_MS);
            host.sync(TestHost.syncRequest(host.memberId(0), 1));
            String pending = host.join(client("b")).value().memberId();
            host.join(client("c").version(3));

            HeldTicket<JoinGroupResponseData> rejoin = host.join(client("a").memberId(host.memberId(0)));

            assertThat(rejoin.isOpen()).isTrue();
            host.join(client("b").memberId(pending));
            assertThat(rejoin.value().generationId()).isEqualTo(2);
        }

        @Test
        void is_forgotten_when_it_does_not_come_back_within_its_session_timeout() {
            host.join(client("c").sessionMs(10_000));

            host.advance(9_999);
            assertThat(host.group().hasReservations()).isTrue();
            host.advance(1);
            assertThat(host.group().hasReservations()).isFalse();
        }

        @Test
        void lets_the_others_go_on_when_it_is_forgotten() {
            host = TestHost.stable(client("a"));
            String a = host.memberId(0);
            host.join(client("b").sessionMs(10_000));
            HeldTicket<JoinGroupResponseData> rejoin = host.join(client("a").memberId(a));
            assertThat(rejoin.isOpen()).isTrue();

            host.advance(10_000);

            assertThat(rejoin.value().generationId()).isEqualTo(2);
        }

        @Test
        void lets_the_others_go_on_when_it_leaves() {
            host = TestHost.stable(client("a"));
            String b = host.join(client("b")).value().memberId();
            HeldTicket<JoinGroupResponseData> rejoin = host.join(client("a").memberId(host.memberId(0)));

            host.leave(b);

            assertThat(rejoin.value().generationId()).isEqualTo(2);
        }

        @Test
        void does_not_disturb_a_stable_group_when_it_leaves() {
            host = TestHost.stable(client("a"));
            String b = host.join(client("b")).value().memberId();

            host.leave(b);

            assertThat(host.phase()).isEqualTo("Stable");
        }

        TestHost host = A_joining_member.this.host;
    }

    @Nested
    class with_an_id {

        @Test
        void becomes_a_member_if_the_id_was_given_to_it() {
            String memberId = host.join(client("c")).value().memberId();

            HeldTicket<JoinGroupResponseData> ticket = host.join(client("c").memberId(memberId));
            host.advance(DELAY_MS);

            assertThat(error(ticket)).isEqualTo(Errors.NONE);
            assertThat(ticket.value().memberId()).isEqualTo(memberId);
        }

        @Test
        void is_unknown_to_a_group_that_is_not_there() {
            assertThat(error(host.join(client("c").memberId("m")))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
            assertThat(host.groups().get(TestHost.GROUP)).isNull();
        }

        @Test
        void is_unknown_to_a_group_that_it_is_not_in() {
            TestHost stable = TestHost.stable(client("a"));

            assertThat(error(stable.join(client("c").memberId("m")))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }

        @Test
        void is_unknown_to_an_empty_group() {
            TestHost empty = TestHost.stable(client("a"));
            String memberId = empty.memberId(0);
            empty.leave(memberId);

            assertThat(error(empty.join(client("a").memberId(memberId)))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }

        @Test
        void may_not_make_itself_static_with_it() {
            String memberId = host.join(client("c")).value().memberId();

            assertThat(error(host.join(client("c").memberId(memberId).instance("i"))))
                    .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }
    }

    @Nested
    class is_refused {

        @Test
        void without_a_group_id() {
            assertThat(error(host.join(client("c").group("")))).isEqualTo(Errors.INVALID_GROUP_ID);
        }

        @Test
        void when_its_session_timeout_is_below_the_least() {
            assertThat(error(host.join(client("c").sessionMs(5_999)))).isEqualTo(Errors.INVALID_SESSION_TIMEOUT);
        }

        @Test
        void when_its_session_timeout_is_above_the_most() {
            assertThat(error(host.join(client("c").sessionMs(1_800_001)))).isEqualTo(Errors.INVALID_SESSION_TIMEOUT);
        }

        @Test
        void when_it_speaks_nothing() {
            assertThat(error(host.join(client("c").protocols()))).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        }

        @Test
        void when_it_has_no_protocol_type() {
            assertThat(error(host.join(client("c").type("")))).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        }

        @Test
        void when_its_protocol_type_is_not_the_groups() {
            TestHost stable = TestHost.stable(client("a"));

            assertThat(error(stable.join(client("w").type("connect")))).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        }

        @Test
        void when_it_speaks_nothing_that_all_speak() {
            TestHost stable = TestHost.stable(
                    client("a").protocols("range", "sticky"), client("b").protocols("range"));

            assertThat(error(stable.join(client("c").protocols("sticky"))))
                    .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        }

        @Test
        void and_leaves_no_trace_of_a_new_group() {
            host.join(client("c").protocols());

            assertThat(host.groups().get(TestHost.GROUP)).isNull();
        }
    }

    @Nested
    class that_joins_twice {

        @Test
        void is_answered_on_both_requests() {
            String memberId = host.join(client("c")).value().memberId();
            HeldTicket<JoinGroupResponseData> lost = host.join(client("c").memberId(memberId));

            HeldTicket<JoinGroupResponseData> again = host.join(client("c").memberId(memberId));
            host.advance(DELAY_MS);

            assertThat(error(lost)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
            assertThat(error(again)).isEqualTo(Errors.NONE);
        }

        @Test
        void is_still_a_newcomer_that_may_be_an_orphan() {
            TestHost others = TestHost.stable(client("a").rebalanceMs(3_600_000).sessionMs(1_800_000));
            String memberId = others.join(client("c")).value().memberId();
            others.join(client("c").memberId(memberId));
            others.join(client("c").memberId(memberId));

            others.advance(ClassicGroupDraft.NEWCOMER_TIMEOUT_MS);

            assertThat(others.group().member(memberId)).isNull();
        }
    }

    @Test
    void that_waits_too_long_for_its_first_answer_is_told_to_start_over() {
        TestHost others = TestHost.stable(client("a").rebalanceMs(3_600_000).sessionMs(1_800_000));
        HeldTicket<JoinGroupResponseData> newcomer = others.join(client("c").version(3));

        others.advance(ClassicGroupDraft.NEWCOMER_TIMEOUT_MS);

        assertThat(error(newcomer)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(others.group().size()).isOne();
    }

    @Test
    void that_leaves_while_it_waits_is_answered_on_its_join() {
        TestHost others = TestHost.stable(client("a"));
        HeldTicket<JoinGroupResponseData> waiting = others.join(client("b").version(3));

        others.leave(new MemberIdentity().setMemberId(others.memberId(1)));

        assertThat(error(waiting)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }
}
