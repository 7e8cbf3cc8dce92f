package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.Conversation.LATEST;
import static dev.millrace.broker.reference.Conversation.manner;
import static org.apache.kafka.common.protocol.ApiKeys.ADD_OFFSETS_TO_TXN;
import static org.apache.kafka.common.protocol.ApiKeys.ADD_PARTITIONS_TO_TXN;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_PRODUCERS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_TRANSACTIONS;
import static org.apache.kafka.common.protocol.ApiKeys.END_TXN;
import static org.apache.kafka.common.protocol.ApiKeys.FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.FIND_COORDINATOR;
import static org.apache.kafka.common.protocol.ApiKeys.INIT_PRODUCER_ID;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_OFFSETS;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_TRANSACTIONS;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;
import static org.apache.kafka.common.protocol.ApiKeys.TXN_OFFSET_COMMIT;
import static org.apache.kafka.common.protocol.ApiKeys.WRITE_TXN_MARKERS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.InitProducerIdResponseData;

/**
 * Transactions as producers of the older protocol run them, partition by partition (TV1), and of the newer, which enrol by
 * writing and get a new epoch at each end (TV2, KIP-890).
 */
final class TransactionScripts {

    static final List<Script> ALL = List.of(
            new Script("producer ids", TransactionScripts::producerIds),
            new Script("transactions", TransactionScripts::transactions),
            new Script("transactions of the newer protocol", TransactionScripts::newerTransactions),
            new Script("transactions refused", TransactionScripts::refused));

    private TransactionScripts() {}

    static void awaitCoordinator(Conversation talk, String transactionalId) throws IOException {
        // Somebody else gets id 0, which elsewhere stands for none.
        talk.settle(
                "an id above 0",
                () -> talk.<InitProducerIdResponseData>aside(
                                        INIT_PRODUCER_ID, "{transactionalId:null,transactionTimeoutMs:60000}")
                                .producerId()
                        > 0);
        talk.settle("a coordinator of " + transactionalId, () -> {
            talk.aside(FIND_COORDINATOR, "{keyType:1,coordinatorKeys:['" + transactionalId + "']}");
            InitProducerIdResponseData begun = talk.aside(
                    INIT_PRODUCER_ID, "{transactionalId:'" + transactionalId + "',transactionTimeoutMs:60000}");
            return begun.errorCode() == 0;
        });
    }

    private static void producerIds(Conversation talk) throws IOException {
        awaitCoordinator(talk, "ids-a");
        talk.ask("without a transactional id", INIT_PRODUCER_ID, "{transactionalId:null,transactionTimeoutMs:60000}");
        talk.ask("with one", INIT_PRODUCER_ID, 0, 2, "{transactionalId:'ids-a',transactionTimeoutMs:60000}");
        talk.ask("of no name", INIT_PRODUCER_ID, "{transactionalId:'',transactionTimeoutMs:60000}");
        talk.ask("with a timeout of nothing", INIT_PRODUCER_ID, "{transactionalId:'ids-a',transactionTimeoutMs:0}");
        talk.ask(
                "with too long a timeout", INIT_PRODUCER_ID, "{transactionalId:'ids-a',transactionTimeoutMs:99999999}");
        talk.ask(
                "an epoch without an id",
                INIT_PRODUCER_ID,
                3,
                LATEST,
                "{transactionalId:'ids-a',transactionTimeoutMs:60000,producerEpoch:3}");
        talk.ask(
                "an id without an epoch",
                INIT_PRODUCER_ID,
                3,
                LATEST,
                "{transactionalId:'ids-a',transactionTimeoutMs:60000,producerId:3}");
        talk.ask(
                "another's id",
                INIT_PRODUCER_ID,
                3,
                LATEST,
                "{transactionalId:'ids-a',transactionTimeoutMs:60000,producerId:99999,producerEpoch:0}");
    }

