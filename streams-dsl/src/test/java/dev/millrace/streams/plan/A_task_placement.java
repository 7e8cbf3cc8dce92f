package dev.millrace.streams.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class A_task_placement {

    private static Set<TaskId> tasks(int subTopologies, int partitions) {
        var tasks = new TreeSet<TaskId>();
        for (int sub = 0; sub < subTopologies; sub++) {
            for (int partition = 0; partition < partitions; partition++) {
                tasks.add(new TaskId(sub, partition));
            }
        }
        return tasks;
    }

    private static Map<String, Set<TaskId>> newMembers(int count) {
        var members = new HashMap<String, Set<TaskId>>();
        for (int member = 0; member < count; member++) {
            members.put("m" + member, Set.of());
        }
        return members;
    }

    private static void assertComplete(Map<String, Set<TaskId>> placed, Set<TaskId> tasks) {
        var all = new HashSet<TaskId>();
        placed.forEach(
                (member, its) -> its.forEach(task -> assertThat(all.add(task)).isTrue()));
        assertThat(all).isEqualTo(tasks);
        int least = placed.values().stream().mapToInt(Set::size).min().orElse(0);
        int most = placed.values().stream().mapToInt(Set::size).max().orElse(0);
        assertThat(most - least).isLessThanOrEqualTo(1);
    }

    @Test
    void spreads_each_sub_topology_over_the_members() {
        Map<String, Set<TaskId>> placed = TaskPlacement.of(tasks(2, 4), newMembers(2));
        placed.forEach((member, its) -> {
            assertThat(its).filteredOn(task -> task.subTopology() == 0).hasSize(2);
            assertThat(its).filteredOn(task -> task.subTopology() == 1).hasSize(2);
        });
    }

    @Test
    void leaves_members_without_tasks_when_there_are_too_few() {
        Map<String, Set<TaskId>> placed = TaskPlacement.of(tasks(1, 2), newMembers(5));
        assertComplete(placed, tasks(1, 2));
    }

    @Test
    void forgets_tasks_that_are_no_more() {
        var owned = newMembers(1);
        owned.put("m0", Set.of(new TaskId(0, 0), new TaskId(9, 9)));
        assertThat(TaskPlacement.of(tasks(1, 1), owned)).isEqualTo(Map.of("m0", tasks(1, 1)));
    }

    @Property(tries = 200)
    void is_complete_and_even(
            @ForAll @IntRange(min = 1, max = 4) int subTopologies,
            @ForAll @IntRange(min = 1, max = 17) int partitions,
            @ForAll @IntRange(min = 1, max = 9) int members) {
        Set<TaskId> tasks = tasks(subTopologies, partitions);
        assertComplete(TaskPlacement.of(tasks, newMembers(members)), tasks);
    }

    @Property(tries = 200)
    void moves_nothing_when_nothing_has_changed(
            @ForAll @IntRange(min = 1, max = 3) int subTopologies,
            @ForAll @IntRange(min = 1, max = 12) int partitions,
            @ForAll @IntRange(min = 1, max = 7) int members) {
        Set<TaskId> tasks = tasks(subTopologies, partitions);
        Map<String, Set<TaskId>> first = TaskPlacement.of(tasks, newMembers(members));
        assertThat(TaskPlacement.of(tasks, first)).isEqualTo(first);
    }

    @Property(tries = 200)
    void moves_only_what_a_new_member_needs(
            @ForAll @IntRange(min = 1, max = 3) int subTopologies,
            @ForAll @IntRange(min = 1, max = 12) int partitions,
            @ForAll @IntRange(min = 1, max = 7) int members) {
        Set<TaskId> tasks = tasks(subTopologies, partitions);
        var before = new HashMap<>(TaskPlacement.of(tasks, newMembers(members)));
        before.put("new", Set.of());
        Map<String, Set<TaskId>> after = TaskPlacement.of(tasks, before);
        assertComplete(after, tasks);
        int moved = 0;
        for (Map.Entry<String, Set<TaskId>> member : before.entrySet()) {
            var lost = new HashSet<>(member.getValue());
            lost.removeAll(after.get(member.getKey()));
            moved += lost.size();
        }
        assertThat(moved).isEqualTo(after.get("new").size());
    }

    @Property(tries = 200)
    void moves_only_the_tasks_of_a_member_that_left(
            @ForAll @IntRange(min = 1, max = 3) int subTopologies,
            @ForAll @IntRange(min = 1, max = 12) int partitions,
            @ForAll @IntRange(min = 2, max = 7) int members) {
        Set<TaskId> tasks = tasks(subTopologies, partitions);
        var before = new HashMap<>(TaskPlacement.of(tasks, newMembers(members)));
        before.remove("m0");
        Map<String, Set<TaskId>> after = TaskPlacement.of(tasks, before);
        assertComplete(after, tasks);
        before.forEach((member, its) -> assertThat(after.get(member)).containsAll(its));
    }
}
