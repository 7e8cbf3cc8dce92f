package dev.millrace.broker.log.producer;

import dev.millrace.broker.log.batch.BatchHeader;
import java.nio.ByteBuffer;

/** What a producer wrote last: its last record, or, without one, that its latest marker has this epoch. */
public record LastRecord(long lastDataOffset, short epoch) {
    public boolean isIn(ByteBuffer batch) {
        return lastDataOffset >= 0
                ? BatchHeader.lastOffset(batch, 0) == lastDataOffset
                : BatchHeader.isControl(batch, 0) && BatchHeader.producerEpoch(batch, 0) == epoch;
    }
}
