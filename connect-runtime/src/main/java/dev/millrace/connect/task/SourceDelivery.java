package dev.millrace.connect.task;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.source.SourceRecord;

/** How the records of a source task get to the broker, and their offsets with them. Called by the task's thread. */
public interface SourceDelivery {

    /** Before the connector starts. Other instances of this task can write no more after this, where that can be had. */
    void prepare();

    /**
     * Hands a record to the producer; does not wait for the broker.
     *
     * @throws org.apache.kafka.common.errors.RetriableException when it was not taken but may be later
     */
    void send(SourceRecord original, ProducerRecord<byte[], byte[]> record);

    /** The record was dropped or given up: nothing is written for it, but its offset moves on. */
    void drop(SourceRecord original);

    /** All records of a batch have been sent or dropped. */
    void batchEnded(long nowMs);

    /** The connector has nothing at the moment. */
    void idle(long nowMs);

    /** How many records have come whose offsets are not committed. */
    long uncommitted();

    /**
     * Whether the task must fail for something that went wrong on another thread.
     *
     * @throws org.apache.kafka.connect.errors.ConnectException when it must
     */
    void throwIfFailed();

    /** Commits what can be committed, because nothing more comes for a while. */
    void pause(long nowMs);

    /** The task ends: commits what can be committed, or gives up what cannot. The producer is closed. */
    void close(boolean failed);
}
