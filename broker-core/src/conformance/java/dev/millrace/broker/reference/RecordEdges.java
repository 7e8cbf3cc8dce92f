package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.Conversation.LATEST;
import static dev.millrace.broker.reference.Conversation.manner;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_RECORDS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_PRODUCERS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_TRANSACTIONS;
import static org.apache.kafka.common.protocol.ApiKeys.INIT_PRODUCER_ID;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_OFFSETS;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_TRANSACTIONS;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_FOR_LEADER_EPOCH;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;
import static org.apache.kafka.common.protocol.ApiKeys.WRITE_TXN_MARKERS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ListTransactionsResponseData;

/** Requests about records and transactions that name things twice, name nothing, or name what can't be. */
final class RecordEdges {

    static final List<Script> ALL = List.of(
            new Script("records at the edge", RecordEdges::records),
            new Script("offsets at the edge", RecordEdges::offsets),
            new Script("open transactions", RecordEdges::openTransactions));

    private RecordEdges() {}

    private static void records(Conversation talk) throws IOException {
        Uuid id = talk.topic("edge-records", 2, "retention.ms", "-1");
        String batch = RecordScripts.batch("a");
        String topic = "{name:'edge-records',topicId:'" + id + "',partitionData:[%s]}";
        String partition = "{index:%d,records:" + batch + "}";
        String request = "{acks:-1,timeoutMs:30000,topicData:[%s]}";
        talk.ask(
                "a partition below none",
                PRODUCE,
                3,
                LATEST,
                request.formatted(topic.formatted(partition.formatted(-1))));
        talk.ask(
                "one that is there and one that is not",
                PRODUCE,
                3,
                LATEST,
                request.formatted(topic.formatted(partition.formatted(0) + "," + partition.formatted(7))));
        talk.ask(
                "acknowledged by less than all",
                PRODUCE,
                3,
                LATEST,
                request.formatted(topic.formatted(partition.formatted(0))).replace("acks:-1", "acks:-2"));
        talk.ask(
                "in no time",
                PRODUCE,
                3,
                LATEST,
                request.formatted(topic.formatted(partition.formatted(0))).replace("timeoutMs:30000", "timeoutMs:0"));
        talk.ask(
                "to a name that can be none",
                PRODUCE,
                3,
                12,
                request.formatted(topic.formatted(partition.formatted(0)).replace("edge-records", "a/b")));
        talk.ask("to no partition", PRODUCE, 3, LATEST, request.formatted(topic.formatted("")));
        talk.ask(
                "to an id of zeros",
                PRODUCE,
                13,
                LATEST,
                request.formatted(
                        topic.formatted(partition.formatted(0)).replace(id.toString(), Uuid.ZERO_UUID.toString())));
        for (int version = 0; version <= DELETE_RECORDS.latestVersion(); version++) {
            talk.topic("edge-deleted-" + version, 2, "retention.ms", "-1");
            RecordScripts.fill(talk, "edge-deleted-" + version, "a", "b", "c");
        }
        String[][] deletions = {
            {"a partition twice", "partitions:[{partitionIndex:0,offset:1},{partitionIndex:0,offset:2}]"},
            {"no partition", "partitions:[]"},
            {"all where nothing is", "partitions:[{partitionIndex:1,offset:-1}]"},
            {"more than there is where nothing is", "partitions:[{partitionIndex:1,offset:1}]"},
            {
                "of one that is there and one that is not",
                "partitions:[{partitionIndex:0,offset:3},{partitionIndex:7,offset:0}]"
            },
            {"of a partition below none", "partitions:[{partitionIndex:-1,offset:0}]"},
            {"as far as can be", "partitions:[{partitionIndex:0,offset:9223372036854775807}]"},
        };
        for (String[] deletion : deletions) {
            talk.ask(
                    "deleted: " + deletion[0],
                    DELETE_RECORDS,
                    "{timeoutMs:30000,topics:[{name:'edge-deleted-#'," + deletion[1] + "}]}");
        }
        talk.ask(
                "deleted: of names that can be none",
                DELETE_RECORDS,
                "{timeoutMs:30000,topics:[{name:'',partitions:[{partitionIndex:0,offset:0}]},"
                        + "{name:'a/b',partitions:[{partitionIndex:0,offset:0}]}]}");
    }

