package dev.millrace.broker.partition;

import dev.millrace.broker.log.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which partition lies in which of log.dirs. A partition has a directory {@code topic-partition}, as Kafka has it, and in
 * it a file that names the topic's id, so that a topic that was deleted and created again does not get the old records.
 * Any thread, the disk pool's above all: the methods block on the disk.
 */
final class LogDirectories {

    private static final Logger LOG = LoggerFactory.getLogger(LogDirectories.class);

    private static final String DELETED_SUFFIX = "-delete";
    private static final String STRAY_SUFFIX = "-stray";
    private static final int PARTITION_DIGITS_MAX = 9;

    private final List<Disk> disks;
    private final Map<String, Integer> found = new HashMap<>();
    private final int[] counts;

    /** A partition's directory on one of the disks. */
    record Place(Disk disk, String directory) {

        /** As the operator knows it. */
        String description() {
            return disk.describe(directory);
        }
    }

    LogDirectories(List<Disk> disks) {
        this.disks = List.copyOf(disks);
        this.counts = new int[disks.size()];
    }

    /**
     * Looks what is there. Directories of topics that were deleted before the last shutdown are returned, to be removed.
     *
     * @throws IOException when a disk can't be read, or two of them hold the same partition
     */
    synchronized List<Place> scan() throws IOException {
        List<Place> deleted = new ArrayList<>();
        for (int disk = 0; disk < disks.size(); disk++) {
            for (Disk.Entry entry : disks.get(disk).list("")) {
                if (!entry.directory()) {
                    continue;
                }
                if (entry.name().endsWith(DELETED_SUFFIX)) {
                    deleted.add(new Place(disks.get(disk), entry.name()));
                } else if (!entry.name().endsWith(STRAY_SUFFIX) && isPartitionName(entry.name())) {
                    Integer other = found.put(entry.name(), disk);
                    counts[disk]++;
                    if (other != null) {
                        throw new IOException("The partition " + entry.name() + " lies in two of log.dirs: "
                                + disks.get(other).describe(entry.name()) + " and "
                                + disks.get(disk).describe(entry.name()) + ". Move one of them away.");
                    }
                }
            }
        }
        return deleted;
    }

    private static boolean isPartitionName(String name) {
        int dash = name.lastIndexOf('-');
        return dash > 0
                && dash < name.length() - 1
                && name.length() - dash <= PARTITION_DIGITS_MAX + 1
                && !name.startsWith(Topic.CLUSTER_METADATA_TOPIC_NAME)
                && name.chars().skip(dash + 1L).allMatch(c -> c >= '0' && c <= '9');
    }

    /**
     * The directory of a partition: the one that is there, or a new one on the disk with the fewest. One that is there but
     * belongs to another topic of the same name is set aside, not deleted: nobody has asked for that.
     */
    Place place(TopicIdPartition id) throws IOException {
        String name = directoryName(id);
        Disk disk;
        boolean there;
        synchronized (this) {
            Integer known = found.get(name);
            there = known != null;
            int index = there ? known : fewest();
            if (!there) {
                found.put(name, index);
                counts[index]++;
            }
            disk = disks.get(index);
        }
        TopicIdFile file = new TopicIdFile(disk, name);
        if (there) {
            Uuid owner = file.read();
            if (owner != null && !owner.equals(id.topicId())) {
                setAside(disk, name, owner);
                there = false;
            }
        }
        if (!there) {
            disk.createDirectory(name);
        }
        file.writeIfMissing(id.topicId());
        return new Place(disk, name);
    }

    private int fewest() {
        int fewest = 0;
        for (int i = 1; i < counts.length; i++) {
            if (counts[i] < counts[fewest]) {
                fewest = i;
            }
        }
        return fewest;
    }

    static String directoryName(TopicIdPartition id) {
        return id.topic() + "-" + id.partition();
    }

    private static void setAside(Disk disk, String directory, Uuid owner) throws IOException {
        String aside = owner + "." + directory.substring(directory.lastIndexOf('-') + 1) + STRAY_SUFFIX;
        LOG.warn(
                "directory of a topic that is not known any more was set aside directory={} to={}",
                disk.describe(directory),
                disk.describe(aside));
        disk.rename(directory, aside);
        disk.syncDirectory("");
    }

    /** The descriptions of directories that belong to no known partition. */
    synchronized List<String> strays(BiPredicate<String, Integer> isKnown) {
        List<String> strays = new ArrayList<>();
        found.forEach((name, disk) -> {
            int dash = name.lastIndexOf('-');
            if (!isKnown.test(name.substring(0, dash), Integer.parseInt(name.substring(dash + 1)))) {
                strays.add(disks.get(disk).describe(name));
            }
        });
        return strays;
    }

    /** A partition's directory is gone, or about to go. Null when there was none. */
    synchronized @Nullable Place forget(TopicIdPartition id) {
        String name = directoryName(id);
        Integer index = found.remove(name);
        if (index == null) {
            return null;
        }
        counts[index]--;
        return new Place(disks.get(index), name);
    }

    /** Deletes a directory of which no log is open. After a crash in between, the next start goes on with it. */
    static void delete(Place place) throws IOException {
        String doomed = place.directory();
        if (!doomed.endsWith(DELETED_SUFFIX)) {
            doomed = freeName(place);
            place.disk().rename(place.directory(), doomed);
            place.disk().syncDirectory("");
        }
        deleteRecursively(place.disk(), doomed);
    }

    private static String freeName(Place place) throws IOException {
        int n = 0;
        while (place.disk().exists(place.directory() + "." + n + DELETED_SUFFIX)) {
            n++;
        }
        return place.directory() + "." + n + DELETED_SUFFIX;
    }

    private static void deleteRecursively(Disk disk, String directory) throws IOException {
        for (Disk.Entry entry : disk.list(directory)) {
            String path = directory + "/" + entry.name();
            if (entry.directory()) {
                deleteRecursively(disk, path);
            } else {
                disk.delete(path);
            }
        }
        disk.delete(directory);
    }

    /** The description of the disk that holds the partition, for DescribeLogDirs. */
    synchronized @Nullable Disk diskOf(TopicIdPartition id) {
        Integer index = found.get(directoryName(id));
        return index == null ? null : disks.get(index);
    }

    List<Disk> disks() {
        return disks;
    }
}
