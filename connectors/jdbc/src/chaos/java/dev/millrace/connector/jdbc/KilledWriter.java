package dev.millrace.connector.jdbc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A process that writes an endless topic into an H2 file through the sink until it is killed, and prints each offset that is
 * acknowledged. It begins where the sink asks it to, else at 0: its "worker" has committed nothing, ever.
 */
public final class KilledWriter {

    private static final Schema ROW = SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field("text", Schema.STRING_SCHEMA)
            .build();

    private KilledWriter() {}

    /** @param arguments the database's URL and the number of records in a batch */
    public static void main(String[] arguments) {
        Map<String, String> settings = new HashMap<>();
        settings.put("name", "killed");
        settings.put("connection.url", arguments[0]);
        settings.put("auto.create", "true");
        settings.put("quote.sql.identifiers", "never");
        Worker worker = Worker.strict();
        TopicPartition partition = new TopicPartition("rows", 0);
        JdbcSinkTask task = worker.start(settings, partition);
        int batch = Integer.parseInt(arguments[1]);
        long offset = worker.rewinds.getOrDefault(partition, 0L);
        while (true) {
            List<SinkRecord> records = new ArrayList<>();
            for (int i = 0; i < batch; i++, offset++) {
                Struct value = new Struct(ROW).put("id", offset).put("text", "row " + offset);
                records.add(new SinkRecord("rows", 0, null, null, ROW, value, offset));
            }
            task.put(records);
            System.out.println(offset - 1);
        }
    }
}
