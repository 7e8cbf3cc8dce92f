package dev.millrace.connector.csv;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.ToLongFunction;

/**
 * Which files a task reads, carried in its settings. Files that are all known are dealt out by name, the largest first, each
 * to the task with the least to do. Where files may still come, a task takes those whose name falls to it: no task has to be
 * restarted for a new file, and no two ever take the same one.
 */
final class TaskShare {

    private static final String FILE_PREFIX = "task.file.";
    private static final String INDEX = "task.index";
    private static final String COUNT = "task.count";

    private TaskShare() {}

    /** @return settings to add for each task; not more tasks than files */
    static List<Map<String, String>> ofKnown(List<Path> files, ToLongFunction<Path> size, int taskCountMax) {
        record Load(int task, long bytes) {}
        int count = Math.min(taskCountMax, files.size());
        List<Map<String, String>> shares = new ArrayList<>();
        PriorityQueue<Load> loads =
                new PriorityQueue<>(Comparator.comparingLong(Load::bytes).thenComparingInt(Load::task));
        for (int task = 0; task < count; task++) {
            shares.add(new HashMap<>());
            loads.add(new Load(task, 0));
        }
        List<Path> largestFirst = new ArrayList<>(files);
        largestFirst.sort(Comparator.comparingLong(size).reversed().thenComparing(Comparator.naturalOrder()));
        for (Path file : largestFirst) {
            Load least = loads.remove();
            Map<String, String> share = shares.get(least.task());
            share.put(FILE_PREFIX + share.size(), file.toString());
            loads.add(new Load(least.task(), least.bytes() + size.applyAsLong(file)));
        }
        return shares;
    }

    /** @return settings to add for each task */
    static List<Map<String, String>> ofUnknown(int taskCount) {
        List<Map<String, String>> shares = new ArrayList<>();
        for (int task = 0; task < taskCount; task++) {
            shares.add(Map.of(INDEX, String.valueOf(task), COUNT, String.valueOf(taskCount)));
        }
        return shares;
    }

    /** The files that were dealt to the task, in order of their names; empty when none were dealt out by name. */
    static List<Path> files(Map<String, String> properties) {
        return properties.entrySet().stream()
                .filter(setting -> setting.getKey().startsWith(FILE_PREFIX))
                .map(setting -> Path.of(setting.getValue()))
                .sorted()
                .toList();
    }

    /** Whether a file falls to the task. */
    static boolean takes(Map<String, String> properties, Path file) {
        int count = Integer.parseInt(properties.getOrDefault(COUNT, "1"));
        int index = Integer.parseInt(properties.getOrDefault(INDEX, "0"));
        return Math.floorMod(file.toString().hashCode(), count) == index;
    }
}
