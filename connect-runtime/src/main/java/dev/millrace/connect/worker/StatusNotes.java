package dev.millrace.connect.worker;

import dev.millrace.connect.plan.Desired;
import dev.millrace.connect.plan.TaskId;
import java.util.Set;

/** Where the states of what runs are noted, for everybody to read. None of the methods blocks. */
interface StatusNotes {

    /** The state of the task has changed. */
    void note(TaskMotor task);

    void note(ConnectorMotor connector);

    /** The task has ended, and will run again some time. */
    void unassign(TaskMotor task);

    void unassign(ConnectorMotor connector);

    /** Forgets connectors and tasks that ought not to run anywhere, and do not. */
    void forgetOthers(Desired desired, Set<TaskId> running);
}
