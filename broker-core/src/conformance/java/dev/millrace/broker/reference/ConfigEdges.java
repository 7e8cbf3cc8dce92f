package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.ConfigScripts.CLIENT_METRICS;
import static dev.millrace.broker.reference.ConfigScripts.alter;
import static dev.millrace.broker.reference.ConfigScripts.valueOf;
import static dev.millrace.broker.reference.Conversation.LATEST;
import static dev.millrace.broker.reference.Conversation.manner;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.INCREMENTAL_ALTER_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_CONFIG_RESOURCES;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.message.DescribeConfigsResponseData;

/** Settings of several resources at once, of resources twice, and every operation on every kind of them. */
final class ConfigEdges {

    static final List<Script> ALL = List.of(
            new Script("settings asked for together", ConfigEdges::together),
            new Script("every operation on every kind", ConfigEdges::operations),
            new Script("replication rates", ConfigEdges::rates));

    private static final int TOPIC = 2;
    private static final int BROKER = 4;
    private static final int LOGGER = 8;
    private static final int GROUP = 32;

    private ConfigEdges() {}

    private static String resource(int type, String name, String keys) {
        return "{resourceType:%d,resourceName:'%s',configurationKeys:%s}".formatted(type, name, keys);
    }

    private static void together(Conversation talk) throws IOException {
        talk.topic("together-a", 1, "segment.bytes", "2000000");
        talk.topic("together-b", 1);
        talk.dropTopic("together-none");
        String key = "['retention.ms']";
        String[][] steps = {
            {"two topics", resource(TOPIC, "together-a", key) + "," + resource(TOPIC, "together-b", key)},
            {"a topic twice", resource(TOPIC, "together-a", key) + "," + resource(TOPIC, "together-a", key)},
            {
                "a topic twice, of other settings",
                resource(TOPIC, "together-a", key) + "," + resource(TOPIC, "together-a", "['segment.bytes']")
            },
            {
                "one that is there and one that is not",
                resource(TOPIC, "together-a", key) + "," + resource(TOPIC, "together-none", key)
            },
            {
                "one of each kind",
                resource(TOPIC, "together-a", key) + "," + resource(BROKER, "1", "['num.io.threads']") + ","
                        + resource(GROUP, "together-g", "['consumer.session.timeout.ms']") + ","
                        + resource(CLIENT_METRICS, "together-m", "['interval.ms']")
            },
            {
                "one of a kind nobody knows beside one",
                resource(77, "x", "null") + "," + resource(TOPIC, "together-a", key)
            },
            {"a setting twice", resource(TOPIC, "together-a", "['retention.ms','retention.ms']")},
            {"a setting of no name", resource(TOPIC, "together-a", "['']")},
            {"a setting in capitals", resource(TOPIC, "together-a", "['RETENTION.MS']")},
            {"a setting of another kind", resource(TOPIC, "together-a", "['num.io.threads']")},
            {"a setting that is not shown unless it is set", resource(TOPIC, "together-a", "['internal.segment.bytes']")
            },
            {"one of a group", resource(GROUP, "together-g", "['consumer.heartbeat.interval.ms']")},
            {"one nobody knows of a group", resource(GROUP, "together-g", "['nope']")},
            {"none of a group", resource(GROUP, "together-g", "[]")},
            {"one of a subscription", resource(CLIENT_METRICS, "together-m", "['interval.ms']")},
            {"one nobody knows of a subscription", resource(CLIENT_METRICS, "together-m", "['nope']")},
            {"none of a broker", resource(BROKER, "1", "['nope']")},
            {"a secret of a broker", resource(BROKER, "1", "['ssl.keystore.password']")},
            {"a list of a broker", resource(BROKER, "1", "['log.cleanup.policy','ssl.enabled.protocols']")},
            {
                "times of a broker",
                resource(BROKER, "1", "['log.retention.ms','log.retention.minutes','log.retention.hours']")
            },
            {
                "numbers of a broker",
                resource(BROKER, "1", "['log.cleaner.min.cleanable.ratio','log.segment.bytes','num.partitions']")
            },
            {"classes of a broker", resource(BROKER, "1", "['principal.builder.class','metric.reporters']")},
            {"one nobody knows of all brokers", resource(BROKER, "", "['nope']")},
            {"of a broker below none", resource(BROKER, "-1", "null")},
            {"of a broker with a blank", resource(BROKER, " 1", "['num.io.threads']")},
            {"of a broker with a sign", resource(BROKER, "+1", "['num.io.threads']")},
            {"a logger nobody knows", resource(LOGGER, "1", "['nope.not.there']")},
            {"no kind", resource(0, "x", "null")},
            {"any kind", resource(1, "x", "null")},
        };
        for (String[] step : steps) {
            talk.ask(step[0], DESCRIBE_CONFIGS, "{resources:[" + step[1] + "]}");
            talk.ask(
                    step[0] + ", with all there is to say",
                    DESCRIBE_CONFIGS,
                    "{includeSynonyms:true,includeDocumentation:true,resources:[" + step[1] + "]}");
        }
        for (String types : List.of("2", "16", "4", "8", "2,16", "2,2", "0", "1", "77", "2,77", "-1")) {
            talk.one("listed of " + types, LIST_CONFIG_RESOURCES, 1, "{resourceTypes:[" + types + "]}", listed());
        }
    }