    private static void transactions(Conversation talk) throws IOException {
        Uuid id = talk.topic("transacted-a", 2, "retention.ms", "-1");
        for (int version = 0; version <= 3; version++) {
            String name = "transacted-" + version;
            awaitCoordinator(talk, name);
            InitProducerIdResponseData producer = talk.one(
                    "begun " + version,
                    INIT_PRODUCER_ID,
                    4,
                    "{transactionalId:'" + name + "',transactionTimeoutMs:60000}");
            String who = "transactionalId:'%s',producerId:%d,producerEpoch:%d"
                    .formatted(name, producer.producerId(), producer.producerEpoch());
            talk.one(
                    "a partition joins",
                    ADD_PARTITIONS_TO_TXN,
                    version,
                    "{v3AndBelowTransactionalId:'%s',v3AndBelowProducerId:%d,v3AndBelowProducerEpoch:%d,v3AndBelowTopics:[{name:'transacted-a',partitions:[0]}]}"
                            .formatted(name, producer.producerId(), producer.producerEpoch()));
            talk.one(
                    "with one that is not there",
                    ADD_PARTITIONS_TO_TXN,
                    version,
                    "{v3AndBelowTransactionalId:'%s',v3AndBelowProducerId:%d,v3AndBelowProducerEpoch:%d,v3AndBelowTopics:[{name:'transacted-a',partitions:[1,9]}]}"
                            .formatted(name, producer.producerId(), producer.producerEpoch()));
            talk.one(
                    "records " + version,
                    PRODUCE,
                    11,
                    RecordScripts.produceTo(
                                    "transacted-a",
                                    id,
                                    0,
                                    -1,
                                    RecordScripts.batch(
                                            producer.producerId(), producer.producerEpoch(), 0, true, "a", "b"))
                            .replace("{acks", "{transactionalId:'" + name + "',acks"));
            talk.one(
                    "described " + version,
                    DESCRIBE_TRANSACTIONS,
                    "{transactionalIds:['" + name + "','transacted-none']}");
            talk.one(
                    "its producers " + version,
                    DESCRIBE_PRODUCERS,
                    0,
                    "{topics:[{name:'transacted-a',partitionIndexes:[0,1]}]}",
                    manner().seenAs(TransactionScripts::ofTheOpenTransaction));
            talk.one(
                    "the stable end while it is open " + version,
                    LIST_OFFSETS,
                    9,
                    "{replicaId:-1,isolationLevel:1,topics:[{name:'transacted-a',partitions:[{partitionIndex:0,timestamp:-1}]}]}");
            GroupScripts.awaitCoordinator(talk, "transacted-group");
            talk.one("offsets join", ADD_OFFSETS_TO_TXN, version, "{" + who + ",groupId:'transacted-group'}");
            talk.one(
                    "offsets committed",
                    TXN_OFFSET_COMMIT,
                    version,
                    offsets(who, "transacted-group", "transacted-a", 5));
            talk.one("offsets while it is open " + version, OFFSET_FETCH, 9, """
                    {requireStable:true,groups:[{groupId:'transacted-group',
                      topics:[{name:'transacted-a',partitionIndexes:[0,1]}]}]}""");
            talk.one("ended " + version, END_TXN, version, "{" + who + ",committed:" + (version % 2 == 0) + "}");
            talk.one(
                    "ended again " + version,
                    END_TXN,
                    version,
                    "{" + who + ",committed:" + (version % 2 == 0) + "}",
                    manner().until(answer ->
                            ((org.apache.kafka.common.message.EndTxnResponseData) answer).errorCode() != 51));
            talk.one(
                    "ended otherwise " + version,
                    END_TXN,
                    version,
                    "{" + who + ",committed:" + (version % 2 == 1) + "}",
                    manner().until(answer ->
                            ((org.apache.kafka.common.message.EndTxnResponseData) answer).errorCode() != 51));
            talk.one(
                    "described when it has ended " + version,
                    DESCRIBE_TRANSACTIONS,
                    0,
                    "{transactionalIds:['" + name + "']}",
                    manner().until(answer -> ((DescribeTransactionsResponseData) answer)
                            .transactionStates()
                            .get(0)
                            .transactionState()
                            .startsWith("Complete")));
        }
        String fetch =
                "{maxWaitMs:0,minBytes:0,maxBytes:10000000,isolationLevel:%d,topics:[{topic:'transacted-a',topicId:'"
                        + id + "',partitions:[{partition:0,fetchOffset:0,partitionMaxBytes:1000000}]}]}";
        talk.ask("all records", FETCH, 4, LATEST, fetch.formatted(0));
        talk.ask("what is committed", FETCH, 4, LATEST, fetch.formatted(1));
        talk.ask(
                "transactions there are",
                LIST_TRANSACTIONS,
                0,
                LATEST,
                "{}",
                manner().seenAs(TransactionScripts::ofThisScript));
        talk.ask(
                "that are committed",
                LIST_TRANSACTIONS,
                0,
                LATEST,
                "{stateFilters:['CompleteCommit']}",
                manner().seenAs(TransactionScripts::ofThisScript));
        talk.ask(
                "in a state nobody knows",
                LIST_TRANSACTIONS,
                0,
                LATEST,
                "{stateFilters:['Nope']}",
                manner().seenAs(TransactionScripts::ofThisScript));
        talk.ask("of a producer that is none", LIST_TRANSACTIONS, 0, LATEST, "{producerIdFilters:[987654]}");
        talk.ask(
                "that last",
                LIST_TRANSACTIONS,
                1,
                LATEST,
                "{durationFilter:99999999}",
                manner().seenAs(TransactionScripts::ofThisScript));
        talk.ask(
                "of names alike",
                LIST_TRANSACTIONS,
                2,
                LATEST,
                "{transactionalIdPattern:'transacted-[01]'}",
                manner().seenAs(TransactionScripts::ofThisScript));
        talk.ask("of a pattern that is none", LIST_TRANSACTIONS, 2, LATEST, "{transactionalIdPattern:'transacted-['}");
        talk.ask(
                "of all names",
                LIST_TRANSACTIONS,
                2,
                LATEST,
                "{transactionalIdPattern:''}",
                manner().seenAs(TransactionScripts::ofThisScript));
    }

