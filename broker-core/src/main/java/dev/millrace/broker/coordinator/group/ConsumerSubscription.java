package dev.millrace.broker.coordinator.group;

import java.nio.ByteBuffer;
import java.util.Set;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.jspecify.annotations.Nullable;

/** What consumers say to each other in the classic protocol, as far as the coordinator listens. */
final class ConsumerSubscription {

    private ConsumerSubscription() {}

    /**
     * The topics of a member's metadata; null if it can't be read. Later versions of the format only append, so all of them
     * can be read as the first.
     */
    static @Nullable Set<String> topics(Bytes metadata) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(metadata.value());
            if (buffer.getShort() < 0) {
                return null;
            }
            return Set.copyOf(new ConsumerProtocolSubscription(new ByteBufferAccessor(buffer), (short) 0).topics());
        } catch (RuntimeException unreadable) {
            // Clients may put anything there; Kafka's reader tells so by whatever the bytes happen to lead to.
            return null;
        }
    }
}
