package dev.millrace.broker.partition;

import static org.apache.kafka.common.IsolationLevel.READ_COMMITTED;
import static org.apache.kafka.common.IsolationLevel.READ_UNCOMMITTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class A_pending_fetch {

    private LedPartition led;
    private final List<String> attempts = new ArrayList<>();

    /** What attempts find missing, the next one first; none left: answered. */
    private final List<Long> missing = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        led = LedPartition.alone();
    }

    private void start(IsolationLevel isolation, long seenEnd, long missingBytes) {
        PendingFetch.start(
                List.of(new PendingFetch.Watch(led.partition, isolation, seenEnd)),
                missingBytes,
                led.loop.nowMs() + 500,
                this::tryAnswer);
        led.loop.runAll();
    }

    private long tryAnswer(boolean last) {
        attempts.add(last ? "last" : "try");
        return last || missing.isEmpty() ? 0 : missing.remove(0);
    }

    @Test
    void is_tried_when_records_are_appended() {
        start(READ_UNCOMMITTED, 0, 1);
        assertThat(attempts).isEmpty();

        led.append(1, "a");

        assertThat(attempts).containsExactly("try");
    }

    @Test
    void is_tried_at_once_when_records_came_between_its_reading_and_its_waiting() {
        led.append(1, "a");

        start(READ_UNCOMMITTED, 0, 1);

        assertThat(attempts).containsExactly("try");
    }

    @Test
    void gets_what_there_is_at_its_deadline() {
        start(READ_UNCOMMITTED, 0, 1);

        led.loop.advance(499);
        assertThat(attempts).isEmpty();
        led.loop.advance(1);

        assertThat(attempts).containsExactly("last");
    }

    @Test
    void leaves_nothing_behind_once_it_is_answered() {
        start(READ_UNCOMMITTED, 0, 1);

        led.append(1, "a");
        led.loop.runAll();

        assertThat(led.partition.replication().pendingFetches().size()).isZero();
        assertThat(led.loop.deadlines()).isEmpty();
        led.append(1, "b");
        assertThat(attempts).hasSize(1);
    }

    @Test
    void is_not_tried_before_enough_bytes_may_be_there() {
        start(READ_UNCOMMITTED, 0, 1000);

        led.append(1, "x".repeat(300));
        led.append(1, "x".repeat(300));
        assertThat(attempts).isEmpty();
        led.append(1, "x".repeat(300));

        assertThat(attempts).containsExactly("try");
    }

    @Test
    void waits_on_when_an_attempt_found_too_little() {
        missing.add(100L);
        start(READ_UNCOMMITTED, 0, 1);

        led.append(1, "a");
        assertThat(led.partition.replication().pendingFetches().size()).isEqualTo(1);
        led.append(1, "x".repeat(100));

        assertThat(attempts).containsExactly("try", "try");
        assertThat(led.partition.replication().pendingFetches().size()).isZero();
    }

    @Test
    void of_committed_records_sleeps_while_a_transaction_is_open() {
        led.appendTransactional(7, 0, "a");
        start(READ_COMMITTED, 0, 1);

        led.append(1, "b");
        assertThat(attempts).isEmpty();
        led.partition.writes().endTransaction(7, (short) 0, 0, true, false);

        assertThat(attempts).containsExactly("try");
    }

    @Test
    void is_tried_when_the_high_watermark_lets_out_what_was_there() throws IOException {
        led = new LedPartition(List.of(1, 2), Map.of());
        led.open();
        led.append(1, "a");
        start(READ_UNCOMMITTED, 0, 1);

        led.partition.replication().onFollowerFetch(2, 1);

        assertThat(attempts).containsExactly("try");
    }

    @Test
    void is_tried_when_the_leader_changes() {
        start(READ_UNCOMMITTED, 0, 1_000_000);

        led.partition.onImage(LedPartition.image(1, List.of(1)), led.config());

        assertThat(attempts).containsExactly("try");
    }

    @Test
    void is_tried_when_the_topic_is_deleted() {
        start(READ_UNCOMMITTED, 0, 1_000_000);

        led.partition.retire(log -> {});

        assertThat(attempts).containsExactly("try");
    }

    @Test
    void watches_partitions_of_several_loops() throws IOException {
        LedPartition other = LedPartition.alone();
        PendingFetch.start(
                List.of(
                        new PendingFetch.Watch(led.partition, READ_UNCOMMITTED, 0),
                        new PendingFetch.Watch(other.partition, READ_UNCOMMITTED, 0)),
                1,
                led.loop.nowMs() + 500,
                this::tryAnswer);
        led.loop.runAll();
        other.loop.runAll();

        other.append(1, "a");
        led.loop.runAll();
        other.loop.runAll();

        assertThat(attempts).containsExactly("try");
        assertThat(led.partition.replication().pendingFetches().size()).isZero();
        assertThat(other.partition.replication().pendingFetches().size()).isZero();
    }
}
