package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.simulation.RecordedTicket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

/** Given events, when a command, then events and an answer. */
final class ControllerSpec {

    private final AtomicLong ids = new AtomicLong();
    private final Controller controller;
    private List<MetadataEvent> events = List.of();

    ControllerSpec() {
        this(ControllerSettings.DEFAULT);
    }

    ControllerSpec(ControllerSettings settings) {
        controller = new Controller(ClusterImage.empty("cluster"), settings, () -> id(ids.incrementAndGet()));
    }

    static Uuid id(long number) {
        return new Uuid(0, number + 100);
    }

    ControllerSpec given(MetadataEvent... happened) {
        for (MetadataEvent event : happened) {
            controller.apply(event);
        }
        return this;
    }

    ControllerSpec givenBrokers(int... brokers) {
        for (int broker : brokers) {
            given(broker(broker, null));
        }
        return this;
    }

    static MetadataEvent broker(int id, @Nullable String rack) {
        return new MetadataEvent.BrokerRegistered(new BrokerImage(
                id, 0, id(id), rack, List.of(new BrokerImage.Endpoint("PLAINTEXT", "host" + id, 9092))));
    }

    /** A topic whose partitions all lie on broker 1. */
    ControllerSpec givenTopic(String name, long id, int partitions) {
        given(new MetadataEvent.TopicCreated(name, id(id)));
        for (int partition = 0; partition < partitions; partition++) {
            given(new MetadataEvent.PartitionAdded(id(id), onBroker1(partition, 0)));
        }
        return this;
    }

    static PartitionImage onBroker1(int partition, int leaderEpoch) {
        return new PartitionImage(partition, 1, leaderEpoch, leaderEpoch, List.of(1), List.of(1));
    }

    ControllerSpec givenConfig(String topic, String key, String value) {
        return given(new MetadataEvent.ConfigChanged(topic(topic), key, value));
    }

    static ConfigResource topic(String name) {
        return new ConfigResource(ConfigResource.Type.TOPIC, name);
    }

    /** Decides, applies what was decided, and returns the answer. */
    @SuppressWarnings("unchecked") // the command is made around this very ticket
    <R> R when(Function<Ticket<R>, MetadataCommand> command) {
        RecordedTicket<R> ticket = new RecordedTicket<>();
        Decision<MetadataEvent> decision = controller.decide(command.apply(ticket), 0);
        events = decision.events();
        controller.applyAll(events);
        return (R) decision.answers().get(0).value();
    }

    /** What the last command caused. */
    List<MetadataEvent> events() {
        return events;
    }

    <E extends MetadataEvent> List<E> events(Class<E> kind) {
        List<E> found = new ArrayList<>();
        for (MetadataEvent event : events) {
            if (kind.isInstance(event)) {
                found.add(kind.cast(event));
            }
        }
        return found;
    }

    ClusterImage image() {
        return controller.image();
    }

    Controller controller() {
        return controller;
    }

    List<CreateTopics.Outcome> create(CreateTopics.NewTopic... topics) {
        return when(ticket -> new CreateTopics(List.of(topics), false, ticket));
    }

    static CreateTopics.NewTopic newTopic(String name, int partitions, int replicationFactor) {
        return CreateTopics.NewTopic.of(name, partitions, (short) replicationFactor, Map.of());
    }
}
