package dev.millrace.broker.api.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.junit.jupiter.api.Test;

/** KIP-227: who keeps a session when there are more readers than slots. */
final class The_slots_of_fetch_sessions {

    private static final int NONE = FetchMetadata.INVALID_SESSION_ID;
    private static final long TIME_MS = 120_000;

    private int slots = 2;
    private int ids;
    private final FetchSessions sessions = new FetchSessions(() -> slots, () -> ++ids);

    private static FetchRequest request(FetchMetadata metadata, int partitions) {
        return FetchRequest.Builder.forConsumer((short) 13, 0, 1, wanted(partitions))
                .metadata(metadata)
                .build();
    }

    private static Map<TopicPartition, FetchRequest.PartitionData> wanted(int partitions) {
        Map<TopicPartition, FetchRequest.PartitionData> wanted = new LinkedHashMap<>();
        for (int i = 0; i < partitions; i++) {
            wanted.put(
                    new TopicPartition("t", i),
                    new FetchRequest.PartitionData(Uuid.ONE_UUID, 0, 0, 1024, Optional.empty()));
        }
        return wanted;
    }

    /** A reader of so many partitions; the id of its session. */
    private int begin(int partitions, long atMs) {
        return sessions.create(request(FetchMetadata.INITIAL, partitions), new FetchResponseData(), atMs);
    }

    /** A follower of so many partitions; the id of its session. */
    private int follow(int partitions, long atMs) {
        FetchRequest request = FetchRequest.Builder.forReplica((short) 15, 7, 1, 0, 1, wanted(partitions))
                .metadata(FetchMetadata.INITIAL)
                .build();
        return sessions.create(request, new FetchResponseData(), atMs);
    }

    private FetchContext goOn(int session, int epoch, long atMs) {
        return sessions.begin(request(new FetchMetadata(session, epoch), 0), atMs);
    }

    private boolean isKnown(int session, int epoch, long atMs) {
        return goOn(session, epoch, atMs) instanceof FetchContext.Incremental;
    }

    @Test
    void are_as_many_as_the_operator_says() {
        assertThat(begin(1, 0)).isNotEqualTo(NONE);
        assertThat(begin(1, 0)).isNotEqualTo(NONE);

        assertThat(begin(1, 0)).isEqualTo(NONE);
        assertThat(sessions.size()).isEqualTo(2);
    }

    @Test
    void are_none_if_the_operator_says_so() {
        slots = 0;

        assertThat(begin(1, 0)).isEqualTo(NONE);
    }

    @Test
    void are_taken_from_whoever_has_not_come_for_two_minutes() {
        int idle = begin(9, 0);
        int busy = begin(9, 0);
        assertThat(isKnown(busy, 1, 10)).isTrue();

        assertThat(begin(1, TIME_MS)).as("just in time").isEqualTo(NONE);
        assertThat(begin(1, TIME_MS + 1)).isNotEqualTo(NONE);

        assertThat(isKnown(idle, 1, TIME_MS + 1)).isFalse();
        assertThat(isKnown(busy, 2, TIME_MS + 1)).isTrue();
    }

    @Test
    void are_taken_from_a_smaller_one_that_has_had_its_time() {
        int small = begin(1, 0);
        int large = begin(9, 0);
        isKnown(small, 1, TIME_MS);
        isKnown(large, 1, TIME_MS);

        assertThat(begin(5, TIME_MS)).as("it is not old yet").isEqualTo(NONE);
        isKnown(small, 2, TIME_MS + 1);
        assertThat(begin(5, TIME_MS + 1)).isNotEqualTo(NONE);

        assertThat(isKnown(small, 3, TIME_MS + 1)).isFalse();
        assertThat(isKnown(large, 2, TIME_MS + 1)).isTrue();
    }

    @Test
    void are_not_taken_from_one_that_is_as_large() {
        int first = begin(5, 0);
        int second = begin(5, 0);
        isKnown(first, 1, TIME_MS + 1);
        isKnown(second, 1, TIME_MS + 1);

        assertThat(begin(5, TIME_MS + 1)).isEqualTo(NONE);
    }

