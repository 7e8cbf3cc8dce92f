package dev.millrace.connect.worker;

import dev.millrace.connect.task.TaskMachine;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task's machine together with what was opened for it and must be closed after it. */
record HoldingMachine(TaskMachine machine, List<AutoCloseable> held) implements TaskMachine {

    private static final Logger LOG = LoggerFactory.getLogger(HoldingMachine.class);

    @Override
    public long step(long nowMs, boolean pause) {
        return machine.step(nowMs, pause);
    }

    @Override
    public void wake() {
        machine.wake();
    }

    @Override
    public void close(boolean failed) {
        try {
            machine.close(failed);
        } finally {
            closeAll(held);
        }
    }

    /** Closes everything, in reverse order; what cannot be closed is logged. */
    static void closeAll(List<AutoCloseable> held) {
        for (int i = held.size() - 1; i >= 0; i--) {
            try {
                held.get(i).close();
            } catch (Exception e) {
                LOG.warn("{} does not close", held.get(i).getClass().getName(), e);
            }
        }
    }
}
