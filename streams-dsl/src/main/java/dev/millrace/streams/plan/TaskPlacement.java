package dev.millrace.streams.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which member runs which task: as even as can be, over all and within each sub-topology, and moving no task without need.
 * The same input gives the same answer, whichever member asks.
 */
public final class TaskPlacement {

    private final SortedMap<String, SortedMap<Integer, Set<TaskId>>> placed = new TreeMap<>();
    private final Map<String, Integer> loads = new HashMap<>();
    private final int quotaMin;
    private int membersAboveMin;

    private TaskPlacement(Collection<String> members, int tasks) {
        members.forEach(member -> {
            placed.put(member, new TreeMap<>());
            loads.put(member, 0);
        });
        quotaMin = tasks / members.size();
        membersAboveMin = tasks % members.size();
    }

    /**
     * @param owned what each member runs now; a member that is new has an empty set. No task has two owners.
     */
    public static Map<String, Set<TaskId>> of(Set<TaskId> tasks, Map<String, Set<TaskId>> owned) {
        var placement = new TaskPlacement(owned.keySet(), tasks.size());
        var homeless = new TreeSet<>(tasks);
        for (String member : new TreeSet<>(owned.keySet())) {
            placement.keep(member, owned.getOrDefault(member, Set.of()), tasks, homeless);
        }
        for (TaskId task : homeless) {
            placement.put(placement.memberFor(task), task);
        }
        return placement.result();
    }

    private void keep(String member, Set<TaskId> owned, Set<TaskId> tasks, Set<TaskId> homeless) {
        var kept = new ArrayList<>(new TreeSet<>(owned));
        kept.retainAll(tasks);
        int quota = quotaMin;
        if (kept.size() > quotaMin && membersAboveMin > 0) {
            quota++;
            membersAboveMin--;
        }
        while (kept.size() > quota) {
            kept.remove(fromLargestGroup(kept));
        }
        for (TaskId task : kept) {
            put(member, task);
            homeless.remove(task);
        }
    }

    /** A member gives up tasks where it has most of a kind, so that each sub-topology stays spread. */
    private static TaskId fromLargestGroup(List<TaskId> tasks) {
        var counts = new HashMap<Integer, Integer>();
        tasks.forEach(task -> counts.merge(task.subTopology(), 1, Integer::sum));
        return tasks.stream()
                .max(Comparator.<TaskId>comparingInt(task -> counts.getOrDefault(task.subTopology(), 0))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
    }

    private String memberFor(TaskId task) {
        @Nullable String best = null;
        for (String member : placed.keySet()) {
            if (best == null || compare(member, best, task) < 0) {
                best = member;
            }
        }
        if (best == null) {
            throw new IllegalStateException("No member to run task " + task);
        }
        return best;
    }

    private int compare(String one, String other, TaskId task) {
        int byLoad = Integer.compare(load(one), load(other));
        return byLoad != 0 ? byLoad : Integer.compare(ofKind(one, task), ofKind(other, task));
    }

    private int load(String member) {
        return loads.getOrDefault(member, 0);
    }

    private int ofKind(String member, TaskId task) {
        return kinds(member).getOrDefault(task.subTopology(), Set.of()).size();
    }

    private void put(String member, TaskId task) {
        kinds(member)
                .computeIfAbsent(task.subTopology(), kind -> new HashSet<>())
                .add(task);
        loads.merge(member, 1, Integer::sum);
    }

    private SortedMap<Integer, Set<TaskId>> kinds(String member) {
        return placed.computeIfAbsent(member, unknown -> new TreeMap<>());
    }

    private Map<String, Set<TaskId>> result() {
        var result = new HashMap<String, Set<TaskId>>();
        placed.forEach((member, kinds) -> {
            var tasks = new TreeSet<TaskId>();
            kinds.values().forEach(tasks::addAll);
            result.put(member, tasks);
        });
        return result;
    }
}
