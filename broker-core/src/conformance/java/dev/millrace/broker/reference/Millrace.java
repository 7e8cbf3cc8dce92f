package dev.millrace.broker.reference;

import dev.millrace.broker.Broker;
import dev.millrace.broker.BrokerConfig;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A broker in this process, set up as the Apache Kafka is that it is compared with. */
final class Millrace implements AutoCloseable {

    /** What the Apache Kafka has in its server.properties, besides the addresses and the three folders of one combined node. */
    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", "1"),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry("inter.broker.listener.name", "PLAINTEXT"),
            Map.entry("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"),
            Map.entry("num.network.threads", "3"),
            Map.entry("num.io.threads", "8"),
            Map.entry("socket.send.buffer.bytes", "102400"),
            Map.entry("socket.receive.buffer.bytes", "102400"),
            Map.entry("socket.request.max.bytes", "104857600"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"),
            Map.entry("share.coordinator.state.topic.min.isr", "1"),
            Map.entry("group.initial.rebalance.delay.ms", "0"));

    private final Broker broker;

    Millrace(Path directory) {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.put("log.dirs", directory + "/data-1," + directory + "/data-2," + directory + "/data-3");
        settings.put("listeners", "PLAINTEXT://127.0.0.1:0");
        this.broker = Broker.start(BrokerConfig.parse(settings));
    }

    InetSocketAddress address() {
        return addressOf(broker.bootstrapServers());
    }

    static InetSocketAddress addressOf(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        return new InetSocketAddress(
                hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
    }

    @Override
    public void close() {
        broker.close();
    }
}
