package dev.millrace.connect.task;

import dev.millrace.connect.plan.TaskId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.apache.kafka.connect.storage.StringConverter;
import org.apache.kafka.connect.transforms.Transformation;

/** A source task's machine with a scripted connector, a mock producer and virtual time. */
final class SourceHarness {

    static final TaskId ID = new TaskId("files", 0);

    final VirtualClock clock = new VirtualClock();
    final ScriptedSource task = new ScriptedSource();
    final TaskCounters counters = new TaskCounters();
    final MockProducer<byte[], byte[]> producer;
    final TreeSet<String> topicsInUse = new TreeSet<>();
    final List<String> ensured = new ArrayList<>();
    final List<Transformations.Link<SourceRecord>> links = new ArrayList<>();
    boolean tolerant;

    SourceHarness(boolean acknowledgesAtOnce) {
        producer = new MockProducer<>(acknowledgesAtOnce, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    SourceTaskSettings settings() {
        ErrorPolicy policy = new ErrorPolicy(0, 60_000, tolerant, false, false);
        ErrorHandler errors = new ErrorHandler(ID, policy, List.of(), clock, counters);
        return SourceTaskSettings.of(ID, task, errors, policy, counters);
    }

    SourceTaskMachine machine(SourceTaskSettings settings, SourceDelivery delivery) {
        StringConverter keys = new StringConverter();
        keys.configure(Map.of(), true);
        StringConverter values = new StringConverter();
        values.configure(Map.of(), false);
        return new SourceTaskMachine(
                settings,
                new Transformations<>(links),
                new Converters(keys, values, new SimpleHeaderConverter()),
                delivery,
                ensured::add,
                topicsInUse::add);
    }

    void transform(Transformation<SourceRecord> transformation) {
        links.add(new Transformations.Link<>(transformation, null, false));
    }

    List<String> sentValues() {
        return values(producer.history());
    }

    static List<String> values(List<ProducerRecord<byte[], byte[]>> records) {
        return records.stream()
                .filter(record -> record.topic().equals("lines"))
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    /** A transformation that is a function. */
    static Transformation<SourceRecord> transformation(UnaryOperator<SourceRecord> function) {
        return new Transformation<>() {
            @Override
            public SourceRecord apply(SourceRecord record) {
                return function.apply(record);
            }

            @Override
            public ConfigDef config() {
                return new ConfigDef();
            }

            @Override
            public void configure(Map<String, ?> configs) {}

            @Override
            public void close() {}
        };
    }
}
