package dev.millrace.broker.coordinator.group.consumer;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A client of one group, whichever protocol it speaks. */
interface SimulatedClient {

    String GROUP = "g";

    static List<String> someTopics(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> List.of("t");
            case 1 -> List.of("u");
            default -> List.of("t", "u");
        };
    }

    String memberId();

    @Nullable
    String instanceId();

    /** Or generation. */
    int epoch();

    /** The partitions that it reads, as far as it knows: {@code topicId:partition}. */
    Set<String> owned();

    boolean isAlive();

    void step();

    void leave();

    /** Nothing is heard of it again. */
    void crash();

    void changeSubscription();
}
