package dev.millrace.broker.bench;

import dev.millrace.broker.Broker;
import dev.millrace.broker.BrokerConfig;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A broker alone: {@code PORT FOLDER}. Ends with SIGTERM. */
final class MillraceMain {

    private MillraceMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        Broker broker = Broker.start(BrokerConfig.parse(Map.of(
                "listeners",
                "PLAINTEXT://127.0.0.1:" + arguments[0],
                "log.dirs",
                arguments[1],
                "group.initial.rebalance.delay.ms",
                "0")));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        new CountDownLatch(1).await();
    }
}
