package dev.millrace.broker;

import java.util.List;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** What a producer has to say about its transaction: to be sent, and to be repeated until it is answered for good. */
final class ModelAsking {

    /** In the order in which the client sends what is pending. */
    enum Kind {
        INIT,
        ADD_PARTITIONS,
        ADD_OFFSETS,
        COMMIT_OFFSETS,
        END,
        /** An InitProducerId of a producer that goes on. */
        RAISE_EPOCH
    }

    final Kind kind;
    final int version;
    final ProducerRequests as;

    /** Of an end. */
    final boolean commit;

    /** To be added. */
    final List<Integer> partitions;

    long notBeforeMs;
    boolean repeated;

    ModelAsking(Kind kind, int version, ProducerRequests as, boolean commit, List<Integer> partitions) {
        this.kind = kind;
        this.version = version;
        this.as = as;
        this.commit = commit;
        this.partitions = partitions;
    }

    ApiMessage request(long offset) {
        return switch (kind) {
            case INIT, RAISE_EPOCH -> as.init();
            case ADD_PARTITIONS -> as.addPartitions(partitions);
            case ADD_OFFSETS -> as.addOffsets();
            case COMMIT_OFFSETS -> as.commitOffset(offset);
            case END -> as.end(commit);
        };
    }

    Errors error(ApiMessage answer) {
        return Errors.forCode(
                switch (kind) {
                    case INIT, RAISE_EPOCH -> ((InitProducerIdResponseData) answer).errorCode();
                    case ADD_PARTITIONS ->
                        ((AddPartitionsToTxnResponseData) answer)
                                .resultsByTopicV3AndBelow()
                                .iterator()
                                .next()
                                .resultsByPartition()
                                .iterator()
                                .next()
                                .partitionErrorCode();
                    case ADD_OFFSETS -> ((AddOffsetsToTxnResponseData) answer).errorCode();
                    case COMMIT_OFFSETS ->
                        ((TxnOffsetCommitResponseData) answer)
                                .topics()
                                .get(0)
                                .partitions()
                                .get(0)
                                .errorCode();
                    case END -> ((EndTxnResponseData) answer).errorCode();
                });
    }
}