    private static void offsets(Conversation talk) throws IOException {
        talk.topic("edge-offsets", 2, "retention.ms", "-1");
        RecordScripts.fill(talk, "edge-offsets", "a", "b", "c");
        RecordScripts.fill(talk, "edge-offsets", "d");
        talk.aside(
                DELETE_RECORDS,
                "{timeoutMs:30000,topics:[{name:'edge-offsets',partitions:[{partitionIndex:0,offset:2}]}]}");
        long time = RecordScripts.TIMESTAMP;
        String[][] wanted = {
            {"the start after records were deleted", "{partitionIndex:0,timestamp:-2}"},
            {"the start here after records were deleted", "{partitionIndex:0,timestamp:-4}"},
            {"the latest time after records were deleted", "{partitionIndex:0,timestamp:-3}"},
            {"the end elsewhere after records were deleted", "{partitionIndex:0,timestamp:-5}"},
            {"a time whose record was deleted", "{partitionIndex:0,timestamp:" + time + "}"},
            {"no time", "{partitionIndex:0,timestamp:0}"},
            {"the end of time", "{partitionIndex:0,timestamp:9223372036854775807}"},
            {"a partition below none", "{partitionIndex:-1,timestamp:-1}"},
            {"the latest time of nothing", "{partitionIndex:1,timestamp:-3}"},
            {
                "a partition that is there and one that is not",
                "{partitionIndex:0,timestamp:-1},{partitionIndex:9,timestamp:-1}"
            },
        };
        for (String[] one : wanted) {
            talk.ask(one[0], LIST_OFFSETS, "{replicaId:-1,topics:[{name:'edge-offsets',partitions:[" + one[1] + "]}]}");
            talk.ask(
                    one[0] + ", of what is committed",
                    LIST_OFFSETS,
                    2,
                    LATEST,
                    "{replicaId:-1,isolationLevel:1,topics:[{name:'edge-offsets',partitions:[" + one[1] + "]}]}");
        }
        talk.ask("of nothing", LIST_OFFSETS, "{replicaId:-1,topics:[]}");
        talk.ask("of no partition", LIST_OFFSETS, "{replicaId:-1,topics:[{name:'edge-offsets',partitions:[]}]}");
        talk.ask(
                "of names that can be none",
                LIST_OFFSETS,
                "{replicaId:-1,topics:[{name:'a/b',partitions:[{partitionIndex:0,timestamp:-1}]},"
                        + "{name:'',partitions:[{partitionIndex:0,timestamp:-1}]}]}");
        talk.ask(
                "for debugging",
                LIST_OFFSETS,
                "{replicaId:-2,topics:[{name:'edge-offsets',partitions:[{partitionIndex:0,timestamp:-1}]}]}");
        talk.ask(
                "for a follower that is none",
                LIST_OFFSETS,
                "{replicaId:9,topics:[{name:'edge-offsets',partitions:[{partitionIndex:0,timestamp:-1}]}]}");
        talk.ask(
                "of a topic twice",
                LIST_OFFSETS,
                "{replicaId:-1,topics:[{name:'edge-offsets',partitions:[{partitionIndex:0,timestamp:-1}]},"
                        + "{name:'edge-offsets',partitions:[{partitionIndex:1,timestamp:-1}]}]}");
        String[][] epochs = {
            {
                "a partition twice",
                "{topic:'edge-offsets',partitions:[{partition:0,leaderEpoch:0},{partition:0,leaderEpoch:5}]}"
            },
            {"no partition", "{topic:'edge-offsets',partitions:[]}"},
            {"a partition below none", "{topic:'edge-offsets',partitions:[{partition:-1,leaderEpoch:0}]}"},
            {"a client behind", "{topic:'edge-offsets',partitions:[{partition:0,currentLeaderEpoch:-2,leaderEpoch:0}]}"
            },
            {"the last epoch there can be", "{topic:'edge-offsets',partitions:[{partition:0,leaderEpoch:2147483647}]}"},
            {"a topic of no name", "{topic:'',partitions:[{partition:0,leaderEpoch:0}]}"},
            {"a topic of a name that can be none", "{topic:'a/b',partitions:[{partition:0,leaderEpoch:0}]}"},
        };
        for (String[] epoch : epochs) {
            talk.ask("epochs: " + epoch[0], OFFSET_FOR_LEADER_EPOCH, "{replicaId:-1,topics:[" + epoch[1] + "]}");
        }
        talk.ask("epochs: of nothing", OFFSET_FOR_LEADER_EPOCH, "{replicaId:-1,topics:[]}");
    }

