package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.Conversation.manner;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_CLIENT_QUOTAS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CLIENT_QUOTAS;
import static org.apache.kafka.common.protocol.ApiKeys.FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.METADATA;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;

/** What clients may ask for in a second, and what becomes of them when they ask for more. */
final class QuotaScripts {

    static final List<Script> ALL = List.of(
            new Script("quotas", QuotaScripts::quotas), new Script("throttled clients", QuotaScripts::throttled));

    private QuotaScripts() {}

    /** @param entity of types and names, a space between; a name of {@code -} is the default */
    private static String alter(String entity, String ops) {
        StringBuilder parts = new StringBuilder();
        String[] words = entity.isEmpty() ? new String[0] : entity.split(" ");
        for (int i = 0; i < words.length; i += 2) {
            parts.append(i == 0 ? "" : ",")
                    .append("{entityType:'%s',entityName:%s}"
                            .formatted(words[i], words[i + 1].equals("-") ? "null" : "'" + words[i + 1] + "'"));
        }
        return "{entries:[{entity:[%s],ops:[%s]}]}".formatted(parts, ops);
    }

    private static String set(String key, double value) {
        return "{key:'" + key + "',value:" + value + "}";
    }

    private static String remove(String key) {
        return "{key:'" + key + "',remove:true}";
    }

    private static void quotas(Conversation talk) throws IOException {
        String[][] changes = {
            {"of a client", "client-id quota-a", set("producer_byte_rate", 1e6)},
            {"of a user", "user quota-u", set("consumer_byte_rate", 2e6) + "," + set("request_percentage", 50)},
            {"of a client of a user", "user quota-u client-id quota-a", set("producer_byte_rate", 3e6)},
            {"of every other client", "client-id -", set("producer_byte_rate", 1e9)},
            {"of every other user", "user -", set("controller_mutation_rate", 1e6)},
            {"of an address", "ip 10.1.2.3", set("connection_creation_rate", 100)},
            {"of every other address", "ip -", set("connection_creation_rate", 1e6)},
            {"of a name that is no address", "ip not.an.address.example", set("connection_creation_rate", 100)},
            {"a key nobody knows", "client-id quota-a", set("nope", 1)},
            {"a key of addresses for a client", "client-id quota-a", set("connection_creation_rate", 1)},
            {"nothing a second", "client-id quota-a", set("producer_byte_rate", 0)},
            {"less than nothing", "client-id quota-a", set("producer_byte_rate", -1)},
            {"half a byte", "client-id quota-a", set("producer_byte_rate", 10.5)},
            {"half a connection", "ip 10.1.2.4", set("connection_creation_rate", 0.5)},
            {"a kind nobody knows", "nope quota-a", set("producer_byte_rate", 1)},
            {"of nobody", "", set("producer_byte_rate", 1)},
            {"of an address of a user", "user quota-u ip 10.1.2.3", set("producer_byte_rate", 1)},
            {"a key twice", "client-id quota-a", set("producer_byte_rate", 5e6) + "," + set("producer_byte_rate", 6e6)},
            {"what is not set removed", "client-id quota-a", remove("consumer_byte_rate")},
            {"nothing of a client", "client-id quota-a", ""},
            {"a client of no name", "client-id ", set("producer_byte_rate", 1)},
        };
        for (String[] change : changes) {
            talk.ask(
                    change[0],
                    ALTER_CLIENT_QUOTAS,
                    alter(change[1].endsWith(" ") ? change[1] + "-" : change[1], change[2]));
        }
        talk.ask(
                "a client twice",
                ALTER_CLIENT_QUOTAS,
                "{entries:[{entity:[{entityType:'client-id',entityName:'quota-b'}],ops:[]},{entity:[{entityType:'client-id',entityName:'quota-b'}],ops:[]}]}");
        talk.ask(
                "only to see whether",
                ALTER_CLIENT_QUOTAS,
                "{validateOnly:true,entries:[{entity:[{entityType:'client-id',entityName:'quota-b'}],ops:["
                        + set("producer_byte_rate", 9) + "]}]}");
        talk.one(
                "all there are",
                DESCRIBE_CLIENT_QUOTAS,
                0,
                "{components:[]}",
                manner().until(QuotaScripts::areSevenThere));
        talk.one(
                "all there are",
                DESCRIBE_CLIENT_QUOTAS,
                1,
                "{components:[]}",
                manner().until(QuotaScripts::areSevenThere));
        String[][] filters = {
            {"of that client", "{entityType:'client-id',matchType:0,match:'quota-a'}", "false"},
            {"of that client alone", "{entityType:'client-id',matchType:0,match:'quota-a'}", "true"},
            {"of any client", "{entityType:'client-id',matchType:2,match:null}", "false"},
            {"of the default of clients", "{entityType:'client-id',matchType:1,match:null}", "true"},
            {
                "of any client of any user",
                "{entityType:'user',matchType:2,match:null},{entityType:'client-id',matchType:2,match:null}",
                "true"
            },
            {"of any user", "{entityType:'user',matchType:2,match:null}", "false"},
            {"of addresses", "{entityType:'ip',matchType:2,match:null}", "true"},
            {
                "of an address of a user",
                "{entityType:'user',matchType:2,match:null},{entityType:'ip',matchType:2,match:null}",
                "false"
            },
            {
                "of a client twice",
                "{entityType:'client-id',matchType:0,match:'a'},{entityType:'client-id',matchType:0,match:'b'}",
                "false"
            },
            {"of a kind nobody knows", "{entityType:'nope',matchType:0,match:'a'}", "false"},
            {"of a match nobody knows", "{entityType:'user',matchType:7,match:'a'}", "false"},
            {"of a client without a name", "{entityType:'client-id',matchType:0,match:null}", "false"},
            {"of the default with a name", "{entityType:'client-id',matchType:1,match:'x'}", "false"},
            {"of a kind without a name", "{entityType:'',matchType:0,match:'a'}", "false"},
            {"of a client that is not there", "{entityType:'client-id',matchType:0,match:'quota-none'}", "false"},
        };
        for (String[] filter : filters) {
            talk.ask(filter[0], DESCRIBE_CLIENT_QUOTAS, "{components:[" + filter[1] + "],strict:" + filter[2] + "}");
        }
        String[][] back = {
            {"client-id quota-a", remove("producer_byte_rate")},
            {"user quota-u", remove("consumer_byte_rate") + "," + remove("request_percentage")},
            {"user quota-u client-id quota-a", remove("producer_byte_rate")},
            {"client-id -", remove("producer_byte_rate")},
            {"user -", remove("controller_mutation_rate")},
            {"ip 10.1.2.3", remove("connection_creation_rate")},
            {"ip -", remove("connection_creation_rate")},
        };
        for (String[] change : back) {
            talk.aside(ALTER_CLIENT_QUOTAS, alter(change[0], change[1]));
        }
        talk.one(
                "none is left",
                DESCRIBE_CLIENT_QUOTAS,
                1,
                "{components:[]}",
                manner().until(answer -> Objects.requireNonNull(((DescribeClientQuotasResponseData) answer).entries())
                        .isEmpty()));
    }