    private static Conversation.Manner listed() {
        return manner().seenAs(answer -> {
            for (Iterator<JsonNode> all = ((ArrayNode) answer.get("configResources")).elements(); all.hasNext(); ) {
                JsonNode resource = all.next();
                boolean ofBroker = List.of(BROKER, LOGGER)
                        .contains(resource.get("resourceType").asInt());
                if (!ofBroker && !resource.get("resourceName").asText().startsWith("together-")) {
                    all.remove();
                }
            }
            return answer;
        });
    }

    private static void operations(Conversation talk) throws IOException {
        talk.topic("operated-a", 1);
        String[][] settings = {
            {"2", "operated-a", "retention.ms", "70000"},
            {"2", "operated-a", "cleanup.policy", "compact"},
            {"2", "operated-a", "leader.replication.throttled.replicas", "0:1"},
            {"4", "1", "log.retention.ms", "70000"},
            {"4", "", "log.retention.ms", "70000"},
            {"4", "1", "log.cleanup.policy", "compact"},
            {"4", "", "log.cleanup.policy", "compact"},
            {"4", "1", "node.id", "5"},
            {"16", "operated-m", "interval.ms", "70000"},
            {"16", "operated-m", "metrics", "a.b"},
            {"16", "operated-m", "match", "client_id=x"},
            {"32", "operated-g", "consumer.heartbeat.interval.ms", "6000"},
            {"32", "operated-g", "share.auto.offset.reset", "earliest"},
            {"8", "1", "root", "INFO"},
        };
        for (String[] setting : settings) {
            int type = Integer.parseInt(setting[0]);
            String of = setting[2] + " of " + setting[0] + " '" + setting[1] + "'";
            for (String operation : List.of("set", "append", "subtract", "delete")) {
                talk.ask(
                        operation + " " + of,
                        INCREMENTAL_ALTER_CONFIGS,
                        validating(alter(type, setting[1], setting[2] + " " + operation + " " + setting[3])));
                talk.ask(
                        operation + " " + of + " to nothing",
                        INCREMENTAL_ALTER_CONFIGS,
                        validating(alter(type, setting[1], setting[2] + " " + operation)));
                talk.ask(
                        operation + " " + of + " to an empty text",
                        INCREMENTAL_ALTER_CONFIGS,
                        validating(alter(type, setting[1], setting[2] + " " + operation + " ")));
            }
        }
        String good = "{resourceType:2,resourceName:'operated-a',configs:[{name:'retention.ms',value:'1'}]}";
        String[][] together = {
            {
                "a good one and a bad one",
                good + ",{resourceType:2,resourceName:'operated-a2',configs:[{name:'retention.ms',value:'1'}]}"
            },
            {"a good one and one of a kind nobody knows", good + ",{resourceType:77,resourceName:'x',configs:[]}"},
            {
                "a good one and a broker that is not there",
                good + ",{resourceType:4,resourceName:'9',configs:[{name:'log.retention.ms',value:'1'}]}"
            },
            {
                "a good one and a logger elsewhere",
                good + ",{resourceType:8,resourceName:'9',configs:[{name:'root',value:'INFO'}]}"
            },
            {
                "one setting set and deleted",
                "{resourceType:2,resourceName:'operated-a',configs:[{name:'retention.ms',value:'1'},{name:'retention.ms',configOperation:1,value:null}]}"
            },
            {"a setting of no name", "{resourceType:2,resourceName:'operated-a',configs:[{name:'',value:'1'}]}"},
            {
                "a setting of no name deleted",
                "{resourceType:2,resourceName:'operated-a',configs:[{name:'',configOperation:1,value:null}]}"
            },
            {
                "one nobody knows deleted",
                "{resourceType:2,resourceName:'operated-a',configs:[{name:'nope',configOperation:1,value:null}]}"
            },
            {
                "one nobody knows of a broker deleted",
                "{resourceType:4,resourceName:'1',configs:[{name:'nope',configOperation:1,value:null}]}"
            },
            {
                "one nobody knows of a group deleted",
                "{resourceType:32,resourceName:'g',configs:[{name:'nope',configOperation:1,value:null}]}"
            },
            {
                "one nobody knows of a subscription deleted",
                "{resourceType:16,resourceName:'m',configs:[{name:'nope',configOperation:1,value:null}]}"
            },
            {
                "one nobody knows appended to",
                "{resourceType:2,resourceName:'operated-a',configs:[{name:'nope',configOperation:2,value:'a'}]}"
            },
            {"nothing of a group", "{resourceType:32,resourceName:'g',configs:[]}"},
            {"nothing of a broker", "{resourceType:4,resourceName:'1',configs:[]}"},
            {"nothing of a broker that is not there", "{resourceType:4,resourceName:'9',configs:[]}"},
            {"nothing of a topic that is not there", "{resourceType:2,resourceName:'operated-a2',configs:[]}"},
            {"nothing of a subscription", "{resourceType:16,resourceName:'m',configs:[]}"},
        };
        for (String[] step : together) {
            talk.ask(step[0], INCREMENTAL_ALTER_CONFIGS, "{validateOnly:true,resources:[" + step[1] + "]}");
        }
    }

