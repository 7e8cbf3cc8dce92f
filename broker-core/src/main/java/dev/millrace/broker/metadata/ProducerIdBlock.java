package dev.millrace.broker.metadata;

/** Producer ids that one broker may hand out: {@code size} of them from {@code firstId} on (KIP-730). */
public record ProducerIdBlock(long firstId, int size) {

    /** How many ids a broker is given at a time; as in Apache Kafka. */
    public static final int SIZE = 1000;
}
