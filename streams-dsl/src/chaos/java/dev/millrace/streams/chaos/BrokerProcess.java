package dev.millrace.streams.chaos;

import dev.millrace.broker.Broker;
import dev.millrace.broker.BrokerConfig;
import java.util.Map;

/** A broker as a process of its own, to be killed. Arguments: port, data folder. */
public final class BrokerProcess {

    private BrokerProcess() {}

    public static void main(String[] args) throws InterruptedException {
        try (Broker broker = Broker.start(BrokerConfig.parse(Map.of(
                "listeners", "PLAINTEXT://127.0.0.1:" + args[0],
                "log.dirs", args[1],
                "process.roles", "broker,controller",
                "group.initial.rebalance.delay.ms", "0",
                "offsets.topic.num.partitions", "3",
                "transaction.state.log.num.partitions", "3")))) {
            System.out.println("serves " + broker.bootstrapServers());
            Thread.currentThread().join();
        }
    }
}
