package dev.millrace.broker.partition;

import static org.apache.kafka.common.IsolationLevel.READ_UNCOMMITTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.log.AppendResult;
import dev.millrace.broker.metadata.MetadataEntry;
import dev.millrace.broker.metadata.MetadataEvent;
import dev.millrace.broker.simulation.NastyDisk;
import dev.millrace.broker.simulation.RecordedTicket;
import java.io.IOException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Of two, with a partition of "orders" in each. */
class A_log_dir_that_fails extends PartitionsSpec {

    private static final long PROBE_INTERVAL_MS = 10_000;

    private final NastyDisk sound = disk;
    private final NastyDisk failing = otherDisk;

    @BeforeEach
    void hold_two_partitions() throws IOException {
        start(new MetadataEntry[0]);
        happens(
                new MetadataEvent.TopicCreated("orders", ORDERS),
                added(ORDERS, 0),
                added(ORDERS, 1),
                config("orders", "flush.messages", "1"));
        append(ORDERS, 0, "a");
        append(ORDERS, 1, "b");
        settle();
        assertThat(sound.exists("orders-0") && failing.exists("orders-1")).isTrue();
        told.clear();
    }

    private void restart() throws IOException {
        restart(new MetadataEvent.TopicCreated("orders", ORDERS), added(ORDERS, 0), added(ORDERS, 1));
    }

    private int bytesReadFrom(int number) {
        FetchedRecords read = partition(ORDERS, number).reads().read(0, 1000, true, READ_UNCOMMITTED, -1, -1);
        read.release();
        return read.sizeInBytes();
    }

    private void assertOnlyTheFailingOneIsOffline() {
        assertThat(failures).containsExactly("/second, 1 left");
        assertThat(partitions.offlineLogDirs()).hasSize(1);
        assertThat(partitions.isOffline(ORDERS, 1)).isTrue();
        assertThat(append(ORDERS, 1, "c").error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThatThrownBy(() -> bytesReadFrom(1)).isInstanceOf(KafkaStorageException.class);
        assertThat(partitions.isOffline(ORDERS, 0)).isFalse();
        assertThat(append(ORDERS, 0, "c").answer().baseOffset()).isEqualTo(1);
        assertThat(bytesReadFrom(0)).isPositive();
    }

    @Nested
    class While_the_broker_runs {

        @Test
        void goes_offline_alone_when_a_force_fails() {
            failing.failForces(true);
            RecordedTicket<AppendResult> unforced = append(ORDERS, 1, "lost");

            assertThat(unforced.error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            assertOnlyTheFailingOneIsOffline();
        }

        @Test
        void goes_offline_alone_when_a_write_fails() {
            failing.makeReadOnly();

            assertThat(append(ORDERS, 1, "lost").error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            assertOnlyTheFailingOneIsOffline();
        }

        @Test
        void goes_offline_alone_when_a_read_fails() {
            failing.breakDown();

            assertThatThrownBy(() -> partition(ORDERS, 1).reads().offsetForTimestamp(0, READ_UNCOMMITTED, -1))
                    .isInstanceOf(KafkaStorageException.class);
            settle();
            assertOnlyTheFailingOneIsOffline();
        }

        @Test
        void goes_offline_though_nobody_writes_or_reads() {
            failing.makeReadOnly();
            pass(PROBE_INTERVAL_MS);

            assertOnlyTheFailingOneIsOffline();
        }

        @Test
        void tells_who_follows_its_partitions() {
            failing.breakDown();
            pass(PROBE_INTERVAL_MS);

            assertThat(told).containsExactly("resigned 1");
        }

        @Test
        void stays_away_when_the_disk_comes_back_by_itself() {
            failing.breakDown();
            pass(PROBE_INTERVAL_MS);
            failing.mend();
            for (int i = 0; i < 10; i++) {
                pass(30_000);
            }

            assertOnlyTheFailingOneIsOffline();
        }

        @Test
        void takes_no_new_partitions() {
            failing.breakDown();
            pass(PROBE_INTERVAL_MS);
            happens(new MetadataEvent.TopicCreated("users", USERS), added(USERS, 0), added(USERS, 1));

            assertThat(append(USERS, 0, "u").answer().baseOffset()).isZero();
            assertThat(append(USERS, 1, "u").answer().baseOffset()).isZero();
            assertThat(sound.exists("users-0") && sound.exists("users-1")).isTrue();
        }

        @Test
        void hands_a_partition_that_it_could_not_make_to_another() {
            failing.makeReadOnly();
            happens(new MetadataEvent.TopicCreated("users", USERS), added(USERS, 0), added(USERS, 1));
            pass(1_000);

            assertThat(append(USERS, 0, "u").answer().baseOffset()).isZero();
            assertThat(append(USERS, 1, "u").answer().baseOffset()).isZero();
            assertOnlyTheFailingOneIsOffline();
        }

        @Test
        void may_be_the_last() {
            failing.breakDown();
            sound.breakDown();
            pass(PROBE_INTERVAL_MS);

            assertThat(failures).containsExactly("/first, 1 left", "/second, 0 left");
        }

        @Test
        void is_not_one_that_is_full() {
            failing.leaveRoomFor(0);
            assertThat(append(ORDERS, 1, "c").error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            pass(PROBE_INTERVAL_MS);
            assertThat(failures).isEmpty();

            failing.makeRoom();
            assertThat(append(ORDERS, 1, "c").answer().baseOffset()).isEqualTo(1);
        }

        @Test
        void lets_its_topics_be_deleted() {
            failing.breakDown();
            pass(PROBE_INTERVAL_MS);
            happens(new MetadataEvent.TopicDeleted(ORDERS));

            assertThat(partitions.find(ORDERS, 1)).isNull();
            assertThat(sound.exists("orders-0")).isFalse();
        }
    }

    @Nested
    class After_a_restart {

        @Test
        void has_its_partitions_again_when_it_is_mended() throws IOException {
            failing.breakDown();
            pass(PROBE_INTERVAL_MS);
            failing.mend();
            restart();

            assertThat(failures).isEmpty();
            assertThat(append(ORDERS, 1, "c").answer().baseOffset()).isEqualTo(1);
        }

        @Test
        void is_offline_again_when_it_is_not() throws IOException {
            failing.makeReadOnly();
            restart();

            assertOnlyTheFailingOneIsOffline();
        }

        @Test
        void does_not_have_its_partitions_made_anew_elsewhere() throws IOException {
            failing.makeReadOnly();
            restart();

            assertThat(sound.exists("orders-1")).isFalse();
        }
    }
}
