package dev.millrace.broker.api.group;

import java.util.function.Consumer;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;

/**
 * Sees to it that the partition that holds a group's offsets takes part in a producer's transaction, before offsets are
 * written there (KIP-890).
 */
@FunctionalInterface
public interface OffsetsAdmission {

    /** Any thread. Runs {@code then} once the partition takes part, or tells {@code refused} why it does not. */
    void ensure(TxnOffsetCommitRequestData request, short version, Runnable then, Consumer<ApiException> refused);
}
