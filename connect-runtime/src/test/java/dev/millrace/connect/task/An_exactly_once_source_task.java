package dev.millrace.connect.task;

import static dev.millrace.connect.task.ScriptedSource.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class An_exactly_once_source_task {

    private final SourceHarness harness = new SourceHarness(true);
    private final TransactionRequests requests = new TransactionRequests();
    private final OffsetRecords records = new OffsetRecords();
    private SourceTaskMachine machine;

    private void build(TransactionBoundary boundary) {
        SourceTaskSettings settings = harness.settings();
        ExactlyOnceDelivery delivery = new ExactlyOnceDelivery(
                settings,
                harness.producer,
                new ExactlyOnceDelivery.OffsetTopic() {
                    @Override
                    public String name() {
                        return "offsets";
                    }

                    @Override
                    public ProducerRecord<byte[], byte[]> record(Map<String, ?> partition, Map<String, ?> offset) {
                        return new ProducerRecord<>(
                                "offsets", records.key("files", partition), records.value("files", offset));
                    }
                },
                boundary,
                requests,
                Duration.ofSeconds(1));
        delivery.prepare();
        machine = harness.machine(settings, delivery);
    }

    private void step() {
        machine.step(harness.clock.nowMs, false);
    }

    /** Values and offsets that a read_committed reader sees, in order. */
    private List<String> committed() {
        return harness.producer.history().stream()
                .map(record -> record.topic() + "=" + new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    @Nested
    class whose_transactions_end_with_each_poll {

        @Test
        void commits_records_and_offsets_together() {
            build(new TransactionBoundary.Poll());
            harness.task.returns(record(1), record(2));
            step();

            assertThat(committed()).containsExactly("lines=v1", "lines=v2", "offsets={\"line\":2}");
            assertThat(harness.producer.commitCount()).isEqualTo(1);
            assertThat(harness.task.committedValues).containsExactly("v1", "v2");
            assertThat(harness.task.commits).isEqualTo(1);
        }

        @Test
        void is_idle_after_a_poll_that_returned_nothing() {
            build(new TransactionBoundary.Poll());
            harness.task.returns(record(1));
            step();
            step();

            assertThat(harness.counters.idle()).isTrue();
            assertThat(harness.producer.commitCount()).isEqualTo(1);
        }

        @Test
        void commits_the_offsets_of_dropped_records_alone() {
            harness.transform(SourceHarness.transformation(record -> null));
            build(new TransactionBoundary.Poll());
            harness.task.returns(record(1));
            step();

            assertThat(committed()).containsExactly("offsets={\"line\":1}");
        }

        @Test
        void commits_nothing_of_a_batch_that_fails() {
            harness.transform(SourceHarness.transformation(record -> {
                if (record.value().equals("v2")) {
                    throw new IllegalArgumentException("odd");
                }
                return record;
            }));
            build(new TransactionBoundary.Poll());
            harness.task.returns(record(1), record(2));
            assertThatThrownBy(this::fail).isInstanceOf(ConnectException.class);
            machine.close(true);

            assertThat(committed()).isEmpty();
            assertThat(harness.producer.transactionAborted()).isTrue();
        }

        private void fail() {
            step();
        }

        @Test
        void fails_when_another_instance_has_taken_over() {
            build(new TransactionBoundary.Poll());
            harness.task.returns(record(1));
            harness.producer.commitTransactionException = new ProducerFencedException("fenced");

            assertThatThrownBy(this::fail).hasMessageContaining("another instance of it has started");
        }

        @Test
        void refuses_to_write_to_the_topic_of_its_offsets() {
            harness.transform(SourceHarness.transformation(record -> new SourceRecord(
                    record.sourcePartition(), record.sourceOffset(), "offsets", Schema.STRING_SCHEMA, "v")));
            build(new TransactionBoundary.Poll());
            harness.task.returns(record(1));

            assertThatThrownBy(this::fail).hasMessageContaining("where its offsets are kept");
        }
    }

    @Nested
    class whose_transactions_end_by_interval {

        @Test
        void commits_several_polls_together() {
            build(new TransactionBoundary.Interval(1_000));
            harness.task.returns(record(1));
            harness.task.returns(record(2));
            step();
            step();
            assertThat(committed()).isEmpty();

            harness.clock.nowMs += 1_000;
            harness.task.returns(record(3));
            step();
            assertThat(committed()).containsExactly("lines=v1", "lines=v2", "lines=v3", "offsets={\"line\":3}");
        }

        @Test
        void commits_early_when_nothing_more_comes() {
            build(new TransactionBoundary.Interval(60_000));
            harness.task.returns(record(1));
            step();
            harness.clock.nowMs += 600;
            step();

            assertThat(harness.producer.commitCount()).isEqualTo(1);
        }

        @Test
        void commits_before_it_pauses() {
            build(new TransactionBoundary.Interval(60_000));
            harness.task.returns(record(1));
            step();
            machine.step(harness.clock.nowMs, true);

            assertThat(harness.producer.commitCount()).isEqualTo(1);
        }

        @Test
        void commits_when_it_ends() {
            build(new TransactionBoundary.Interval(60_000));
            harness.task.returns(record(1));
            step();
            machine.close(false);

            assertThat(committed()).containsExactly("lines=v1", "offsets={\"line\":1}");
        }
    }

    @Nested
    class whose_transactions_end_where_the_connector_says {

        @Test
        void commits_after_the_record_that_was_named() {
            build(new TransactionBoundary.Connector());
            SourceRecord second = record(2);
            requests.commitTransaction(second);
            harness.task.returns(record(1), second, record(3));
            step();

            assertThat(committed()).containsExactly("lines=v1", "lines=v2", "offsets={\"line\":2}");
        }

        @Test
        void commits_after_the_batch() {
            build(new TransactionBoundary.Connector());
            requests.commitTransaction();
            harness.task.returns(record(1), record(2));
            step();

            assertThat(committed()).containsExactly("lines=v1", "lines=v2", "offsets={\"line\":2}");
        }

        @Test
        void hides_what_is_aborted_but_does_not_read_it_again() {
            build(new TransactionBoundary.Connector());
            SourceRecord second = record(2);
            requests.abortTransaction(second);
            harness.task.returns(record(1), second);
            step();

            assertThat(committed()).containsExactly("offsets={\"line\":2}");
        }

        @Test
        void commits_nothing_by_itself() {
            build(new TransactionBoundary.Connector());
            harness.task.returns(record(1));
            step();
            step();
            machine.close(false);

            assertThat(committed()).isEmpty();
        }

        @Test
        void aborts_when_both_are_asked_for() {
            build(new TransactionBoundary.Connector());
            requests.commitTransaction();
            requests.abortTransaction();
            harness.task.returns(record(1));
            step();

            assertThat(committed()).containsExactly("offsets={\"line\":1}");
        }
    }
}
