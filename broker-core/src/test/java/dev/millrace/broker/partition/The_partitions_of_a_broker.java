package dev.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.log.AppendResult;
import dev.millrace.broker.log.Batches;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.metadata.MetadataEntry;
import dev.millrace.broker.metadata.MetadataEvent;
import dev.millrace.broker.metadata.PartitionImage;
import dev.millrace.broker.simulation.ManualLoop;
import dev.millrace.broker.simulation.NastyDisk;
import dev.millrace.broker.simulation.RecordedTicket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class The_partitions_of_a_broker extends PartitionsSpec {

    @BeforeEach
    void start() throws IOException {
        start(new MetadataEntry[0]);
    }

    private RecordedTicket<AppendResult> append(Partition partition, String value) {
        RecordedTicket<AppendResult> ticket = new RecordedTicket<>();
        partition.writes().append(Batches.of(loop.nowMs(), value), (short) -1, 0, ticket);
        return ticket;
    }

    private List<String> directories() {
        List<String> names = new ArrayList<>();
        disk.list("").forEach(entry -> names.add(entry.name()));
        otherDisk.list("").forEach(entry -> names.add(entry.name()));
        return names;
    }

    @Nested
    class When_a_topic_is_created {

        @Test
        void are_open_before_the_creation_is_answered() {
            happens(topic("orders", ORDERS, 2));

            assertThat(told)
                    .containsExactlyInAnyOrder("leading 0", "leading 1", "ready")
                    .endsWith("ready");
            assertThat(append(partition(ORDERS, 1), "a").answer().baseOffset()).isZero();
        }

        @Test
        void lie_in_directories_that_are_named_as_kafka_names_them() {
            happens(topic("orders", ORDERS, 2));

            assertThat(directories()).containsExactlyInAnyOrder("orders-0", "orders-1");
        }

        @Test
        void are_spread_over_the_disks() {
            happens(topic("orders", ORDERS, 4));

            assertThat(disk.list("")).hasSize(2);
            assertThat(otherDisk.list("")).hasSize(2);
        }

        @Test
        void are_spread_over_the_loops() {
            happens(topic("orders", ORDERS, 4));

            assertThat(partitions.all().stream().filter(partition -> partition.loop() == loop))
                    .hasSize(2);
        }

        @Test
        void are_there_only_as_far_as_this_broker_is_a_replica() {
            happens(
                    new MetadataEvent.TopicCreated("orders", ORDERS),
                    new MetadataEvent.PartitionAdded(
                            ORDERS, new PartitionImage(0, 2, 0, 0, List.of(2, 3), List.of(2, 3))),
                    added(ORDERS, 1));

            assertThat(partitions.find(ORDERS, 0)).isNull();
            assertThat(partitions.find(ORDERS, 1)).isNotNull();
        }

        @Test
        void grow_when_partitions_are_added() {
            happens(topic("orders", ORDERS, 1));
            append(partition(ORDERS, 0), "a");

            happens(added(ORDERS, 1));

            assertThat(append(partition(ORDERS, 0), "b").answer().baseOffset()).isEqualTo(1);
            assertThat(append(partition(ORDERS, 1), "c").answer().baseOffset()).isZero();
        }
    }

    @Nested
    class While_a_log_dir_is_cordoned {

        private List<String> names(NastyDisk disk) {
            return disk.list("").stream().map(Disk.Entry::name).toList();
        }

        @Test
        void are_made_in_the_others() {
            happens(cordon("/first"));

            happens(topic("orders", ORDERS, 4));

            assertThat(partitions.cordonedLogDirs()).containsExactly("/first");
            assertThat(disk.list("")).isEmpty();
            assertThat(otherDisk.list("")).hasSize(4);
        }

        @Test
        void stay_where_they_are() throws IOException {
            happens(topic("orders", ORDERS, 2));
            List<String> there = names(disk);

            happens(cordon("/first"));

            assertThat(there).hasSize(1);
            assertThat(names(disk)).isEqualTo(there);
            assertThat(append(partition(ORDERS, 0), "a").answer().baseOffset()).isZero();
            assertThat(append(partition(ORDERS, 1), "a").answer().baseOffset()).isZero();
        }

        @Test
        void lie_in_the_first_when_all_are_for_somewhere_they_must() {
            happens(cordon("*"));

            happens(topic("orders", ORDERS, 2));

            assertThat(partitions.cordonedLogDirs()).containsExactly("/first", "/second");
            assertThat(names(disk)).containsExactlyInAnyOrder("orders-0", "orders-1");
        }

        @Test
        void lie_where_they_were_to_lie_before() {
            partitions.moves().wish("/first", "orders", 0);
            happens(cordon("/first"));

            happens(topic("orders", ORDERS, 1));

            assertThat(names(disk)).containsExactly("orders-0");
        }

        @Test
        void are_made_there_again_afterwards() {
            happens(cordon("/first"));
            happens(topic("orders", ORDERS, 1));

            happens(cordon(""));

            happens(topic("users", USERS, 1));
            assertThat(names(disk)).containsExactly("users-0");
        }

        @Test
        void are_made_there_all_the_same_in_a_cluster_from_before_there_were_cordons() {
            happens(new MetadataEvent.FeatureLevelChanged("metadata.version", (short) 29), cordon("/first"));
            assertThat(partitions.cordonedLogDirs()).isEmpty();

            happens(new MetadataEvent.FeatureLevelChanged("metadata.version", (short) 30));
            assertThat(partitions.cordonedLogDirs()).containsExactly("/first");
        }

        @Test
        void do_not_mind_one_that_is_none_of_log_dirs_any_more() {
            happens(cordon("/third,/second"));

            assertThat(partitions.cordonedLogDirs()).containsExactly("/second");
        }
    }

    @Nested
    class When_a_topic_is_deleted {

        @BeforeEach
        void create() {
            happens(topic("orders", ORDERS, 2));
            append(partition(ORDERS, 0), "old");
            told.clear();
        }

        @Test
        void are_gone_with_their_files() {
            happens(new MetadataEvent.TopicDeleted(ORDERS));

            assertThat(told)
                    .containsExactlyInAnyOrder("resigned 0", "resigned 1", "ready")
                    .endsWith("ready");
            assertThat(partitions.find(ORDERS, 0)).isNull();
            assertThat(directories()).isEmpty();
        }

        @Test
        void begin_anew_when_the_topic_is_created_again_at_once() {
            log.commit(entry(new MetadataEvent.TopicDeleted(ORDERS)));
            log.commit(entry(topic("orders", USERS, 2)));
            settle();

            assertThat(append(partition(USERS, 0), "new").answer().baseOffset()).isZero();
            assertThat(directories()).containsExactlyInAnyOrder("orders-0", "orders-1");
        }

        @Test
        void are_gone_also_when_they_were_just_being_opened() {
            log.commit(entry(topic("users", USERS, 1)));
            log.commit(entry(new MetadataEvent.TopicDeleted(USERS)));
            settle();

            assertThat(directories()).containsExactlyInAnyOrder("orders-0", "orders-1");
        }
    }

    @Nested
    class When_settings_change {

        @BeforeEach
        void create() {
            happens(topic("orders", ORDERS, 1));
        }

        @Test
        void follow_their_topic() {
            happens(new MetadataEvent.ConfigChanged(
                    new ConfigResource(ConfigResource.Type.TOPIC, "orders"), "max.message.bytes", "10"));

            assertThat(append(partition(ORDERS, 0), "a").error()).isEqualTo(Errors.MESSAGE_TOO_LARGE);
        }

        @Test
        void follow_their_broker() {
            happens(new MetadataEvent.ConfigChanged(
                    new ConfigResource(ConfigResource.Type.BROKER, ""), "message.max.bytes", "10"));

            assertThat(append(partition(ORDERS, 0), "a").error()).isEqualTo(Errors.MESSAGE_TOO_LARGE);
        }

        @Test
        void lose_their_old_records_when_retention_says_so() {
            happens(
                    new MetadataEvent.ConfigChanged(
                            new ConfigResource(ConfigResource.Type.TOPIC, "orders"), "retention.ms", "100"),
                    new MetadataEvent.ConfigChanged(
                            new ConfigResource(ConfigResource.Type.TOPIC, "orders"), "internal.segment.bytes", "200"));
            Partition partition = partition(ORDERS, 0);
            append(partition, "x".repeat(60));
            append(partition, "x".repeat(60));

            ((ManualLoop) partition.loop()).advance(1000);

            assertThat(partition.logStartOffset()).isEqualTo(2);
        }
    }

    @Nested
    class After_a_restart {

        private final MetadataEntry[] entries = {
            new MetadataEntry(0, 0, List.of(topic("orders", ORDERS, 2))),
        };

        @BeforeEach
        void live() throws IOException {
            start(entries);
            append(partition(ORDERS, 0), "kept");
        }

        @Test
        void hold_what_they_held_after_a_clean_shutdown() throws IOException {
            List<String> closed = new ArrayList<>();
            partitions.close(() -> closed.add("closed"));
            assertThat(closed).isEmpty();
            settle();
            assertThat(closed).containsExactly("closed");
            disk.failPower();
            otherDisk.failPower();

            start(entries);

            assertThat(partition(ORDERS, 0).logEndOffset()).isEqualTo(1);
            assertThat(partition(ORDERS, 0).highWatermark()).isEqualTo(1);
        }

        @Test
        void hold_what_they_held_after_the_process_was_killed() throws IOException {
            disk.killProcess();
            otherDisk.killProcess();

            start(entries);

            assertThat(partition(ORDERS, 0).logEndOffset()).isEqualTo(1);
        }

        @Test
        void set_aside_what_belongs_to_an_earlier_topic_of_the_name() throws IOException {
            disk.killProcess();
            otherDisk.killProcess();

            start(new MetadataEntry(0, 0, List.of(topic("orders", USERS, 1))));

            assertThat(partition(USERS, 0).logEndOffset()).isZero();
            assertThat(directories()).contains(ORDERS + ".0-stray");
        }

        @Test
        void leave_alone_what_belongs_to_no_topic() throws IOException {
            disk.killProcess();
            otherDisk.killProcess();

            start(new MetadataEntry[0]);

            assertThat(directories()).containsExactlyInAnyOrder("orders-0", "orders-1");
        }

        @Test
        void go_on_with_a_deletion_that_was_interrupted() throws IOException {
            disk.killProcess();
            otherDisk.killProcess();
            disk.createDirectory("users-0.0-delete");
            disk.place("users-0.0-delete/file", new byte[] {1});

            start(entries);

            assertThat(directories()).doesNotContain("users-0.0-delete");
        }

        @Test
        void refuse_a_partition_that_lies_on_two_disks() throws IOException {
            partitions.close(() -> {});
            settle();
            disk.createDirectory("users-0");
            otherDisk.createDirectory("users-0");

            assertThatThrownBy(() -> start(entries))
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("users-0");
        }
    }

    @Test
    void know_where_they_lie() {
        happens(topic("orders", ORDERS, 1));

        assertThat(partitions.logDirOf(new TopicIdPartition(ORDERS, new TopicPartition("orders", 0))))
                .isEqualTo(disk.describe(""));
        assertThat(partitions.logDirs()).containsExactly(disk.describe(""), otherDisk.describe(""));
    }
}