    private static void openTransactions(Conversation talk) throws IOException {
        Uuid id = talk.topic("open-a", 1, "retention.ms", "-1");
        TransactionScripts.awaitCoordinator(talk, "open-1");
        TransactionScripts.awaitCoordinator(talk, "open-2");
        InitProducerIdResponseData producer =
                talk.one("begun", INIT_PRODUCER_ID, 5, "{transactionalId:'open-1',transactionTimeoutMs:60000}");
        talk.one(
                "records",
                PRODUCE,
                12,
                RecordScripts.produceTo(
                                "open-a",
                                id,
                                0,
                                -1,
                                RecordScripts.batch(producer.producerId(), producer.producerEpoch(), 0, true, "a"))
                        .replace("{acks", "{transactionalId:'open-1',acks"));
        String[][] filters = {
            {"that are open", "stateFilters:['Ongoing']"},
            {"in a state in small letters", "stateFilters:['ongoing']"},
            {"in a state twice", "stateFilters:['Ongoing','Ongoing']"},
            {"in states, one of which nobody knows", "stateFilters:['Ongoing','Nope']"},
            {"that are open or empty", "stateFilters:['Ongoing','Empty']"},
            {"of that producer", "producerIdFilters:[" + producer.producerId() + "]"},
            {
                "of that producer, that are over",
                "stateFilters:['CompleteAbort'],producerIdFilters:[" + producer.producerId() + "]"
            },
            {"of a producer below none", "producerIdFilters:[-1]"},
        };
        for (String[] filter : filters) {
            talk.ask("listed " + filter[0], LIST_TRANSACTIONS, "{" + filter[1] + "}", seen());
        }
        for (String duration : List.of("0", "-1", "-5", "9223372036854775807")) {
            talk.ask(
                    "listed that last " + duration,
                    LIST_TRANSACTIONS,
                    1,
                    LATEST,
                    "{durationFilter:" + duration + "}",
                    seen());
        }
        talk.one(
                "listed that last a little",
                LIST_TRANSACTIONS,
                2,
                "{durationFilter:1}",
                seen().until(answer -> ((ListTransactionsResponseData) answer)
                        .transactionStates().stream()
                                .anyMatch(state -> state.transactionalId().equals("open-1"))));
        String[][] patterns = {
            {"of the beginning of a name", "open"},
            {"of a name and more", "open-1x"},
            {"of a name", "open-1"},
            {"of any name", "open-.*"},
            {"of either name", "open-1|open-2"},
            {"of the end of a name", "-1"},
            {"of a name in capitals", "OPEN-1"},
            {"of a name in any case", "(?i)OPEN-1"},
            {"of a repetition that can't be", "*"},
            {"of a group that does not end", "("},
        };
        for (String[] pattern : patterns) {
            talk.ask(
                    "listed by a pattern " + pattern[0],
                    LIST_TRANSACTIONS,
                    2,
                    LATEST,
                    "{transactionalIdPattern:'" + pattern[1] + "'}",
                    seen());
        }
        talk.ask(
                "listed by a pattern of none",
                LIST_TRANSACTIONS,
                2,
                LATEST,
                "{transactionalIdPattern:null,stateFilters:['Ongoing']}",
                seen());
        talk.ask("described twice", DESCRIBE_TRANSACTIONS, "{transactionalIds:['open-1','open-1']}");
        talk.ask("described: none", DESCRIBE_TRANSACTIONS, "{transactionalIds:[]}");
        String[][] writers = {
            {"a partition twice", "{name:'open-a',partitionIndexes:[0,0]}"},
            {"no partition", "{name:'open-a',partitionIndexes:[]}"},
            {"a partition below none", "{name:'open-a',partitionIndexes:[-1]}"},
            {"a topic of no name", "{name:'',partitionIndexes:[0]}"},
        };
        for (String[] writer : writers) {
            talk.ask("writers: " + writer[0], DESCRIBE_PRODUCERS, "{topics:[" + writer[1] + "]}");
        }
        talk.ask("writers: of nothing", DESCRIBE_PRODUCERS, "{topics:[]}");
        talk.one(
                "aborted by an operator",
                WRITE_TXN_MARKERS,
                1,
                "{markers:[{producerId:%d,producerEpoch:%d,coordinatorEpoch:0,transactionResult:false,topics:[{name:'open-a',partitionIndexes:[0]}]}]}"
                        .formatted(producer.producerId(), producer.producerEpoch()));
        talk.one("writers after that", DESCRIBE_PRODUCERS, "{topics:[{name:'open-a',partitionIndexes:[0]}]}");
        talk.one(
                "begun anew",
                INIT_PRODUCER_ID,
                5,
                "{transactionalId:'open-1',transactionTimeoutMs:60000}",
                manner().until(answer -> ((InitProducerIdResponseData) answer).errorCode() == 0));
    }

    private static Conversation.Manner seen() {
        return manner().seenAs(answer -> {
            for (Iterator<JsonNode> all = ((ArrayNode) answer.get("transactionStates")).elements(); all.hasNext(); ) {
                if (!all.next().get("transactionalId").asText().startsWith("open-")) {
                    all.remove();
                }
            }
            return answer;
        });
    }
}
