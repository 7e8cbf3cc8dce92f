package dev.millrace.broker.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class The_memory_of_requests {

    private final RequestMemory memory = new RequestMemory(1000);
    private final List<String> woken = new ArrayList<>();
    private final RequestMemory.Reader first = () -> woken.add("first");
    private final RequestMemory.Reader second = () -> woken.add("second");
    private final RequestMemory.Reader third = () -> woken.add("third");

    @Test
    void lets_one_read_that_has_less_than_is_free() {
        memory.change(600);
        assertThat(memory.mayRead(first, 0, false)).isTrue();
        assertThat(memory.mayRead(first, 399, true)).isTrue();
        assertThat(memory.isAwaited()).isFalse();
    }

    @Test
    void is_never_used_up_by_those_that_take_what_they_can() {
        int[] held = new int[99];
        boolean[] refused = new boolean[held.length];
        for (int round = 0; round < 2000; round++) {
            int i = round % held.length;
            if (!refused[i] && memory.mayRead(() -> {}, held[i], false)) {
                held[i]++;
                memory.change(1);
            } else {
                refused[i] = true;
            }
        }
        // A hundredth for each of them, and for whoever comes next.
        assertThat(memory.bytesHeld()).isLessThan(1000);
        assertThat(held).containsOnly(10);
        assertThat(memory.mayRead(first, 9, false)).isTrue();
    }

    @Nested
    class Of_which_others_have_much {

        Of_which_others_have_much() {
            memory.change(900);
        }

        @Test
        void lets_nobody_read_that_has_as_much_as_is_free() {
            assertThat(memory.mayRead(first, 100, false)).isFalse();
            assertThat(memory.mayRead(second, 99, false)).isTrue();
        }

        @Test
        void lets_one_read_that_has_nothing_even_when_there_is_none() {
            memory.change(200);
            assertThat(memory.mayRead(first, 1, false)).isFalse();
            assertThat(memory.mayRead(first, 0, false)).isTrue();
        }

        @Test
        void wakes_those_that_have_less_than_is_free_when_there_is_more() {
            memory.mayRead(first, 300, false);
            memory.mayRead(second, 200, false);
            memory.mayRead(third, 250, false);
            memory.change(-100);
            assertThat(woken).isEmpty();
            memory.change(-51);
            assertThat(woken).containsExactly("second", "third");
            memory.change(-100);
            assertThat(woken).containsExactly("second", "third", "first");
            assertThat(memory.isAwaited()).isFalse();
        }

        @Test
        void lets_one_at_a_time_complete_its_request() {
            assertThat(memory.mayRead(first, 200, true)).isTrue();
            assertThat(memory.mayRead(second, 200, true)).isFalse();
            assertThat(memory.mayRead(first, 300, true)).isTrue();
        }

        @Test
        void gives_no_turn_for_a_request_that_has_not_begun() {
            assertThat(memory.mayRead(first, 200, false)).isFalse();
        }

        @Test
        void lets_it_begin_no_other_before_that_one_is_answered() {
            memory.mayRead(first, 200, true);
            memory.spendOverdraft(first);
            assertThat(memory.mayRead(first, 200, true)).isFalse();
            assertThat(memory.mayRead(second, 200, true)).isFalse();
        }

        @Test
        void passes_the_turn_to_who_has_waited_for_longest_amid_a_request() {
            memory.mayRead(first, 200, true);
            memory.mayRead(third, 400, false);
            memory.mayRead(second, 300, true);
            memory.spendOverdraft(first);
            memory.endOverdraft(first);
            assertThat(woken).containsExactly("second");
            assertThat(memory.isOverdrawing(second)).isTrue();
            assertThat(memory.mayRead(third, 200, true)).isFalse();
        }

        @Test
        void passes_the_turn_on_when_its_connection_ends() {
            memory.mayRead(first, 200, true);
            memory.mayRead(second, 200, true);
            memory.leave(first);
            assertThat(woken).containsExactly("second");
            assertThat(memory.mayRead(second, 200, true)).isTrue();
        }

        @Test
        void does_not_wake_who_has_gone() {
            memory.mayRead(first, 200, false);
            memory.mayRead(second, 200, false);
            memory.leave(first);
            memory.change(-900);
            assertThat(woken).containsExactly("second");
        }

        @Test
        void takes_the_turn_from_nobody_else() {
            memory.mayRead(first, 200, true);
            memory.endOverdraft(second);
            memory.spendOverdraft(second);
            assertThat(memory.isOverdrawing(first)).isTrue();
        }
    }

    @Nested
    class As_a_connection_shares_it {

        private final MemoryShare share = new MemoryShare(memory, first);

        @Test
        void is_what_the_connection_holds_now() {
            share.set(70);
            share.set(30);
            assertThat(memory.bytesHeld()).isEqualTo(30);
        }

        @Test
        void is_overdrawn_until_the_whole_request_is_released() {
            Object request = new Object();
            share.set(600);
            share.mayRead(true);
            memory.mayRead(second, 500, true);
            share.onWhole(request);
            share.onReleased(new Object());
            assertThat(woken).isEmpty();
            share.onReleased(request);
            assertThat(woken).containsExactly("second");
        }

        @Test
        void is_lost_to_those_that_wait_when_too_little_comes() {
            share.set(600);
            share.mayRead(true);
            long before = share.bytesReceived();
            share.onReceived(MemoryShare.BYTES_IN_STALL_MS_MIN - 1);
            assertThat(share.keepsOthersWaiting(before)).isFalse();
            memory.mayRead(second, 500, false);
            assertThat(share.keepsOthersWaiting(before)).isTrue();
            share.onReceived(1);
            assertThat(share.keepsOthersWaiting(before)).isFalse();
        }
    }
}
