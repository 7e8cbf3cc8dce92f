package dev.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.log.AppendResult;
import dev.millrace.broker.simulation.RecordedTicket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.IsolationLevel;

/** With flush.messages=1, over a disk that loses at any moment what was not forced, or some of it. */
class A_partition_that_forces_every_record {

    private static final Map<String, String> CONFIGS = Map.of("flush.messages", "1", "segment.bytes", "1048576");

    private record Sent(String value, RecordedTicket<AppendResult> ticket) {}

    @Property(tries = 500)
    void never_loses_what_it_has_answered_or_shown(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        LedPartition led = LedPartition.alone(CONFIGS);
        Map<Long, String> acknowledged = new HashMap<>();
        int serial = 0;
        for (int life = 0; life < 4; life++) {
            List<Sent> sent = new ArrayList<>();
            int steps = random.nextInt(30);
            for (int step = 0; step < steps; step++) {
                switch (random.nextInt(4)) {
                    case 0 -> led.diskPool.runAll();
                    case 1 -> led.loop.runAll();
                    default -> {
                        String value = "value " + serial++;
                        sent.add(new Sent(value, led.append(random.nextBoolean() ? -1 : 1, value)));
                    }
                }
            }
            for (Sent one : sent) {
                if (!one.ticket.isOpen()) {
                    acknowledged.put(one.ticket.answer().baseOffset(), one.value);
                }
            }
            long shown = led.readableFrom(0, IsolationLevel.READ_UNCOMMITTED);
            assertThat(shown).isGreaterThanOrEqualTo(acknowledged.size());
            if (random.nextBoolean()) {
                led.disk.failPower();
            } else {
                led.disk.killProcess();
            }
            led = led.restarted(CONFIGS);
            assertThat(led.partition.logEndOffset()).isGreaterThanOrEqualTo(shown);
            led.diskPool.runAll();
            led.loop.runAll();
            assertThat(led.values()).containsAllEntriesOf(acknowledged);
        }
    }
}
