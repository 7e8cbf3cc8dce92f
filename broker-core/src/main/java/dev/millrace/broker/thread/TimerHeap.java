package dev.millrace.broker.thread;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Timers by deadline, those of one deadline in the order in which they were added. A timer knows its place, so that one
 * which is cancelled goes away at once: most waits of a broker end by an answer, not by their deadline. One thread only.
 */
final class TimerHeap {

    /** A task for later. */
    static final class Entry {
        final long deadlineMs;
        final Runnable task;
        private long order;
        private int index = -1;

        Entry(long deadlineMs, Runnable task) {
            this.deadlineMs = deadlineMs;
            this.task = task;
        }

        private boolean isBefore(Entry other) {
            return deadlineMs != other.deadlineMs ? deadlineMs < other.deadlineMs : order < other.order;
        }
    }

    private Entry[] heap = new Entry[64];
    private int size;
    private long added;

    int size() {
        return size;
    }

    /** Long.MAX_VALUE when there is none. */
    long earliestMs() {
        return size == 0 ? Long.MAX_VALUE : heap[0].deadlineMs;
    }

    void add(Entry entry) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        entry.order = added++;
        place(size, entry);
        siftUp(size++);
    }

    /** The earliest whose deadline has come; null when there is none. */
    @Nullable
    Entry pollDue(long nowMs) {
        if (earliestMs() > nowMs) {
            return null;
        }
        Entry first = heap[0];
        remove(first);
        return first;
    }

    /** Does nothing when the entry is not, or no longer, here. */
    void remove(Entry entry) {
        int hole = entry.index;
        if (hole < 0) {
            return;
        }
        entry.index = -1;
        Entry last = heap[--size];
        clear(size);
        if (last != entry) {
            place(hole, last);
            siftUp(hole);
            siftDown(last.index);
        }
    }

    private void siftUp(int from) {
        Entry entry = heap[from];
        int i = from;
        while (i > 0 && entry.isBefore(heap[(i - 1) / 2])) {
            place(i, heap[(i - 1) / 2]);
            i = (i - 1) / 2;
        }
        place(i, entry);
    }

    private void siftDown(int from) {
        Entry entry = heap[from];
        int i = from;
        for (int child = earlierChild(i); child >= 0 && heap[child].isBefore(entry); child = earlierChild(i)) {
            place(i, heap[child]);
            i = child;
        }
        place(i, entry);
    }

    private int earlierChild(int parent) {
        int left = 2 * parent + 1;
        if (left >= size) {
            return -1;
        }
        return left + 1 < size && heap[left + 1].isBefore(heap[left]) ? left + 1 : left;
    }

    private void place(int i, Entry entry) {
        heap[i] = entry;
        entry.index = i;
    }

    @SuppressWarnings("NullAway") // a free place of the array
    private void clear(int i) {
        heap[i] = null;
    }
}