    private static String offsets(String who, String group, String topic, long offset) {
        return "{%s,groupId:'%s',topics:[{name:'%s',partitions:[{partitionIndex:0,committedOffset:%d},{partitionIndex:9,committedOffset:1}]}]}"
                .formatted(who, group, topic, offset);
    }

    private static void newerTransactions(Conversation talk) throws IOException {
        Uuid id = talk.topic("enrolled-a", 2, "retention.ms", "-1");
        awaitCoordinator(talk, "enrolled");
        GroupScripts.awaitCoordinator(talk, "enrolled-group");
        InitProducerIdResponseData begun =
                talk.one("begun", INIT_PRODUCER_ID, 5, "{transactionalId:'enrolled',transactionTimeoutMs:60000}");
        short epoch = begun.producerEpoch();
        String name = "transactionalId:'enrolled',producerId:" + begun.producerId() + ",producerEpoch:";
        talk.one("the end of nothing", END_TXN, 5, "{" + name + epoch + ",committed:true}");
        for (String end : new String[] {"commit", "abort"}) {
            InitProducerIdResponseData next = talk.one(
                    "before the " + end,
                    INIT_PRODUCER_ID,
                    5,
                    "{transactionalId:'enrolled',transactionTimeoutMs:60000}");
            epoch = next.producerEpoch();
            String who = name + epoch;
            talk.one(
                    "records before the " + end,
                    PRODUCE,
                    12,
                    RecordScripts.produceTo(
                                    "enrolled-a",
                                    id,
                                    0,
                                    -1,
                                    RecordScripts.batch(begun.producerId(), epoch, 0, true, "a", "b"))
                            .replace("{acks", "{transactionalId:'enrolled',acks"));
            talk.one(
                    "offsets before the " + end,
                    TXN_OFFSET_COMMIT,
                    5,
                    offsets(who, "enrolled-group", "enrolled-a", epoch));
            talk.one(
                    "what has joined before the " + end,
                    ADD_PARTITIONS_TO_TXN,
                    5,
                    "{transactions:[{%s,verifyOnly:true,topics:[{name:'enrolled-a',partitions:[0,1]}]}]}"
                            .formatted(who));
            talk.one("described before the " + end, DESCRIBE_TRANSACTIONS, "{transactionalIds:['enrolled']}");
            String ending = "{" + who + ",committed:" + end.equals("commit") + "}";
            talk.one("the " + end, END_TXN, 5, ending);
            talk.one(
                    "the " + end + " again",
                    END_TXN,
                    5,
                    ending,
                    manner().until(answer ->
                            ((org.apache.kafka.common.message.EndTxnResponseData) answer).errorCode() != 51));
            talk.one(
                    "records after the " + end,
                    PRODUCE,
                    12,
                    RecordScripts.produceTo(
                                    "enrolled-a",
                                    id,
                                    1,
                                    -1,
                                    RecordScripts.batch(begun.producerId(), epoch, 0, true, "late"))
                            .replace("{acks", "{transactionalId:'enrolled',acks"));
        }
        talk.one(
                "what is committed",
                FETCH,
                17,
                "{maxWaitMs:0,minBytes:0,maxBytes:10000000,isolationLevel:1,topics:[{topicId:'" + id
                        + "',partitions:[{partition:0,fetchOffset:0,partitionMaxBytes:1000000}]}]}");
        talk.one("offsets that are committed", OFFSET_FETCH, 9, """
                {requireStable:true,groups:[{groupId:'enrolled-group',topics:[{name:'enrolled-a',partitionIndexes:[0]}]}]}""");
    }