    private static boolean areSevenThere(Object answer) {
        List<?> entries = ((DescribeClientQuotasResponseData) answer).entries();
        return entries != null && entries.size() == 7;
    }

    private static void throttled(Conversation talk) throws IOException {
        Uuid id = talk.topic("throttled-a", 1, "retention.ms", "-1");
        talk.aside(ALTER_CLIENT_QUOTAS, alter("client-id slow-producer", set("producer_byte_rate", 100)));
        talk.aside(ALTER_CLIENT_QUOTAS, alter("client-id slow-consumer", set("consumer_byte_rate", 450)));
        talk.aside(ALTER_CLIENT_QUOTAS, alter("client-id slow-maker", set("controller_mutation_rate", 0.5)));
        talk.aside(ALTER_CLIENT_QUOTAS, alter("client-id slow-asker", set("request_percentage", 0.0001)));
        talk.one(
                "they are set",
                DESCRIBE_CLIENT_QUOTAS,
                1,
                "{components:[{entityType:'client-id',matchType:2,match:null}]}",
                manner().until(answer -> {
                    List<?> entries = ((DescribeClientQuotasResponseData) answer).entries();
                    return entries != null && entries.size() == 4;
                }));
        Conversation.Manner seen = manner().seenAs(QuotaScripts::isThrottled);
        String batch = RecordScripts.batch("x".repeat(2000));
        talk.one(
                "a producer of too much",
                PRODUCE,
                13,
                RecordScripts.produceTo("throttled-a", id, 0, -1, batch),
                seen.by("slow-producer"));
        talk.one(
                "a producer of no quota",
                PRODUCE,
                13,
                RecordScripts.produceTo("throttled-a", id, 0, 1, batch),
                manner().seenAs(QuotaScripts::isThrottled).by("fast-producer"));
        String fetch =
                "{maxWaitMs:0,minBytes:0,maxBytes:10000000,topics:[{topicId:'%s',partitions:[{partition:0,fetchOffset:0,partitionMaxBytes:1000000}]}]}"
                        .formatted(id);
        talk.one(
                "a consumer of what it may have",
                FETCH,
                17,
                fetch,
                manner().seenAs(QuotaScripts::isThrottled).by("slow-consumer"));
        talk.one(
                "a consumer of more",
                FETCH,
                17,
                fetch,
                manner().seenAs(QuotaScripts::isThrottled).by("slow-consumer"));
        talk.one(
                "a client that asks much",
                METADATA,
                12,
                "{topics:[]}",
                manner().seenAs(QuotaScripts::isThrottled).by("slow-asker"));
        for (int i = 0; i < 3; i++) {
            talk.dropTopic("throttled-made-" + i);
        }
        String topic = "{name:'throttled-made-%d',numPartitions:%d,replicationFactor:1}";
        talk.one(
                "topics within the quota's burst",
                CREATE_TOPICS,
                7,
                "{timeoutMs:30000,topics:[" + topic.formatted(0, 30) + "]}",
                manner().seenAs(QuotaScripts::isThrottled).by("slow-maker"));
        talk.one(
                "topics beyond it",
                CREATE_TOPICS,
                7,
                "{timeoutMs:30000,topics:[" + topic.formatted(1, 1) + "]}",
                manner().seenAs(QuotaScripts::isThrottled).by("slow-maker"));
        for (String client : List.of("slow-producer", "slow-consumer", "slow-maker", "slow-asker")) {
            talk.aside(
                    ALTER_CLIENT_QUOTAS,
                    alter(
                            "client-id " + client,
                            remove("producer_byte_rate") + "," + remove("consumer_byte_rate") + ","
                                    + remove("controller_mutation_rate") + "," + remove("request_percentage")));
        }
    }

    /** How long it is held up depends on clocks; whether does not. */
    private static JsonNode isThrottled(JsonNode answer) {
        boolean held = answer.get("throttleTimeMs").asInt() > 0;
        ((ObjectNode) answer).put("throttleTimeMs", held ? "<some>" : "<none>");
        return answer;
    }
}
