package dev.millrace.broker.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TimerHeapTest {

    private static final Runnable NOTHING = () -> {};

    @Property(tries = 300)
    void hands_out_what_is_due_by_deadline_then_by_age(
            @ForAll @Size(max = 200) List<@IntRange(max = 50) Integer> deadlines,
            @ForAll @Size(max = 60) List<@IntRange(max = 199) Integer> removed) {
        TimerHeap heap = new TimerHeap();
        List<TimerHeap.Entry> expected = new ArrayList<>();
        for (int deadline : deadlines) {
            TimerHeap.Entry entry = new TimerHeap.Entry(deadline, NOTHING);
            heap.add(entry);
            expected.add(entry);
        }
        List<TimerHeap.Entry> entries = List.copyOf(expected);
        for (int index : removed) {
            if (index < entries.size()) {
                heap.remove(entries.get(index));
                expected.remove(entries.get(index));
            }
        }
        expected.sort(Comparator.comparingLong(entry -> entry.deadlineMs));

        List<TimerHeap.Entry> polled = new ArrayList<>();
        for (TimerHeap.Entry due = heap.pollDue(50); due != null; due = heap.pollDue(50)) {
            polled.add(due);
        }
        assertThat(polled).containsExactlyElementsOf(expected);
        assertThat(heap.size()).isZero();
    }

    @Test
    void keeps_what_is_not_due() {
        TimerHeap heap = new TimerHeap();
        heap.add(new TimerHeap.Entry(10, NOTHING));
        assertThat(heap.pollDue(9)).isNull();
        assertThat(heap.earliestMs()).isEqualTo(10);
        assertThat(heap.pollDue(10)).isNotNull();
        assertThat(heap.earliestMs()).isEqualTo(Long.MAX_VALUE);
    }
}
