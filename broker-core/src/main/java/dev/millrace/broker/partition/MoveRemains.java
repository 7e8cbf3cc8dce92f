package dev.millrace.broker.partition;

import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.partition.LogDirectories.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What moves between log.dirs have left on the disks when the broker starts: future replicas, and marks that one was about to
 * become the partition's. A move is done once its future replica has the partition's name, and not before; the mark then tells
 * which of two directories of that name is the older. Blocks on the disks.
 */
final class MoveRemains {

    private static final Logger LOG = LoggerFactory.getLogger(MoveRemains.class);

    private final Map<String, List<Place>> futures = new LinkedHashMap<>();
    private final List<Place> marks = new ArrayList<>();

    /** Something is there; returns whether it is of a move. */
    boolean found(Disk disk, Disk.Entry entry) {
        if (entry.directory() && DirectoryNames.isFuture(entry.name())) {
            futures.computeIfAbsent(DirectoryNames.owner(entry.name()), owner -> new ArrayList<>())
                    .add(new Place(disk, entry.name()));
            return true;
        }
        if (!entry.directory() && DirectoryNames.isMoving(entry.name())) {
            marks.add(new Place(disk, entry.name()));
            return true;
        }
        return false;
    }

    /** Whether {@code one} of two directories of a partition has been replaced by the other. */
    boolean isReplaced(Place one) {
        return marks.stream()
                .anyMatch(mark -> mark.disk().equals(one.disk())
                        && DirectoryNames.owner(mark.directory()).equals(one.directory())
                        && !isThere(DirectoryNames.futureOf(mark.directory())));
    }

    private boolean isThere(String future) {
        return futures.getOrDefault(DirectoryNames.owner(future), List.of()).stream()
                .anyMatch(place -> place.directory().equals(future));
    }

    /** Whether a replica has been replaced by one that is not there: nobody knows what was written to that one. */
    private boolean isUncertain(Place mark, Map<String, Disk> current) {
        return mark.disk().equals(current.get(DirectoryNames.owner(mark.directory())))
                && !isThere(DirectoryNames.futureOf(mark.directory()));
    }

    /** The older one could not be removed now. */
    void keepMarkOf(Place older) {
        marks.removeIf(mark -> mark.disk().equals(older.disk())
                && DirectoryNames.owner(mark.directory()).equals(older.directory()));
    }

    /**
     * Removes the marks, as far as it is known now what they told.
     *
     * @param complete whether every one of log.dirs is there
     * @return the partitions that may lie where nobody can look now
     */
    Set<String> clearMarks(Map<String, Disk> current, boolean complete, BiConsumer<Disk, IOException> onFailure) {
        Set<String> uncertain = new HashSet<>();
        for (Place mark : marks) {
            if (!complete && isUncertain(mark, current)) {
                uncertain.add(DirectoryNames.owner(mark.directory()));
            } else {
                try {
                    mark.disk().delete(mark.directory());
                } catch (IOException e) {
                    onFailure.accept(mark.disk(), e);
                }
            }
        }
        return uncertain;
    }

    /**
     * The future replicas that go on, by the partition's directory. One whose partition has no replica that it could be a copy
     * of is set aside, for it may hold what is nowhere else; unless that may be in a directory that is not there now.
     *
     * @param deleted gets those that are of no use
     */
    Map<String, Place> settle(
            Map<String, Disk> current, boolean complete, List<Place> deleted, BiConsumer<Disk, IOException> onFailure) {
        Map<String, Place> kept = new LinkedHashMap<>();
        for (Map.Entry<String, List<Place>> entry : futures.entrySet()) {
            Disk source = current.get(entry.getKey());
            for (Place future : entry.getValue()) {
                if (source == null && complete) {
                    try {
                        setAside(future);
                    } catch (IOException e) {
                        onFailure.accept(future.disk(), e);
                    }
                } else if (source == null) {
                    LOG.warn("copy of a partition that is nowhere is left alone directory={}", future.description());
                } else if (future.disk().equals(source) || kept.containsKey(entry.getKey())) {
                    deleted.add(future);
                } else {
                    kept.put(entry.getKey(), future);
                }
            }
        }
        return kept;
    }

    private static void setAside(Place future) throws IOException {
        String aside =
                future.directory().substring(0, future.directory().length() - DirectoryNames.FUTURE_SUFFIX.length())
                        + DirectoryNames.STRAY_SUFFIX;
        LOG.warn(
                "directory is a copy, perhaps not a whole one, of a partition that is in none of log.dirs, and was set aside"
                        + " directory={} to={}",
                future.description(),
                future.disk().describe(aside));
        future.disk().rename(future.directory(), aside);
        future.disk().syncDirectory("");
    }
}
