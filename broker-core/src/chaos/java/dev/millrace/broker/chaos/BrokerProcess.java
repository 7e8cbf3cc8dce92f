package dev.millrace.broker.chaos;

import dev.millrace.broker.Broker;
import dev.millrace.broker.BrokerConfig;
import io.netty.util.internal.PlatformDependent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * A broker as a process of its own, to be killed, or to be measured. Arguments: settings, as {@code key=value}. Tells on
 * request what it has.
 */
public final class BrokerProcess {

    static final String READY = "serves ";
    static final String MEASURE = "measure";
    static final String MEASURED = "measured ";
    static final String ENDED = "ended";

    private BrokerProcess() {}

    public static void main(String[] args) throws InterruptedException {
        Map<String, String> settings = new HashMap<>();
        for (String setting : args) {
            int equals = setting.indexOf('=');
            settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        Broker broker = Broker.start(BrokerConfig.parse(settings));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        System.out.println(READY + broker.bootstrapServers());
        answerQuestions();
        Thread.currentThread().join();
    }

    private static void answerQuestions() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals(MEASURE)) {
                    System.out.println(measure());
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("Nobody asks any more", e);
        }
    }

    private static String measure() {
        System.gc();
        long pooled = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return MEASURED
                + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() + " "
                + Math.max(pooled, PlatformDependent.usedDirectMemory()) + " "
                + ManagementFactory.getThreadMXBean().getThreadCount();
    }
}
