package dev.millrace.broker;

import java.util.List;
import org.apache.kafka.common.protocol.ApiMessage;

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
}
