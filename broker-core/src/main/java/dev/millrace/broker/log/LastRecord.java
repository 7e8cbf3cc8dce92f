package dev.millrace.broker.log;

import java.nio.ByteBuffer;

/** What a producer wrote last: its last record, or, without one, that its latest marker has this epoch. */
record LastRecord(long lastDataOffset, short epoch) {
    boolean isIn(ByteBuffer batch) {
        return lastDataOffset >= 0
                ? BatchHeader.lastOffset(batch, 0) == lastDataOffset
                : BatchHeader.isControl(batch, 0) && BatchHeader.producerEpoch(batch, 0) == epoch;
    }
}
