package dev.millrace.connect.task;

import java.util.ArrayList;
import java.util.List;

/** Time that passes when somebody waits for it. */
final class VirtualClock implements TaskClock {

    long nowMs = 1_000_000;
    boolean stopping;
    final List<Long> pauses = new ArrayList<>();

    @Override
    public long nowMs() {
        return nowMs;
    }

    @Override
    public boolean pause(long durationMs) {
        pauses.add(durationMs);
        nowMs += durationMs;
        return !stopping;
    }
}
