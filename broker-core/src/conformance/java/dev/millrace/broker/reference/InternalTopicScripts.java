package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.Conversation.LATEST;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_RECORDS;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_PRODUCERS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_TOPIC_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.FIND_COORDINATOR;
import static org.apache.kafka.common.protocol.ApiKeys.INCREMENTAL_ALTER_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_OFFSETS;
import static org.apache.kafka.common.protocol.ApiKeys.METADATA;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_FOR_LEADER_EPOCH;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;
import static org.apache.kafka.common.protocol.ApiKeys.WRITE_TXN_MARKERS;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.Uuid;

/** Topics of the broker's own, which clients are kept from, and the markers of transactions, which brokers send. */
final class InternalTopicScripts {

    static final List<Script> ALL = List.of(
            new Script("internal topics", InternalTopicScripts::internal),
            new Script("markers", InternalTopicScripts::markers));

    private InternalTopicScripts() {}

    private static void internal(Conversation talk) throws IOException {
        GroupScripts.awaitCoordinator(talk, "internal");
        TransactionScripts.awaitCoordinator(talk, "internal");
        Uuid id = talk.topicId("__consumer_offsets");
        talk.ask(
                "records of a coordinator's topic",
                PRODUCE,
                RecordScripts.produceTo("__consumer_offsets", id, 0, -1, RecordScripts.batch("a")));
        String[] names = {"__cluster_metadata", "__consumer_offsets"};
        for (String name : names) {
            talk.ask(
                    "made: " + name,
                    CREATE_TOPICS,
                    "{topics:[{name:'%s',numPartitions:1,replicationFactor:1}]}".formatted(name));
            talk.ask(
                    "only to see: made: " + name,
                    CREATE_TOPICS,
                    "{validateOnly:true,topics:[{name:'%s',numPartitions:1,replicationFactor:1}]}".formatted(name));
        }
        String metadata = "__cluster_metadata";
        talk.ask(
                "more partitions of the metadata",
                CREATE_PARTITIONS,
                "{timeoutMs:30000,topics:[{name:'%s',count:3,assignments:null}]}".formatted(metadata));
        talk.ask("the metadata deleted", DELETE_TOPICS, 1, 5, "{topicNames:['%s'],timeoutMs:1000}".formatted(metadata));
        talk.ask(
                "records of the metadata deleted",
                DELETE_RECORDS,
                "{topics:[{name:'%s',partitions:[{partitionIndex:0,offset:1}]}],timeoutMs:1000}".formatted(metadata));
        for (boolean make : new boolean[] {false, true}) {
            talk.ask(
                    "where the metadata is" + (make ? ", made if need be" : ""),
                    METADATA,
                    4,
                    LATEST,
                    "{allowAutoTopicCreation:%s,topics:[{name:'%s'}]}".formatted(make, metadata));
            talk.ask(
                    "where a topic is whose name can be none" + (make ? ", made if need be" : ""),
                    METADATA,
                    4,
                    LATEST,
                    "{allowAutoTopicCreation:%s,topics:[{name:'..'}]}".formatted(make));
        }
        talk.ask("described", DESCRIBE_TOPIC_PARTITIONS, "{topics:[{name:'%s'}]}".formatted(metadata));
        talk.ask(
                "its end",
                LIST_OFFSETS,
                "{replicaId:-1,topics:[{name:'%s',partitions:[{partitionIndex:0,timestamp:-1}]}]}".formatted(metadata));
        talk.ask(
                "its epochs",
                OFFSET_FOR_LEADER_EPOCH,
                "{replicaId:-1,topics:[{topic:'%s',partitions:[{partition:0,leaderEpoch:0}]}]}".formatted(metadata));
        talk.ask(
                "its records",
                FETCH,
                4,
                12,
                "{maxWaitMs:0,minBytes:0,maxBytes:1000,topics:[{topic:'%s',partitions:[{partition:0,partitionMaxBytes:1000}]}]}"
                        .formatted(metadata));
        talk.ask(
                "who writes it",
                DESCRIBE_PRODUCERS,
                "{topics:[{name:'%s',partitionIndexes:[0]},{name:'a/b',partitionIndexes:[0]}]}".formatted(metadata));
        talk.ask("its settings", DESCRIBE_CONFIGS, ConfigScripts.describe(2, metadata, ""));
        talk.ask(
                "its settings altered",
                INCREMENTAL_ALTER_CONFIGS,
                ConfigScripts.alter(2, metadata, "retention.ms set 70000"));
        talk.ask("coordinator of a group of no name", FIND_COORDINATOR, 0, 3, "{key:''}");
        talk.ask("coordinator of a group of no name", FIND_COORDINATOR, 4, LATEST, "{coordinatorKeys:['']}");
        talk.ask("coordinator of a producer of no name", FIND_COORDINATOR, 1, 3, "{key:'',keyType:1}");
        talk.ask(
                "coordinator of a producer of no name",
                FIND_COORDINATOR,
                4,
                LATEST,
                "{coordinatorKeys:[''],keyType:1}");
    }

    private static void markers(Conversation talk) throws IOException {
        talk.topic("markers-a", 2, "retention.ms", "-1");
        String[][] steps = {
            {"of an unknown producer", "producerEpoch:3,coordinatorEpoch:5,transactionResult:true", "markers-a", "0"},
            {"again", "producerEpoch:3,coordinatorEpoch:5,transactionResult:true", "markers-a", "0"},
            {
                "of a coordinator that is over",
                "producerEpoch:3,coordinatorEpoch:4,transactionResult:true",
                "markers-a",
                "0"
            },
            {"of an epoch that is over", "producerEpoch:2,coordinatorEpoch:5,transactionResult:false", "markers-a", "0"
            },
            {"of a later epoch", "producerEpoch:9,coordinatorEpoch:5,transactionResult:false", "markers-a", "0"},
            {"of a later coordinator", "producerEpoch:9,coordinatorEpoch:6,transactionResult:false", "markers-a", "0"},
            {"of two partitions", "producerEpoch:9,coordinatorEpoch:6,transactionResult:false", "markers-a", "0,1"},
            {
                "of one that is not there",
                "producerEpoch:9,coordinatorEpoch:6,transactionResult:false",
                "markers-a",
                "1,9"
            },
            {
                "of a topic that is not there",
                "producerEpoch:9,coordinatorEpoch:6,transactionResult:true",
                "markers-none",
                "0"
            },
        };
        for (String[] step : steps) {
            talk.ask(
                    step[0],
                    WRITE_TXN_MARKERS,
                    "{markers:[{producerId:7777#,%s,topics:[{name:'%s',partitionIndexes:[%s]}]}]}"
                            .formatted(step[1], step[2], step[3]));
        }
    }
}
