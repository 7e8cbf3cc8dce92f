package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.Conversation.LATEST;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_RECORDS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_PRODUCERS;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_OFFSETS;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_FOR_LEADER_EPOCH;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Writing records, and what is to know of what was written. */
final class RecordScripts {

    static final List<Script> ALL = List.of(
            new Script("produce", RecordScripts::produce),
            new Script("produce refused", RecordScripts::produceRefused),
            new Script("idempotence", RecordScripts::idempotence),
            new Script("list offsets", RecordScripts::listOffsets),
            new Script("leader epochs", RecordScripts::leaderEpochs),
            new Script("delete records", RecordScripts::deleteRecords));

    /** Of records whose time is compared. */
    static final long TIMESTAMP = 1_700_000_000_000L;

    private RecordScripts() {}

    /** A batch as it goes into a request: each value of a key of its own. */
    static String batch(String... values) {
        return batch(RecordBatch.NO_PRODUCER_ID, (short) -1, -1, false, values);
    }

    static String batch(long producerId, short epoch, int sequence, boolean transactional, String... values) {
        return text(records(producerId, epoch, sequence, transactional, values));
    }

    private static ByteBuffer records(
            long producerId, short epoch, int sequence, boolean transactional, String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(TIMESTAMP + i * 1000L, ("k" + i).getBytes(), values[i].getBytes());
        }
        MemoryRecords batch = transactional
                ? MemoryRecords.withTransactionalRecords(Compression.NONE, producerId, epoch, sequence, records)
                : MemoryRecords.withIdempotentRecords(Compression.NONE, producerId, epoch, sequence, records);
        return batch.buffer();
    }

    private static String text(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return "'" + Base64.getEncoder().encodeToString(copy) + "'";
    }

    /** A request that has the topic both ways: each version takes the one that it knows. */
    static String produceTo(String topic, Uuid id, int partition, int acks, String records) {
        return "{acks:%d,timeoutMs:30000,topicData:[{name:'%s',topicId:'%s',partitionData:[{index:%d,records:%s}]}]}"
                .formatted(acks, topic, id, partition, records);
    }

    /** One batch in partition 0. */
    static void fill(Conversation talk, String topic, String... values) throws IOException {
        talk.aside(PRODUCE, produceTo(topic, talk.topicId(topic), 0, -1, batch(values)));
    }

    private static void produce(Conversation talk) throws IOException {
        Uuid id = talk.topic("produced-a", 2, "retention.ms", "-1");
        Uuid stamped = talk.topic("produced-stamped", 1, "message.timestamp.type", "LogAppendTime");
        talk.ask("a batch, for all", PRODUCE, produceTo("produced-a", id, 0, -1, batch("one", "two")));
        talk.ask("a batch, for the leader", PRODUCE, produceTo("produced-a", id, 1, 1, batch("one")));
        talk.ask("a batch the broker stamps", PRODUCE, produceTo("produced-stamped", stamped, 0, -1, batch("one")));
        talk.ask(
                "two partitions",
                PRODUCE,
                "{acks:-1,timeoutMs:30000,topicData:[{name:'produced-a',topicId:'%s',partitionData:[{index:0,records:%s},{index:1,records:%s}]}]}"
                        .formatted(id, batch("a"), batch("b")));
        talk.ask("nothing", PRODUCE, "{acks:-1,timeoutMs:30000,topicData:[]}");
        for (Compression compression : List.of(
                Compression.gzip().build(),
                Compression.snappy().build(),
                Compression.lz4().build(),
                Compression.zstd().build())) {
            MemoryRecords compressed = MemoryRecords.withRecords(
                    compression, new SimpleRecord(TIMESTAMP, "k".getBytes(), "packed".getBytes()));
            talk.ask(
                    "packed by " + compression.type().name,
                    PRODUCE,
                    produceTo("produced-a", id, 0, -1, text(compressed.buffer())));
        }
    }

    private static void produceRefused(Conversation talk) throws IOException {
        Uuid id = talk.topic("refused-a", 1, "retention.ms", "-1", "max.message.bytes", "1000");
        Uuid compacted = talk.topic("refused-compacted", 1, "cleanup.policy", "compact");
        Uuid strict = talk.topic("refused-strict", 1, "message.timestamp.before.max.ms", "1000");
        Uuid none = new Uuid(7, 7);
        talk.dropTopic("refused-none");
        talk.ask("a topic that is not there", PRODUCE, produceTo("refused-none", none, 0, -1, batch("one")));
        talk.ask("a partition that is not there", PRODUCE, produceTo("refused-a", id, 9, -1, batch("one")));
        talk.ask("acknowledged by five", PRODUCE, produceTo("refused-a", id, 0, 5, batch("one")));
        talk.ask("too large", PRODUCE, produceTo("refused-a", id, 0, -1, batch("x".repeat(1200))));
        ByteBuffer corrupt = records(-1, (short) -1, -1, false, "one");
        corrupt.put(corrupt.limit() - 1, (byte) 9);
        talk.ask("corrupt", PRODUCE, produceTo("refused-a", id, 0, -1, text(corrupt)));
        talk.one("no records", PRODUCE, produceTo("refused-a", id, 0, -1, "null"));
        talk.ask("an empty set of records", PRODUCE, produceTo("refused-a", id, 0, -1, "''"));
        ByteBuffer one = records(-1, (short) -1, -1, false, "one");
        ByteBuffer two =
                ByteBuffer.allocate(2 * one.remaining()).put(one.duplicate()).put(one.duplicate());
        talk.ask("two batches", PRODUCE, produceTo("refused-a", id, 0, -1, text(two.flip())));
        ByteBuffer half = records(-1, (short) -1, -1, false, "one", "two");
        half.limit(half.limit() - 10);
        talk.ask("half a batch", PRODUCE, produceTo("refused-a", id, 0, -1, text(half)));
        ByteBuffer old = MemoryRecords.withRecords(
                        RecordBatch.MAGIC_VALUE_V1,
                        Compression.NONE,
                        new SimpleRecord(TIMESTAMP, "k".getBytes(), "v".getBytes()))
                .buffer();
        talk.ask("an old format", PRODUCE, produceTo("refused-a", id, 0, -1, text(old)));
        List<SimpleRecord> keyless = new ArrayList<>();
        keyless.add(new SimpleRecord(TIMESTAMP, "k".getBytes(), "v".getBytes()));
        keyless.add(new SimpleRecord(TIMESTAMP, null, "v".getBytes()));
        ByteBuffer withoutKey = MemoryRecords.withRecords(Compression.NONE, keyless.toArray(new SimpleRecord[0]))
                .buffer();
        talk.ask(
                "without a key where that is needed",
                PRODUCE,
                produceTo("refused-compacted", compacted, 0, -1, text(withoutKey)));
        talk.ask("too old", PRODUCE, produceTo("refused-strict", strict, 0, -1, batch("one")));
        talk.ask(
                "a control batch",
                PRODUCE,
                produceTo(
                        "refused-a",
                        id,
                        0,
                        -1,
                        text(MemoryRecords.withEndTransactionMarker(
                                        5,
                                        (short) 0,
                                        new org.apache.kafka.common.record.internal.EndTransactionMarker(
                                                org.apache.kafka.common.record.internal.ControlRecordType.COMMIT, 0))
                                .buffer())));
    }

    private static void idempotence(Conversation talk) throws IOException {
        Uuid id = talk.topic("idempotent-a", 1, "retention.ms", "-1");
        short epoch = 3;
        talk.one(
                "a first batch", PRODUCE, produceTo("idempotent-a", id, 0, -1, batch(4000, epoch, 0, false, "a", "b")));
        talk.one("the next", PRODUCE, produceTo("idempotent-a", id, 0, -1, batch(4000, epoch, 2, false, "c")));
        talk.one("the next again", PRODUCE, produceTo("idempotent-a", id, 0, -1, batch(4000, epoch, 2, false, "c")));
        talk.one("one with a gap", PRODUCE, produceTo("idempotent-a", id, 0, -1, batch(4000, epoch, 9, false, "d")));
        talk.one(
                "an older epoch", PRODUCE, produceTo("idempotent-a", id, 0, -1, batch(4000, (short) 2, 3, false, "d")));
        talk.one(
                "a newer epoch not from 0",
                PRODUCE,
                produceTo("idempotent-a", id, 0, -1, batch(4000, (short) 4, 3, false, "d")));
        talk.one("a newer epoch", PRODUCE, produceTo("idempotent-a", id, 0, -1, batch(4000, (short) 4, 0, false, "d")));
        talk.one(
                "another producer, not from 0",
                PRODUCE,
                produceTo("idempotent-a", id, 0, -1, batch(4001, (short) 0, 7, false, "e")));
        for (int i = 1; i <= 6; i++) {
            talk.one(
                    "batch " + i, PRODUCE, produceTo("idempotent-a", id, 0, -1, batch(4000, (short) 4, i, false, "f")));
        }
        talk.one(
                "the fifth last again",
                PRODUCE,
                produceTo("idempotent-a", id, 0, -1, batch(4000, (short) 4, 2, false, "f")));
        talk.one(
                "the sixth last again",
                PRODUCE,
                produceTo("idempotent-a", id, 0, -1, batch(4000, (short) 4, 1, false, "f")));
        talk.ask(
                "who writes",
                DESCRIBE_PRODUCERS,
                "{topics:[{name:'idempotent-a',partitionIndexes:[0,9]},{name:'nope',partitionIndexes:[0]}]}");
    }

    private static void listOffsets(Conversation talk) throws IOException {
        talk.topic("offsets-a", 2, "retention.ms", "-1");
        fill(talk, "offsets-a", "a", "b", "c");
        fill(talk, "offsets-a", "d", "e");
        String[][] steps = {
            {"1", "the end", "-1"},
            {"1", "the start", "-2"},
            {"7", "the record of the latest time", "-3"},
            {"8", "the start here", "-4"},
            {"9", "the end elsewhere", "-5"},
            {"11", "the first that is to go elsewhere", "-6"},
            {"1", "a special time nobody knows", "-7"},
            {"1", "a time before all", "1"},
            {"1", "the time of a record", Long.toString(TIMESTAMP + 1000)},
            {"1", "a time between records", Long.toString(TIMESTAMP + 1001)},
            {"1", "a time after all", Long.toString(TIMESTAMP + 99_000)},
        };
        for (String[] step : steps) {
            talk.ask(step[1], LIST_OFFSETS, Integer.parseInt(step[0]), LATEST, offsets(0, "timestamp:" + step[2]));
            talk.ask(
                    step[1] + ", where nothing is",
                    LIST_OFFSETS,
                    Integer.parseInt(step[0]),
                    LATEST,
                    offsets(1, "timestamp:" + step[2]));
        }
        for (int[] late : new int[][] {{-3, 1, 6}, {-4, 1, 7}, {-5, 1, 8}, {-6, 1, 10}}) {
            talk.ask(
                    "time " + late[0] + " before its version",
                    LIST_OFFSETS,
                    late[1],
                    late[2],
                    offsets(0, "timestamp:" + late[0]));
        }
        talk.ask(
                "of a reader of what is committed",
                LIST_OFFSETS,
                2,
                LATEST,
                offsets(0, "timestamp:-1").replace("replicaId:-1", "replicaId:-1,isolationLevel:1"));
        talk.ask("of a follower", LIST_OFFSETS, offsets(0, "timestamp:-1").replace("replicaId:-1", "replicaId:1"));
        talk.ask(
                "of a leader epoch that is over",
                LIST_OFFSETS,
                4,
                LATEST,
                offsets(0, "currentLeaderEpoch:0,timestamp:-1"));
        talk.ask("of a leader epoch to come", LIST_OFFSETS, 4, LATEST, offsets(0, "currentLeaderEpoch:9,timestamp:-1"));
        talk.ask("of a partition that is not there", LIST_OFFSETS, offsets(9, "timestamp:-1"));
        talk.ask(
                "of a topic that is not there",
                LIST_OFFSETS,
                offsets(0, "timestamp:-1").replace("offsets-a", "offsets-none"));
        talk.ask(
                "of one partition twice",
                LIST_OFFSETS,
                "{replicaId:-1,topics:[{name:'offsets-a',partitions:[{partitionIndex:0,timestamp:-1},{partitionIndex:0,timestamp:-2}]}]}");
    }

    private static String offsets(int partition, String wanted) {
        return "{replicaId:-1,topics:[{name:'offsets-a',partitions:[{partitionIndex:%d,%s}]}]}"
                .formatted(partition, wanted);
    }

    private static void leaderEpochs(Conversation talk) throws IOException {
        talk.topic("epochs-a", 2, "retention.ms", "-1");
        fill(talk, "epochs-a", "a", "b", "c");
        String[][] steps = {
            {"the current epoch", "partition:0,leaderEpoch:0"},
            {"an epoch to come", "partition:0,leaderEpoch:5"},
            {"no epoch", "partition:0,leaderEpoch:-1"},
            {"an epoch that can't be", "partition:0,leaderEpoch:-2"},
            {"the current epoch, known to the client", "partition:0,currentLeaderEpoch:0,leaderEpoch:0"},
            {"a client ahead", "partition:0,currentLeaderEpoch:5,leaderEpoch:0"},
            {"where nothing is", "partition:1,leaderEpoch:0"},
            {"a partition that is not there", "partition:9,leaderEpoch:0"},
        };
        for (String[] step : steps) {
            talk.ask(
                    step[0],
                    OFFSET_FOR_LEADER_EPOCH,
                    "{replicaId:-1,topics:[{topic:'epochs-a',partitions:[{" + step[1] + "}]}]}");
        }
        talk.ask(
                "a topic that is not there",
                OFFSET_FOR_LEADER_EPOCH,
                "{replicaId:-1,topics:[{topic:'epochs-none',partitions:[{partition:0,leaderEpoch:0}]}]}");
        talk.ask(
                "for debugging",
                OFFSET_FOR_LEADER_EPOCH,
                3,
                LATEST,
                "{replicaId:-2,topics:[{topic:'epochs-a',partitions:[{partition:0,leaderEpoch:0}]}]}");
        talk.ask(
                "for a follower that is none",
                OFFSET_FOR_LEADER_EPOCH,
                3,
                LATEST,
                "{replicaId:9,topics:[{topic:'epochs-a',partitions:[{partition:0,leaderEpoch:0}]}]}");
    }

    private static void deleteRecords(Conversation talk) throws IOException {
        for (int version = 0; version <= DELETE_RECORDS.latestVersion(); version++) {
            talk.topic("deleted-" + version, 2, "retention.ms", "-1");
            fill(talk, "deleted-" + version, "a", "b", "c", "d", "e");
        }
        String[][] steps = {
            {"up to an offset", "partitionIndex:0,offset:2"},
            {"up to the same again", "partitionIndex:0,offset:2"},
            {"up to one before that", "partitionIndex:0,offset:1"},
            {"up to beyond the end", "partitionIndex:0,offset:99"},
            {"up to an offset that can't be", "partitionIndex:0,offset:-2"},
            {"up to the end", "partitionIndex:0,offset:-1"},
            {"where nothing is", "partitionIndex:1,offset:0"},
            {"of a partition that is not there", "partitionIndex:9,offset:0"},
        };
        for (String[] step : steps) {
            talk.ask(
                    step[0],
                    DELETE_RECORDS,
                    "{timeoutMs:30000,topics:[{name:'deleted-#',partitions:[{" + step[1] + "}]}]}");
        }
        talk.ask(
                "of a topic that is not there",
                DELETE_RECORDS,
                "{timeoutMs:30000,topics:[{name:'deleted-none',partitions:[{partitionIndex:0,offset:0}]}]}");
        talk.topic("deleted-compacted", 1, "cleanup.policy", "compact");
        talk.ask(
                "of a compacted topic",
                DELETE_RECORDS,
                "{timeoutMs:30000,topics:[{name:'deleted-compacted',partitions:[{partitionIndex:0,offset:0}]}]}");
        GroupScripts.awaitCoordinator(talk, "deleted");
        talk.ask(
                "of a coordinator's topic",
                DELETE_RECORDS,
                "{timeoutMs:30000,topics:[{name:'__consumer_offsets',partitions:[{partitionIndex:0,offset:0}]}]}");
        talk.ask("none", DELETE_RECORDS, "{timeoutMs:30000}");
    }
}
