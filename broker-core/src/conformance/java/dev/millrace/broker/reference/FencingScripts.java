package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.Conversation.LATEST;
import static dev.millrace.broker.reference.Conversation.manner;
import static org.apache.kafka.common.protocol.ApiKeys.ADD_OFFSETS_TO_TXN;
import static org.apache.kafka.common.protocol.ApiKeys.ADD_PARTITIONS_TO_TXN;
import static org.apache.kafka.common.protocol.ApiKeys.END_TXN;
import static org.apache.kafka.common.protocol.ApiKeys.INIT_PRODUCER_ID;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;
import static org.apache.kafka.common.protocol.ApiKeys.TXN_OFFSET_COMMIT;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiMessage;

/** Transactional producers whose place another has taken. */
final class FencingScripts {

    static final List<Script> ALL = List.of(
            new Script("fenced producers", FencingScripts::fenced),
            new Script("interrupted transactions", FencingScripts::interrupted));

    private static final int CONCURRENT_TRANSACTIONS = 51;

    private FencingScripts() {}

    private static String begin(String name) {
        return "{transactionalId:'" + name + "',transactionTimeoutMs:60000}";
    }

    private static String by(String name, InitProducerIdResponseData producer) {
        return "transactionalId:'%s',producerId:%d,producerEpoch:%d"
                .formatted(name, producer.producerId(), producer.producerEpoch());
    }

    private static String joining(String name, InitProducerIdResponseData producer, String topic) {
        return "{v3AndBelowTransactionalId:'%s',v3AndBelowProducerId:%d,v3AndBelowProducerEpoch:%d,v3AndBelowTopics:[{name:'%s',partitions:[0]}]}"
                .formatted(name, producer.producerId(), producer.producerEpoch(), topic);
    }

    private static void fenced(Conversation talk) throws IOException {
        Uuid id = talk.topic("fenced-a", 1, "retention.ms", "-1");
        TransactionScripts.awaitCoordinator(talk, "fenced");
        GroupScripts.awaitCoordinator(talk, "fenced-group");
        InitProducerIdResponseData first = talk.one("the first", INIT_PRODUCER_ID, 4, begin("fenced"));
        InitProducerIdResponseData second = talk.one("the second", INIT_PRODUCER_ID, 4, begin("fenced"));
        String late = by("fenced", first);
        talk.ask("a partition of the first", ADD_PARTITIONS_TO_TXN, 0, 3, joining("fenced", first, "fenced-a"));
        talk.ask(
                "a partition of the first, verified",
                ADD_PARTITIONS_TO_TXN,
                4,
                LATEST,
                "{transactions:[{" + late + ",verifyOnly:true,topics:[{name:'fenced-a',partitions:[0]}]}]}");
        talk.ask("offsets of the first", ADD_OFFSETS_TO_TXN, "{" + late + ",groupId:'fenced-group'}");
        talk.ask("the end of the first", END_TXN, "{" + late + ",committed:true}");
        talk.ask(
                "records of the first",
                PRODUCE,
                11,
                LATEST,
                RecordScripts.produceTo(
                                "fenced-a",
                                id,
                                0,
                                -1,
                                RecordScripts.batch(first.producerId(), first.producerEpoch(), 0, true, "late"))
                        .replace("{acks", "{transactionalId:'fenced',acks"));
        talk.ask(
                "committed offsets of the first",
                TXN_OFFSET_COMMIT,
                5,
                LATEST,
                "{" + late
                        + ",groupId:'fenced-group',topics:[{name:'fenced-a',partitions:[{partitionIndex:0,committedOffset:1}]}]}");
        talk.ask(
                "the first goes on",
                INIT_PRODUCER_ID,
                3,
                LATEST,
                begin("fenced").replace("transactionalId:'fenced'", late));
        talk.ask("the end of a transaction not begun", END_TXN, 0, 4, "{" + by("fenced", second) + ",committed:true}");
        talk.ask(
                "no partition",
                ADD_PARTITIONS_TO_TXN,
                0,
                3,
                joining("fenced", second, "x").replaceAll("\\[\\{.*}]}", "[]}"));
        talk.ask(
                "the second goes on",
                INIT_PRODUCER_ID,
                3,
                3,
                begin("fenced").replace("transactionalId:'fenced'", by("fenced", second)),
                manner().until(FencingScripts::isOver));
        talk.ask("offsets of no group", ADD_OFFSETS_TO_TXN, "{" + by("fenced", second) + ",groupId:''}");
    }

    private static void interrupted(Conversation talk) throws IOException {
        talk.topic("interrupted-a", 1, "retention.ms", "-1");
        for (int version = 0; version <= INIT_PRODUCER_ID.latestVersion(); version++) {
            String name = "interrupted-" + version;
            TransactionScripts.awaitCoordinator(talk, name);
            InitProducerIdResponseData first = talk.one("begun " + version, INIT_PRODUCER_ID, 4, begin(name));
            talk.one("a partition joins " + version, ADD_PARTITIONS_TO_TXN, 3, joining(name, first, "interrupted-a"));
            talk.one(
                    "another begins " + version,
                    INIT_PRODUCER_ID,
                    version,
                    begin(name),
                    manner().until(FencingScripts::isOver));
            talk.one("the end of the first " + version, END_TXN, 4, "{" + by(name, first) + ",committed:true}");
        }
        TransactionScripts.awaitCoordinator(talk, "interrupted-once");
        InitProducerIdResponseData first = talk.one("begun once", INIT_PRODUCER_ID, 4, begin("interrupted-once"));
        talk.one(
                "a partition joins once",
                ADD_PARTITIONS_TO_TXN,
                3,
                joining("interrupted-once", first, "interrupted-a"));
        talk.one("another begins, asked once", INIT_PRODUCER_ID, 4, begin("interrupted-once"));
    }

    private static boolean isOver(ApiMessage answer) {
        return ((InitProducerIdResponseData) answer).errorCode() != CONCURRENT_TRANSACTIONS;
    }
}