    @Test
    void are_taken_from_the_idle_before_the_small() {
        int idleAndLarge = begin(9, 0);
        int busyAndSmall = begin(1, 0);
        isKnown(busyAndSmall, 1, TIME_MS + 1);

        assertThat(begin(5, TIME_MS + 1)).isNotEqualTo(NONE);

        assertThat(isKnown(idleAndLarge, 1, TIME_MS + 1)).isFalse();
        assertThat(isKnown(busyAndSmall, 2, TIME_MS + 1)).isTrue();
    }

    @Test
    void are_given_back_by_a_reader_that_begins_anew() {
        int former = begin(1, 0);
        begin(1, 0);

        sessions.begin(request(new FetchMetadata(former, FetchMetadata.INITIAL_EPOCH), 1), 1);

        assertThat(begin(1, 1)).isNotEqualTo(NONE);
        assertThat(isKnown(former, 1, 1)).isFalse();
    }

    @Test
    void go_from_the_longest_unused_when_they_become_fewer() {
        int first = begin(5, 0);
        int second = begin(5, 1);
        isKnown(first, 1, 2);
        slots = 1;

        assertThat(begin(5, 3)).isEqualTo(NONE);

        assertThat(isKnown(second, 1, 4)).isFalse();
        assertThat(isKnown(first, 2, 4)).isTrue();
    }

    @Test
    void are_taken_by_a_follower_from_the_smallest_reader_however_large_and_new() {
        int large = begin(9, 0);
        int larger = begin(10, 0);

        assertThat(follow(1, 1)).isNotEqualTo(NONE);

        assertThat(isKnown(large, 1, 1)).isFalse();
        assertThat(isKnown(larger, 1, 1)).isTrue();
    }

    @Test
    void are_not_taken_from_a_follower_for_a_reader_however_large_and_late() {
        int first = follow(1, 0);
        int second = follow(1, 0);
        isKnown(first, 1, TIME_MS);
        isKnown(second, 1, TIME_MS);
        isKnown(first, 2, TIME_MS + 1);
        isKnown(second, 2, TIME_MS + 1);

        assertThat(begin(100, TIME_MS + 2)).isEqualTo(NONE);
    }

    @Test
    void are_taken_by_a_follower_from_a_smaller_follower_that_has_had_its_time() {
        int small = follow(1, 0);
        int large = follow(9, 0);
        isKnown(small, 1, TIME_MS);
        isKnown(large, 1, TIME_MS);
        assertThat(follow(5, TIME_MS)).as("it is not old yet").isEqualTo(NONE);
        isKnown(small, 2, TIME_MS + 1);
        isKnown(large, 2, TIME_MS + 1);

        assertThat(follow(1, TIME_MS + 1)).as("no more than the smallest").isEqualTo(NONE);
        assertThat(follow(5, TIME_MS + 1)).isNotEqualTo(NONE);

        assertThat(isKnown(small, 3, TIME_MS + 1)).isFalse();
        assertThat(isKnown(large, 3, TIME_MS + 1)).isTrue();
    }

    @Test
    void are_taken_from_a_follower_that_has_not_come_for_two_minutes() {
        int idle = follow(9, 0);
        int busy = follow(9, 0);
        isKnown(busy, 1, 10);

        assertThat(begin(1, TIME_MS + 1)).isNotEqualTo(NONE);

        assertThat(isKnown(idle, 1, TIME_MS + 1)).isFalse();
        assertThat(isKnown(busy, 2, TIME_MS + 1)).isTrue();
    }

    @Test
    void count_what_a_session_has_grown_to() {
        int grown = begin(1, 0);
        int other = begin(5, 0);
        sessions.begin(request(new FetchMetadata(grown, 1), 9), TIME_MS + 1);
        isKnown(other, 1, TIME_MS + 1);

        assertThat(begin(6, TIME_MS + 2)).isNotEqualTo(NONE);

        assertThat(isKnown(other, 2, TIME_MS + 2)).isFalse();
        assertThat(isKnown(grown, 2, TIME_MS + 2)).isTrue();
    }

    @Test
    void are_judged_as_they_were_used_last() {
        int small = begin(1, 0);
        int large = begin(9, 0);
        isKnown(small, 1, TIME_MS);
        isKnown(large, 1, TIME_MS);

        assertThat(begin(5, TIME_MS + 50))
                .as("it was not old when it came last")
                .isEqualTo(NONE);
        isKnown(small, 2, TIME_MS + 60);
        assertThat(begin(5, TIME_MS + 70)).isNotEqualTo(NONE);
    }
}