    private static JsonNode ofTheOpenTransaction(JsonNode answer) {
        answer.get("topics").forEach(topic -> topic.get("partitions").forEach(partition -> {
            for (Iterator<JsonNode> producers = ((ArrayNode) partition.get("activeProducers")).elements();
                    producers.hasNext(); ) {
                if (producers.next().get("currentTxnStartOffset").asLong() < 0) {
                    producers.remove();
                }
            }
        }));
        return answer;
    }

    private static JsonNode ofThisScript(JsonNode answer) {
        for (Iterator<JsonNode> all = ((ArrayNode) answer.get("transactionStates")).elements(); all.hasNext(); ) {
            if (!all.next().get("transactionalId").asText().startsWith("transacted-")) {
                all.remove();
            }
        }
        return answer;
    }

    private static void refused(Conversation talk) throws IOException {
        Uuid id = talk.topic("untransacted-a", 1, "retention.ms", "-1");
        awaitCoordinator(talk, "untransacted");
        awaitCoordinator(talk, "untransacted-none");
        String nobody = "transactionalId:'untransacted-nobody',producerId:99999,producerEpoch:0";
        String stranger = "transactionalId:'untransacted',producerId:99999,producerEpoch:0";
        talk.ask(
                "a partition of nobody",
                ADD_PARTITIONS_TO_TXN,
                0,
                3,
                "{v3AndBelowTransactionalId:'untransacted-nobody',v3AndBelowProducerId:99999,v3AndBelowTopics:[{name:'untransacted-a',partitions:[0]}]}");
        talk.ask(
                "a partition of a stranger",
                ADD_PARTITIONS_TO_TXN,
                0,
                3,
                "{v3AndBelowTransactionalId:'untransacted',v3AndBelowProducerId:99999,v3AndBelowTopics:[{name:'untransacted-a',partitions:[0]}]}");
        talk.ask(
                "partitions verified for nobody",
                ADD_PARTITIONS_TO_TXN,
                4,
                LATEST,
                "{transactions:[{" + nobody + ",verifyOnly:true,topics:[{name:'untransacted-a',partitions:[0]}]}]}");
        talk.ask("offsets of nobody", ADD_OFFSETS_TO_TXN, "{" + nobody + ",groupId:'g'}");
        talk.ask("offsets of a stranger", ADD_OFFSETS_TO_TXN, "{" + stranger + ",groupId:'g'}");
        talk.ask("the end of nobody's", END_TXN, "{" + nobody + ",committed:true}");
        talk.ask("the end of a stranger's", END_TXN, "{" + stranger + ",committed:true}");
        talk.ask("no transactional id", END_TXN, "{transactionalId:'',producerId:1,committed:true}");
        talk.ask(
                "records of nobody",
                PRODUCE,
                RecordScripts.produceTo(
                                "untransacted-a", id, 0, -1, RecordScripts.batch(99999, (short) 0, 0, true, "a"))
                        .replace("{acks", "{transactionalId:'untransacted-nobody',acks"));
        talk.ask(
                "transactional records of no transactional id",
                PRODUCE,
                RecordScripts.produceTo(
                        "untransacted-a", id, 0, -1, RecordScripts.batch(99999, (short) 0, 0, true, "a")));
        talk.ask(
                "markers of nobody",
                WRITE_TXN_MARKERS,
                "{markers:[{producerId:99999,producerEpoch:0,transactionResult:false,topics:[{name:'untransacted-none',partitionIndexes:[0]}]}]}");
        talk.ask("no markers", WRITE_TXN_MARKERS, "{markers:[]}");
        talk.ask("transactions of nobody", DESCRIBE_TRANSACTIONS, "{transactionalIds:['untransacted-nobody']}");
        talk.ask("transactions of no name", DESCRIBE_TRANSACTIONS, "{transactionalIds:['']}");
        talk.ask(
                "committed offsets of nobody",
                TXN_OFFSET_COMMIT,
                "{" + nobody
                        + ",groupId:'untransacted-group',topics:[{name:'untransacted-none',partitions:[{partitionIndex:0,committedOffset:1}]}]}");
    }
}