    private static String validating(String request) {
        return request.replace("{resources", "{validateOnly:true,resources");
    }

    /** Settings that no configuration file has: they are made while brokers run. */
    private static void rates(Conversation talk) throws IOException {
        List<String> names = List.of(
                "leader.replication.throttled.rate",
                "follower.replication.throttled.rate",
                "replica.alter.log.dirs.io.max.bytes.per.second");
        for (String name : names) {
            for (String value : List.of("soon", "-1", "0", "1.5", "1000", "9223372036854775807")) {
                talk.ask(
                        name + " of " + value,
                        INCREMENTAL_ALTER_CONFIGS,
                        validating(alter(BROKER, "1", name + " set " + value)));
                talk.ask(
                        name + " of all of " + value,
                        INCREMENTAL_ALTER_CONFIGS,
                        validating(alter(BROKER, "", name + " set " + value)));
            }
            talk.ask(name + " described before", DESCRIBE_CONFIGS, described("1", name));
            talk.one(name + " is set", INCREMENTAL_ALTER_CONFIGS, alter(BROKER, "1", name + " set 5000000"));
            talk.one(name + " is set for all", INCREMENTAL_ALTER_CONFIGS, alter(BROKER, "", name + " set 6000000"));
            talk.ask(
                    name + " described",
                    DESCRIBE_CONFIGS,
                    1,
                    LATEST,
                    described("1", name),
                    manner().until(answer -> ((DescribeConfigsResponseData) answer)
                                    .results().get(0).configs().stream()
                                            .anyMatch(
                                                    config -> config.synonyms().size() == 2)
                            && valueOf((DescribeConfigsResponseData) answer, name)
                                    .equals("5000000")));
            talk.ask(name + " described of all", DESCRIBE_CONFIGS, described("", name));
            talk.one(name + " is deleted", INCREMENTAL_ALTER_CONFIGS, alter(BROKER, "1", name + " delete"));
            talk.one(name + " is deleted for all", INCREMENTAL_ALTER_CONFIGS, alter(BROKER, "", name + " delete"));
            talk.ask(
                    name + " described after",
                    DESCRIBE_CONFIGS,
                    1,
                    LATEST,
                    described("1", name),
                    manner().until(answer ->
                            valueOf((DescribeConfigsResponseData) answer, name).equals("none")));
        }
    }

    private static String described(String broker, String name) {
        return "{includeSynonyms:true,includeDocumentation:true,resources:["
                + resource(BROKER, broker, "['" + name + "']") + "]}";
    }
}
