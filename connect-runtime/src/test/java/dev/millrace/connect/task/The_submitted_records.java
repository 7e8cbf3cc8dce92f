package dev.millrace.connect.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connect.task.SubmittedRecords.Submitted;
import java.util.Map;
import org.junit.jupiter.api.Test;

class The_submitted_records {

    private static final Map<String, String> A = Map.of("file", "a");
    private static final Map<String, String> B = Map.of("file", "b");

    private final SubmittedRecords records = new SubmittedRecords();

    private static Map<String, Integer> line(int number) {
        return Map.of("line", number);
    }

    @Test
    void have_nothing_to_commit_before_an_acknowledgement() {
        records.submit(A, line(1));

        assertThat(records.hasCommittable()).isFalse();
        assertThat(records.uncommitted()).isEqualTo(1);
    }

    @Test
    void wait_for_the_first_though_the_second_is_acknowledged() {
        Submitted first = records.submit(A, line(1));
        records.submit(A, line(2)).acknowledge();
        assertThat(records.take().byPartition()).isEmpty();

        first.acknowledge();
        assertThat(records.take().byPartition()).isEqualTo(Map.of(A, line(2)));
    }

    @Test
    void move_on_in_each_source_partition_by_itself() {
        records.submit(A, line(1));
        records.submit(B, line(7)).acknowledge();

        assertThat(records.take().byPartition()).isEqualTo(Map.of(B, line(7)));
    }

    @Test
    void take_equal_partitions_as_one_though_they_are_two_maps() {
        Submitted first = records.submit(Map.of("file", "c"), line(1));
        records.submit(Map.of("file", "c"), line(2)).acknowledge();
        first.acknowledge();

        assertThat(records.take().byPartition()).isEqualTo(Map.of(Map.of("file", "c"), line(2)));
    }

    @Test
    void count_what_is_committed() {
        records.submit(A, line(1)).acknowledge();
        records.submit(A, line(2));
        records.committed(records.take());

        assertThat(records.uncommitted()).isEqualTo(1);
    }

    @Test
    void offer_again_what_was_not_committed_unless_there_is_newer() {
        records.submit(A, line(1)).acknowledge();
        records.submit(B, line(1)).acknowledge();
        SubmittedRecords.Offsets taken = records.take();
        records.submit(A, line(2)).acknowledge();
        records.drain();
        records.notCommitted(taken);

        SubmittedRecords.Offsets again = records.take();
        assertThat(again.byPartition()).isEqualTo(Map.of(A, line(2), B, line(1)));
        records.committed(again);
        assertThat(records.uncommitted()).isZero();
    }

    @Test
    void forget_a_record_that_was_not_sent_after_all() {
        records.submit(A, line(1)).acknowledge();
        Submitted unsent = records.submit(A, line(2));
        records.retract(A, unsent);

        assertThat(records.uncommitted()).isEqualTo(1);
        assertThat(records.take().byPartition()).isEqualTo(Map.of(A, line(1)));
    }

    @Test
    void hold_no_more_than_what_is_under_way() {
        for (int i = 0; i < 100_000; i++) {
            records.submit(Map.of("file", i), line(i)).acknowledge();
            if (i % 100 == 0) {
                records.drain();
                records.committed(records.take());
            }
        }
        records.committed(records.take());

        assertThat(records.uncommitted()).isZero();
    }
}
