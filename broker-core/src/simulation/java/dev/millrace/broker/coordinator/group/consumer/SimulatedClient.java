package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.shard.SimulatedShard;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A client of one group, whichever protocol it speaks. */
abstract class SimulatedClient {

    static final String GROUP = "g";

    final SimulatedShard shard;
    final Random random;
    Set<String> owned = new TreeSet<>();
    boolean alive = true;

    SimulatedClient(SimulatedShard shard, Random random) {
        this.shard = shard;
        this.random = random;
    }

    static List<String> someTopics(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> List.of("t");
            case 1 -> List.of("u");
            default -> List.of("t", "u");
        };
    }

    abstract String memberId();

    abstract @Nullable String instanceId();

    /** Or generation. */
    abstract int epoch();

    /** The partitions that it reads, as far as it knows: {@code topicId:partition}. */
    Set<String> owned() {
        return owned;
    }

    boolean isAlive() {
        return alive;
    }

    abstract void step();

    abstract void leave();

    /** Nothing is heard of it again. */
    void crash() {
        alive = false;
    }

    abstract void changeSubscription();
}
