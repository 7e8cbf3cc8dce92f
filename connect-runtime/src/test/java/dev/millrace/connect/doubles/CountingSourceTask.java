package dev.millrace.connect.doubles;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/** See {@link CountingSourceConnector}. Keys are the task's number, values the numbers, both as text. */
public final class CountingSourceTask extends SourceTask {

    private String task = "";
    private String topic = "";
    private String secret = "";
    private long count;
    private int batch;
    private int commitEvery;
    private long failAt;
    private long next;

    @Override
    public void start(Map<String, String> props) {
        AbstractConfig config = new AbstractConfig(CountingSourceConnector.DEFINITION, props, false);
        task = props.getOrDefault("task", "0");
        topic = config.getString("topic");
        secret = config.getString("secret");
        count = config.getLong("count");
        batch = config.getInt("batch");
        commitEvery = config.getInt("commit.every");
        failAt = config.getLong("fail.at");
        Map<String, Object> offset = context.offsetStorageReader().offset(partition());
        next = offset == null ? 0 : ((Number) offset.get("next")).longValue();
    }

    private Map<String, String> partition() {
        return Map.of("task", task);
    }

    @Override
    public List<SourceRecord> poll() throws InterruptedException {
        if (next >= count) {
            synchronized (this) {
                wait(5); // A source that has nothing waits a little, as it is asked to.
            }
            return null;
        }
        List<SourceRecord> records = new ArrayList<>();
        Map<String, String> partition = partition();
        for (int i = 0; i < batch && next < count; i++) {
            if (next == failAt) {
                throw new IllegalStateException("cannot count to " + failAt + " with " + secret);
            }
            SourceRecord record = new SourceRecord(
                    partition,
                    Map.of("next", next + 1),
                    topic,
                    Schema.STRING_SCHEMA,
                    task,
                    Schema.STRING_SCHEMA,
                    Long.toString(next));
            next++;
            records.add(record);
            if (commitEvery > 0 && (next % commitEvery == 0 || next == count)) {
                context.transactionContext().commitTransaction(record);
            }
        }
        return records;
    }

    @Override
    public void stop() {}

    @Override
    public String version() {
        return "1.2.3";
    }
}
