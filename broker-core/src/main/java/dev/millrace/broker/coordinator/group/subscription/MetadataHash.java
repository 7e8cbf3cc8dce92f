package dev.millrace.broker.coordinator.group.subscription;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import java.nio.charset.StandardCharsets;
import java.util.SortedSet;

/**
 * A number that changes with the topics that a group reads: when one is created, deleted, or gets more partitions. It is
 * compared with what the same group had before, and with nothing else; any other hash only costs a computation of the target.
 */
public final class MetadataHash {

    private static final long FNV_OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private long hash = FNV_OFFSET_BASIS;

    private MetadataHash() {}

    /** 0 without any topic, as Kafka has it. */
    public static long of(SortedSet<String> names, ClusterTopics topics) {
        MetadataHash hash = new MetadataHash();
        boolean any = false;
        for (String name : names) {
            ClusterTopics.Topic topic = topics.named(name);
            if (topic != null) {
                any = true;
                hash.add(name.getBytes(StandardCharsets.UTF_8));
                hash.add(topic.id().getMostSignificantBits());
                hash.add(topic.id().getLeastSignificantBits());
                hash.add(topic.partitions());
            }
        }
        return any ? hash.hash : 0;
    }

    private void add(byte[] bytes) {
        add(bytes.length);
        for (byte octet : bytes) {
            step(octet);
        }
    }

    private void add(long value) {
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            step((byte) (value >>> shift));
        }
    }

    private void step(byte octet) {
        hash = (hash ^ (octet & 0xff)) * FNV_PRIME;
    }
}
