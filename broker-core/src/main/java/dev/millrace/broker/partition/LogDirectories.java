package dev.millrace.broker.partition;

import dev.millrace.broker.log.disk.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
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

    /** Wishes for partitions that are not there yet; the oldest are forgotten. */
    private static final int WISHES_MAX = 100_000;

    private final List<Disk> disks;
    private final Map<String, Integer> found = new HashMap<>();
    private final List<Place> twins = new ArrayList<>();
    private final Map<String, Place> futures = new HashMap<>();
    private final Map<String, Integer> wished = new LinkedHashMap<>();

    /** While the disks are looked at for the first time. */
    private final MoveRemains remains = new MoveRemains();

    /** Partitions of which another replica, on a disk that is not there, may know more. */
    private final Set<String> uncertain = new HashSet<>();

    private final int[] counts;

    /** By index: those that have failed. */
    private final boolean[] offline;

    /** By path: those that get no new partitions (KIP-1066). */
    private Set<String> cordoned = Set.of();

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

    /** From now on these, by path, get no new partitions, and no others. */
    synchronized void cordon(Set<String> logDirs) {
        cordoned = logDirs;
    }

    synchronized boolean isCordoned(Disk disk) {
        return cordoned.contains(disk.describe(""));
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
        for (Disk.Entry entry : scanned.list("")) {
            if (remains.found(scanned, entry) || !entry.directory()) {
                continue;
            }
            if (entry.name().endsWith(DirectoryNames.DELETED_SUFFIX)) {
                deleted.add(new Place(scanned, entry.name()));
            } else if (!entry.name().endsWith(DirectoryNames.STRAY_SUFFIX)
                    && DirectoryNames.isPartition(entry.name())) {
                Place place = new Place(scanned, entry.name());
                if (found.containsKey(entry.name())) {
                    twins.add(place);
                } else {
                    put(place);
                }
            }
        }
        return deleted;
    }

    private void put(Place place) {
        int disk = disks.indexOf(place.disk());
        Integer before = found.put(place.directory(), disk);
        if (before != null) {
            counts[before]--;
        }
        counts[disk]++;
    }

    /** What may go wrong with one disk. */
    private interface Work {
        void run() throws IOException;
    }

    private static boolean attempt(Disk disk, BiConsumer<Disk, IOException> onFailure, Work work) {
        try {
            work.run();
            return true;
        } catch (IOException e) {
            onFailure.accept(disk, e);
            return false;
        }
    }

    /**
     * Makes up for what a crash has left of moves, once every disk has been looked at. Directories of no more use are returned, to
     * be removed.
     *
     * @param onFailure is told of a disk that fails at it
     * @throws KafkaException when a partition lies on two disks and nothing tells which is the older
     */
    synchronized List<Place> settle(BiConsumer<Disk, IOException> onFailure) {
        List<Place> deleted = new ArrayList<>();
        for (Place twin : twins) {
            Place other = new Place(disks.get(Objects.requireNonNull(found.get(twin.directory()))), twin.directory());
            if (remains.isReplaced(other)) {
                put(twin);
                replace(other, twin, deleted, onFailure);
            } else if (remains.isReplaced(twin)) {
                replace(twin, other, deleted, onFailure);
            } else {
                throw new KafkaException("The partition " + twin.directory() + " lies in two of log.dirs: "
                        + other.description() + " and " + twin.description() + ". Move one of them away.");
            }
        }
        twins.clear();
        Map<String, Disk> current = new HashMap<>();
        found.forEach((name, disk) -> current.put(name, disks.get(disk)));
        uncertain.addAll(remains.clearMarks(current, areComplete(), onFailure));
        futures.putAll(remains.settle(current, areComplete(), deleted, onFailure));
        return deleted;
    }

    private void replace(Place older, Place newer, List<Place> deleted, BiConsumer<Disk, IOException> onFailure) {
        LOG.info(
                "directory={} action=delete reason=the partition has moved to {}",
                older.description(),
                newer.description());
        // The mark goes only after the older one has: without it, nothing tells them apart.
        if (!attempt(newer.disk(), onFailure, () -> newer.disk().syncDirectory(""))
                || !attempt(older.disk(), onFailure, () -> deleted.add(retire(older)))) {
            remains.keepMarkOf(older);
        }
    }
    /**
     * Where a partition lies: where it is, or was wished to be, or else on the disk with the fewest of those that are not cordoned.
     *
     * @param isNew whether the partition was made since the broker started; one that was not and can't be found may lie on a
     *     disk that is offline, and would come back from there
     * @throws LogDirOfflineException when it lies, or may lie, on a disk that is offline
     */
    synchronized Place choose(TopicIdPartition id, boolean isNew) throws LogDirOfflineException {
        String name = DirectoryNames.of(id);
        Integer known = found.get(name);
        if (uncertain.contains(name)) {
            throw new LogDirOfflineException("it has moved to one of log.dirs that is not there");
        }
        if (known == null && !isNew && !areComplete()) {
            throw new LogDirOfflineException("it is in none of log.dirs that are there, and not all are");
        }
        if (known != null && offline[known]) {
            throw new LogDirOfflineException(disks.get(known).describe("") + " is offline");
        }
        Integer wish = wished.remove(name);
        int index = known != null ? known : wish != null && !offline[wish] ? wish : forNew();
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

    private int forNew() throws LogDirOfflineException {
        int first = -1;
        int fewest = -1;
        for (int i = 0; i < counts.length; i++) {
            if (offline[i]) {
                continue;
            }
            first = first < 0 ? i : first;
            if (!isCordoned(disks.get(i)) && (fewest < 0 || counts[i] < counts[fewest])) {
                fewest = i;
            }
        }
        if (first < 0) {
            throw new LogDirOfflineException("all of log.dirs are offline");
        }
        // Placed by hand, or before the last one was cordoned: somewhere it must lie, in the first as in Kafka.
        return fewest < 0 ? first : fewest;
    }

    /** Whether the partition has a directory, wherever it is. */
    synchronized boolean isKnown(TopicIdPartition id) {
        return found.containsKey(DirectoryNames.of(id));
    }

    /** Whether every one of log.dirs is there, so that what is not found is not anywhere. */
    boolean areComplete() {
        return alive().size() == disks.size();
    }

    private static void setAside(Disk disk, String directory, Uuid owner) throws IOException {
        String aside = owner + "." + directory.substring(directory.lastIndexOf('-') + 1) + DirectoryNames.STRAY_SUFFIX;
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

    /** Where the partition shall lie once it is made (KIP-113). Nothing happens when it is there already. */
    synchronized void wish(String topic, int partition, Disk disk) {
        String name = DirectoryNames.of(topic, partition);
        if (!found.containsKey(name)) {
            wished.put(name, disks.indexOf(disk));
            if (wished.size() > WISHES_MAX) {
                wished.remove(wished.keySet().iterator().next());
            }
        }
    }

    /** The future replica of a partition that moves; null when it does not. */
    synchronized @Nullable Place futureOf(TopicIdPartition id) {
        return futures.get(DirectoryNames.of(id));
    }

    /** A partition begins to move. */
    synchronized void beginMove(TopicIdPartition id, Place future) {
        futures.put(DirectoryNames.of(id), future);
    }

    /** A partition does not move any more. */
    synchronized void endMove(TopicIdPartition id) {
        futures.remove(DirectoryNames.of(id));
    }

    /** The future replica is the partition's. */
    synchronized void onMoved(TopicIdPartition id) {
        String name = DirectoryNames.of(id);
        put(new Place(Objects.requireNonNull(futures.remove(name)).disk(), name));
    }

    /** One of log.dirs by the name that the operator knows; null when it is none. */
    @Nullable
    Disk named(String logDir) {
        return disks.stream()
                .filter(disk -> disk.describe("").equals(logDir))
                .findFirst()
                .orElse(null);
    }

    /** A partition's directory is gone, or about to go. Null when there was none. */
    synchronized @Nullable Place forget(TopicIdPartition id) {
        String name = DirectoryNames.of(id);
        Integer index = found.remove(name);
        if (index == null) {
            return null;
        }
        counts[index]--;
        return new Place(disks.get(index), name);
    }

    /** Deletes a directory of which no log is open. After a crash in between, the next start goes on with it. */
    static void delete(Place place) throws IOException {
        Place doomed = place.directory().endsWith(DirectoryNames.DELETED_SUFFIX) ? place : retire(place);
        deleteRecursively(doomed.disk(), doomed.directory());
    }

    /** Gives the directory a name by which it is deleted at the next start, whatever comes. */
    private static Place retire(Place place) throws IOException {
        String name = DirectoryNames.isFuture(place.directory())
                ? DirectoryNames.owner(place.directory())
                : place.directory();
        int n = 0;
        while (place.disk().exists(DirectoryNames.deleted(name, n))) {
            n++;
        }
        Place retired = new Place(place.disk(), DirectoryNames.deleted(name, n));
        place.disk().rename(place.directory(), retired.directory());
        place.disk().syncDirectory("");
        return retired;
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
        Integer index = found.get(DirectoryNames.of(id));
        return index == null ? null : disks.get(index);
    }

    List<Disk> disks() {
        return disks;
    }
}
