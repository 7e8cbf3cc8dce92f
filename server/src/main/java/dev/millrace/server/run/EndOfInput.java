package dev.millrace.server.run;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Whether everything that came in has gone through every group. Asked only while the sources have nothing more to give. Output of
 * one group is input of the next, and the groups are looked at one after the other: only when two looks in a row see the same
 * ends, with nothing left before them, has nothing moved in between.
 */
final class EndOfInput {

    private final List<String> groups;
    private final Backlog backlog;
    private List<Backlog.Snapshot> lastLook = List.of();

    EndOfInput(List<String> groups, Backlog backlog) {
        this.groups = groups;
        this.backlog = backlog;
    }

    /** False also while the cluster can't say. */
    boolean reached() throws InterruptedException {
        try {
            return look();
        } catch (RetriableException e) {
            notYet();
            return false;
        }
    }

    private boolean look() throws InterruptedException {
        List<Backlog.Snapshot> look = new ArrayList<>();
        for (String group : groups) {
            Backlog.Snapshot snapshot = backlog.of(group);
            if (!snapshot.assigned() || !backlog.isEmpty(snapshot)) {
                notYet();
                return false;
            }
            look.add(snapshot);
        }
        boolean same = !lastLook.isEmpty() && look.equals(lastLook);
        lastLook = look;
        return groups.isEmpty() || same;
    }

    void notYet() {
        lastLook = List.of();
    }
}
