package dev.millrace.broker.partition;

import dev.millrace.broker.log.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.apache.kafka.common.KafkaException;
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

    /** By index: those that have failed. */
    private final boolean[] offline;

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
        this.offline = new boolean[disks.size()];
    }

    /** From now on nothing is opened or made there. Returns false when it was so before. */
    synchronized boolean takeOffline(Disk disk) {
        int index = disks.indexOf(disk);
        if (offline[index]) {
            return false;
        }
        offline[index] = true;
        return true;
    }

    synchronized boolean isOffline(Disk disk) {
        return offline[disks.indexOf(disk)];
    }

    /** Those that work. */
    synchronized List<Disk> alive() {
        return disks.stream().filter(disk -> !isOffline(disk)).toList();
    }

    /**
     * Looks what is there on a disk. Directories of topics that were deleted before the last shutdown are returned, to be
     * removed.
     *
     * @throws IOException when the disk can't be read
     * @throws KafkaException when it holds a partition that another one holds too
     */
    synchronized List<Place> scan(Disk scanned) throws IOException {
        List<Place> deleted = new ArrayList<>();
        int disk = disks.indexOf(scanned);
        for (Disk.Entry entry : scanned.list("")) {
            if (!entry.directory()) {
                continue;
            }
            if (entry.name().endsWith(DELETED_SUFFIX)) {
                deleted.add(new Place(scanned, entry.name()));
            } else if (!entry.name().endsWith(STRAY_SUFFIX) && isPartitionName(entry.name())) {
                Integer other = found.put(entry.name(), disk);
                counts[disk]++;
                if (other != null) {
                    throw new KafkaException("The partition " + entry.name() + " lies in two of log.dirs: "
                            + disks.get(other).describe(entry.name()) + " and "
                            + scanned.describe(entry.name()) + ". Move one of them away.");
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
     * Where a partition lies: where it is, or else on the disk with the fewest.
     *
     * @param isNew whether the partition was made since the broker started; one that was not and can't be found may lie on a
     *     disk that is offline, and would come back from there
     * @throws LogDirOfflineException when it lies, or may lie, on a disk that is offline
     */
    synchronized Place choose(TopicIdPartition id, boolean isNew) throws LogDirOfflineException {
        String name = directoryName(id);
        Integer known = found.get(name);
        if (known == null && !isNew && !areComplete()) {
            throw new LogDirOfflineException("it is in none of log.dirs that are there, and not all are");
        }
        if (known != null && offline[known]) {
            throw new LogDirOfflineException(disks.get(known).describe("") + " is offline");
        }
        int index = known == null ? fewest() : known;
        if (known == null) {
            found.put(name, index);
            counts[index]++;
        }
        return new Place(disks.get(index), name);
    }

    /**
     * Makes the directory of a partition where it is not there. One that is there but belongs to another topic of the same
     * name is set aside, not deleted: nobody has asked for that.
     */
    static void prepare(Place place, TopicIdPartition id) throws IOException {
        if (!place.disk().exists("")) {
            // To make it anew would put records where nobody looks for them once the real one is mounted again.
            throw new IOException(place.disk().describe("") + " is gone");
        }
        TopicIdFile file = new TopicIdFile(place.disk(), place.directory());
        boolean there = place.disk().exists(place.directory());
        if (there) {
            Uuid owner = file.read();
            if (owner != null && !owner.equals(id.topicId())) {
                setAside(place.disk(), place.directory(), owner);
                there = false;
            }
        }
        if (!there) {
            place.disk().createDirectory(place.directory());
        }
        file.writeIfMissing(id.topicId());
    }

    private int fewest() throws LogDirOfflineException {
        int fewest = -1;
        for (int i = 0; i < counts.length; i++) {
            if (!offline[i] && (fewest < 0 || counts[i] < counts[fewest])) {
                fewest = i;
            }
        }
        if (fewest < 0) {
            throw new LogDirOfflineException("all of log.dirs are offline");
        }
        return fewest;
    }

    /** Whether the partition has a directory, wherever it is. */
    synchronized boolean isKnown(TopicIdPartition id) {
        return found.containsKey(directoryName(id));
    }

    /** Whether every one of log.dirs is there, so that what is not found is not anywhere. */
    boolean areComplete() {
        return alive().size() == disks.size();
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
