package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.log.batch.TransactionalBatch;
import dev.millrace.broker.partition.Partition;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;

/** What a request wants to have written to one partition, within a transaction. Called on the partition's loop. */
public interface TransactionalWrite {

    Partition partition();

    /** Who writes; null where this part of the request is in no transaction. */
    @Nullable
    TransactionalBatch transactional();

    /** The partition takes part in the transaction, or need not. */
    void proceed();

    /** It is not written: the transaction does not take the partition, or the partition is led elsewhere. */
    void refuse(ApiException error);
}
