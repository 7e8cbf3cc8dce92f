package dev.millrace.broker.partition;

import java.util.Locale;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.internals.Topic;

/** The names of partitions' directories, as Apache Kafka has them. Stateless. */
final class DirectoryNames {

    /** Of a replica that becomes the partition's once it has everything that the present one has (KIP-113). */
    static final String FUTURE_SUFFIX = "-future";

    /**
     * Of a file beside the present replica: the future one of the same name is about to take its place. Where both have the
     * partition's own name, this one is the older.
     */
    static final String MOVING_SUFFIX = "-moving";

    static final String DELETED_SUFFIX = "-delete";
    static final String STRAY_SUFFIX = "-stray";

    private static final int PARTITION_DIGITS_MAX = 9;
    private static final int LENGTH_MAX = 255;

    private DirectoryNames() {}

    static String of(TopicIdPartition id) {
        return of(id.topic(), id.partition());
    }

    static String of(String topic, int partition) {
        return topic + "-" + partition;
    }

    static boolean isPartition(String name) {
        int dash = name.lastIndexOf('-');
        return dash > 0
                && dash < name.length() - 1
                && name.length() - dash <= PARTITION_DIGITS_MAX + 1
                && !name.startsWith(Topic.CLUSTER_METADATA_TOPIC_NAME)
                && name.chars().skip(dash + 1L).allMatch(c -> c >= '0' && c <= '9');
    }

    /** The number sets it apart from what earlier moves have left. */
    static String future(String directory, long nowMs, long number) {
        return directory + String.format(Locale.ROOT, ".%016x%016x", nowMs, number) + FUTURE_SUFFIX;
    }

    /** The name of a directory that is to be deleted, cut off where file systems have no room for more. */
    static String deleted(String directory, int number) {
        String suffix = "." + number + DELETED_SUFFIX;
        return directory.substring(0, Math.min(directory.length(), LENGTH_MAX - suffix.length())) + suffix;
    }

    /** Whether file systems have no room for the name of the partition's future replica. */
    static boolean isTooLongToMove(String topic, int partition) {
        return future(of(topic, partition), 0, 0).length() > LENGTH_MAX;
    }

    static boolean isFuture(String name) {
        return isTemporary(name, FUTURE_SUFFIX);
    }

    static boolean isMoving(String name) {
        return isTemporary(name, MOVING_SUFFIX);
    }

    private static boolean isTemporary(String name, String suffix) {
        return name.endsWith(suffix) && name.lastIndexOf('.') > 0 && isPartition(owner(name));
    }

    /** The partition's directory that a future replica, or a move, is of. */
    static String owner(String temporary) {
        return temporary.substring(0, temporary.lastIndexOf('.'));
    }

    static String movingOf(String future) {
        return future.substring(0, future.length() - FUTURE_SUFFIX.length()) + MOVING_SUFFIX;
    }

    static String futureOf(String moving) {
        return moving.substring(0, moving.length() - MOVING_SUFFIX.length()) + FUTURE_SUFFIX;
    }
}
