package dev.millrace.broker.partition;

import static dev.millrace.broker.partition.FullDisks.REMINDER_INTERVAL_MS;
import static dev.millrace.broker.partition.FullDisks.Report.FIRST;
import static dev.millrace.broker.partition.FullDisks.Report.NOTHING;
import static dev.millrace.broker.partition.FullDisks.Report.REMINDER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.partition.FullDisks.Report;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class The_reports_of_full_disks {
    private static final long NOW = 1_000_000;
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final TopicPartition USERS = new TopicPartition("users", 0);

    private final FullDisks disks = new FullDisks();

    private Report full(TopicPartition partition, long nowMs) {
        return disks.onFull(partition, "no room", nowMs);
    }

    @Test
    void begin_with_the_first_refusal_of_each_partition() {
        assertThat(full(ORDERS, NOW)).isEqualTo(FIRST);
        assertThat(full(USERS, NOW)).isEqualTo(FIRST);
    }

    @Test
    void do_not_repeat_themselves_with_every_refusal() {
        full(ORDERS, NOW);

        for (int i = 1; i < 1000; i++) {
            assertThat(full(ORDERS, NOW + i)).isEqualTo(NOTHING);
        }
        assertThat(full(ORDERS, NOW + REMINDER_INTERVAL_MS - 1)).isEqualTo(NOTHING);
    }

    @Test
    void remind_once_a_minute_of_all_partitions_together() {
        full(ORDERS, NOW);
        full(USERS, NOW + 1);

        assertThat(full(USERS, NOW + REMINDER_INTERVAL_MS)).isEqualTo(REMINDER);
        assertThat(full(ORDERS, NOW + REMINDER_INTERVAL_MS)).isEqualTo(NOTHING);
        assertThat(full(ORDERS, NOW + 2 * REMINDER_INTERVAL_MS - 1)).isEqualTo(NOTHING);
        assertThat(full(ORDERS, NOW + 2 * REMINDER_INTERVAL_MS)).isEqualTo(REMINDER);
    }

    @Test
    void count_the_minute_from_when_the_first_of_them_was_full() {
        full(ORDERS, NOW);
        disks.onRoom(ORDERS);
        full(USERS, NOW + REMINDER_INTERVAL_MS);

        assertThat(full(USERS, NOW + REMINDER_INTERVAL_MS + 1)).isEqualTo(NOTHING);
        assertThat(full(USERS, NOW + 2 * REMINDER_INTERVAL_MS)).isEqualTo(REMINDER);
    }

    @Test
    void end_once_there_is_room_again() {
        assertThat(disks.onRoom(ORDERS)).isFalse();
        full(ORDERS, NOW);

        assertThat(disks.onRoom(ORDERS)).isTrue();
        assertThat(disks.onRoom(ORDERS)).isFalse();
        assertThat(full(ORDERS, NOW + 1)).isEqualTo(FIRST);
    }
}
