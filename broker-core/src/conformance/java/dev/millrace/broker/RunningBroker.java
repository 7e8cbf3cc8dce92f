package dev.millrace.broker;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A broker in this process on ports of its own, and clients for it. */
final class RunningBroker implements AutoCloseable {

    private final Broker broker;
    private final Admin admin;

    private RunningBroker(Broker broker) {
        this.broker = broker;
        this.admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    static RunningBroker in(Path directory) {
        return in(directory, Map.of());
    }

    static RunningBroker in(Path directory, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>();
        all.put("log.dirs", directory.toString());
        all.put("listeners", "PLAINTEXT://127.0.0.1:0");
        all.put("offsets.topic.num.partitions", "4");
        all.put("transaction.state.log.num.partitions", "4");
        all.put("group.initial.rebalance.delay.ms", "0");
        all.putAll(settings);
        return new RunningBroker(Broker.start(BrokerConfig.parse(all)));
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    int port() {
        return Integer.parseInt(bootstrapServers().substring(bootstrapServers().indexOf(':') + 1));
    }

    String clusterId() {
        return broker.clusterId();
    }

    Admin admin() {
        return admin;
    }

    void createTopic(String name, int partitions) throws InterruptedException, ExecutionException {
        admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                .all()
                .get();
    }

    KafkaProducer<String, String> producer(Map<String, Object> config) {
        return new KafkaProducer<>(with(config), new StringSerializer(), new StringSerializer());
    }

    KafkaConsumer<String, String> consumer(Map<String, Object> config) {
        return new KafkaConsumer<>(with(config), new StringDeserializer(), new StringDeserializer());
    }

    private Map<String, Object> with(Map<String, Object> config) {
        Map<String, Object> all = new HashMap<>(config);
        all.put("bootstrap.servers", bootstrapServers());
        return all;
    }

    @Override
    public void close() {
        admin.close();
        broker.close();
    }
}
