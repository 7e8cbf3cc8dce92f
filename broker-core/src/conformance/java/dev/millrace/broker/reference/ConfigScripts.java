package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.Conversation.LATEST;
import static dev.millrace.broker.reference.Conversation.manner;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.INCREMENTAL_ALTER_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_CONFIG_RESOURCES;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;

/** Settings of topics, brokers, groups and clients' metrics. */
final class ConfigScripts {

    static final List<Script> ALL = List.of(
            new Script("topic configs", ConfigScripts::topicConfigs),
            new Script("broker configs", ConfigScripts::brokerConfigs),
            new Script("altered broker configs", ConfigScripts::alteredBrokerConfigs),
            new Script("broker loggers", ConfigScripts::brokerLoggers),
            new Script("group configs", ConfigScripts::groupConfigs),
            TelemetryScripts.CLIENT_METRICS_SCRIPT,
            new Script("config resources", ConfigScripts::configResources));

    private static final int TOPIC = 2;
    private static final int BROKER = 4;
    private static final int LOGGER = 8;
    static final int CLIENT_METRICS = 16;
    private static final int GROUP = 32;

    /** Settings that hold the addresses and folders of one node. */
    private static final Set<String> OF_ONE_NODE = Set.of(
            "listeners",
            "advertised.listeners",
            "log.dir",
            "log.dirs",
            "metadata.log.dir",
            "controller.quorum.bootstrap.servers");

    private ConfigScripts() {}

    static String describe(int type, String name, String more) {
        return "{resources:[{resourceType:%d,resourceName:'%s',configurationKeys:null}]%s}".formatted(type, name, more);
    }

    private static String describe(int type, String name, String key, String more) {
        return "{resources:[{resourceType:%d,resourceName:'%s',configurationKeys:['%s']}]%s}"
                .formatted(type, name, key, more);
    }

    /** @param operations {@code name operation value}, a space between */
    static String alter(int type, String name, String... operations) {
        StringBuilder configs = new StringBuilder();
        for (String operation : operations) {
            String[] parts = operation.split(" ", 3);
            int number =
                    List.of("set", "delete", "append", "subtract", "garble").indexOf(parts[1]);
            configs.append(configs.isEmpty() ? "" : ",")
                    .append("{name:'%s',configOperation:%d,value:%s}"
                            .formatted(parts[0], number, parts.length < 3 ? "null" : "'" + parts[2] + "'"));
        }
        return "{resources:[{resourceType:%d,resourceName:'%s',configs:[%s]}]}".formatted(type, name, configs);
    }

    private static void topicConfigs(Conversation talk) throws IOException {
        talk.topic("configs-a", 1, "retention.ms", "60000");
        talk.dropTopic("configs-none");
        talk.ask("of a topic", DESCRIBE_CONFIGS, describe(TOPIC, "configs-a", ""));
        talk.ask("with where they come from", DESCRIBE_CONFIGS, describe(TOPIC, "configs-a", ",includeSynonyms:true"));
        talk.ask(
                "with what they are for",
                DESCRIBE_CONFIGS,
                3,
                LATEST,
                describe(TOPIC, "configs-a", ",includeDocumentation:true"));
        talk.ask(
                "one of them", DESCRIBE_CONFIGS, describe(TOPIC, "configs-a", "retention.ms", ",includeSynonyms:true"));
        talk.ask("one nobody knows", DESCRIBE_CONFIGS, describe(TOPIC, "configs-a", "nope", ""));
        talk.ask(
                "none of them",
                DESCRIBE_CONFIGS,
                "{resources:[{resourceType:2,resourceName:'configs-a',configurationKeys:[]}]}");
        talk.ask("of a topic that is not there", DESCRIBE_CONFIGS, describe(TOPIC, "configs-none", ""));
        talk.ask("of a name that can be none", DESCRIBE_CONFIGS, describe(TOPIC, "not a name", ""));
        talk.ask("of no topic", DESCRIBE_CONFIGS, describe(TOPIC, "", ""));
        talk.ask("of a kind nobody knows", DESCRIBE_CONFIGS, describe(77, "x", ""));
        talk.ask("of nothing", DESCRIBE_CONFIGS, "{}");

        String[][] changes = {
            {"set", "retention.ms set 70000"},
            {"set again", "retention.ms set 70000"},
            {"delete", "retention.ms delete"},
            {"delete what is not set", "segment.ms delete"},
            {"append", "cleanup.policy append compact"},
            {"append what is in it", "cleanup.policy append compact"},
            {"subtract", "cleanup.policy subtract delete"},
            {"subtract what is not in it", "cleanup.policy subtract delete"},
            {"append to no list", "retention.ms append 5"},
            {"subtract from no list", "retention.ms subtract 5"},
            {"an operation nobody knows", "retention.ms garble 5"},
            {"a setting nobody knows", "nope set 1"},
            {"a value that can't be", "retention.ms set soon"},
            {"a value of nothing", "retention.ms set"},
            {"a policy nobody knows", "cleanup.policy set shred"},
            {"values that contradict each other", "min.compaction.lag.ms set 100,max.compaction.lag.ms set 10"},
            {"throttled replicas", "leader.replication.throttled.replicas set 0:1,1:1"},
            {"remote storage", "remote.storage.enable set true"},
            {"throttled replicas that are none", "leader.replication.throttled.replicas set all"},
        };
        for (String[] change : changes) {
            String[] operations = change[0].startsWith("values") ? change[1].split(",") : new String[] {change[1]};
            for (int version = 0; version <= INCREMENTAL_ALTER_CONFIGS.latestVersion(); version++) {
                talk.one(change[0], INCREMENTAL_ALTER_CONFIGS, version, alter(TOPIC, "configs-a", operations));
            }
        }
        talk.one(
                "what came of it",
                DESCRIBE_CONFIGS,
                4,
                describe(TOPIC, "configs-a", ",includeSynonyms:true"),
                manner().until(answer -> valueOf(
                                (DescribeConfigsResponseData) answer, "leader.replication.throttled.replicas")
                        .equals("0:1,1:1")));
        talk.ask(
                "one setting twice",
                INCREMENTAL_ALTER_CONFIGS,
                alter(TOPIC, "configs-a", "retention.ms set 1", "retention.ms set 2"));
        talk.ask(
                "a topic that is not there",
                INCREMENTAL_ALTER_CONFIGS,
                alter(TOPIC, "configs-none", "retention.ms set 1"));
        talk.ask("no topic", INCREMENTAL_ALTER_CONFIGS, alter(TOPIC, "", "retention.ms set 1"));
        talk.ask("a kind nobody knows", INCREMENTAL_ALTER_CONFIGS, alter(77, "x", "retention.ms set 1"));
        talk.ask("nothing of a topic", INCREMENTAL_ALTER_CONFIGS, alter(TOPIC, "configs-a"));
        talk.ask("nothing", INCREMENTAL_ALTER_CONFIGS, "{resources:[]}");
        talk.ask(
                "a topic twice",
                INCREMENTAL_ALTER_CONFIGS,
                "{resources:[{resourceType:2,resourceName:'configs-a',configs:[]},{resourceType:2,resourceName:'configs-a',configs:[]}]}");
        talk.ask(
                "only to see whether",
                INCREMENTAL_ALTER_CONFIGS,
                "{validateOnly:true,resources:[{resourceType:2,resourceName:'configs-a',configs:[{name:'retention.ms',value:'1'}]}]}");

        String old = "{resources:[{resourceType:2,resourceName:'%s',configs:[%s]}]}";
        talk.ask(
                "in place of all others",
                ALTER_CONFIGS,
                old.formatted("configs-a", "{name:'retention.ms',value:'80000'}"));
        talk.one(
                "what came of that",
                DESCRIBE_CONFIGS,
                4,
                describe(TOPIC, "configs-a", ",includeSynonyms:true"),
                manner().until(answer -> valueOf((DescribeConfigsResponseData) answer, "retention.ms")
                        .equals("80000")));
        talk.ask("a value of nothing", ALTER_CONFIGS, old.formatted("configs-a", "{name:'retention.ms',value:null}"));
        talk.ask(
                "a value that can't be",
                ALTER_CONFIGS,
                old.formatted("configs-a", "{name:'retention.ms',value:'soon'}"));
        talk.ask("a setting nobody knows", ALTER_CONFIGS, old.formatted("configs-a", "{name:'nope',value:'1'}"));
        talk.ask(
                "a topic that is not there",
                ALTER_CONFIGS,
                old.formatted("configs-none", "{name:'retention.ms',value:'1'}"));
    }

    static String valueOf(DescribeConfigsResponseData described, String key) {
        return described.results().get(0).configs().stream()
                .filter(config -> config.name().equals(key))
                .map(config -> String.valueOf(config.value()))
                .findFirst()
                .orElse("none");
    }

    private static void brokerConfigs(Conversation talk) throws IOException {
        Conversation.Manner manner = manner().seenAs(ConfigScripts::ofAnyNode);
        talk.one("of the broker", DESCRIBE_CONFIGS, 1, describe(BROKER, "1", ""), manner);
        talk.one(
                "with where they come from",
                DESCRIBE_CONFIGS,
                4,
                describe(BROKER, "1", ",includeSynonyms:true"),
                manner);
        talk.one(
                "with what they are for",
                DESCRIBE_CONFIGS,
                4,
                describe(BROKER, "1", ",includeDocumentation:true"),
                manner);
        talk.ask("one of them", DESCRIBE_CONFIGS, describe(BROKER, "1", "num.io.threads", ",includeSynonyms:true"));
        talk.ask("one nobody knows", DESCRIBE_CONFIGS, describe(BROKER, "1", "nope", ""));
        talk.ask("of all brokers", DESCRIBE_CONFIGS, describe(BROKER, "", ",includeSynonyms:true"));
        talk.ask("of a broker that is not there", DESCRIBE_CONFIGS, describe(BROKER, "9", ""));
        talk.ask("of a name that is no broker's", DESCRIBE_CONFIGS, describe(BROKER, "nope", ""));
    }

    private static JsonNode ofAnyNode(JsonNode answer) {
        for (JsonNode result : answer.get("results")) {
            for (JsonNode config : result.get("configs")) {
                if (OF_ONE_NODE.contains(config.get("name").asText())) {
                    // Set or by default, and to what, is each node's own.
                    ((ObjectNode) config)
                            .put("value", "<any>")
                            .put("configSource", "<any>")
                            .remove("synonyms");
                }
            }
        }
        return answer;
    }

    private static void alteredBrokerConfigs(Conversation talk) throws IOException {
        String[][] changes = {
            {"of all brokers", "", "log.retention.ms set 3600000"},
            {"of this one", "1", "log.retention.ms set 7200000"},
            {"threads", "1", "num.io.threads set 9"},
            {"threads of all", "", "num.network.threads set 4"},
            {"more threads than twice as many", "1", "num.io.threads set 99"},
            {"no threads", "1", "num.io.threads set 0"},
            {"how many connections", "", "max.connections set 10000"},
            {"of one listener", "1", "listener.name.plaintext.max.connections set 10000"},
            {"a setting that stands", "1", "node.id set 5"},
            {"a setting of a node for all", "", "listeners set PLAINTEXT://:1"},
            {"the broker of a secret", "1", "ssl.keystore.password set x"},
            {"a setting nobody knows", "1", "nope set 1"},
            {"a value that can't be", "1", "log.retention.ms set soon"},
            {"a list", "", "log.cleanup.policy append compact"},
            {"the cleaner", "1", "log.cleaner.threads set 2"},
            {"sessions", "1", "max.incremental.fetch.session.cache.slots set 5"},
            {"the largest message", "1", "message.max.bytes set 2000000"},
            {"replicas in sync of all brokers", "", "min.insync.replicas set 2"},
            {"replicas in sync of this one", "1", "min.insync.replicas set 2"},
            {"replicas in sync no longer", "", "min.insync.replicas delete"},
            {"replicas in sync as before", "", "min.insync.replicas set 1"},
            {"a broker that is not there", "9", "log.retention.ms set 1"},
            {"a name that is no broker's", "nope", "log.retention.ms set 1"},
        };
        for (String[] change : changes) {
            talk.ask(change[0], INCREMENTAL_ALTER_CONFIGS, alter(BROKER, change[1], change[2]));
        }
        talk.topic("altered-a", 1);
        talk.one(
                "what holds for all",
                DESCRIBE_CONFIGS,
                4,
                describe(BROKER, "", ",includeSynonyms:true"),
                manner().until(answer -> valueOf((DescribeConfigsResponseData) answer, "log.cleanup.policy")
                        .contains("compact")));
        for (String key : List.of(
                "log.retention.ms",
                "num.io.threads",
                "num.network.threads",
                "max.connections",
                "log.cleanup.policy",
                "message.max.bytes",
                "nope")) {
            talk.one("what became of " + key, DESCRIBE_CONFIGS, 4, describe(BROKER, "1", key, ",includeSynonyms:true"));
        }
        for (String key : List.of("retention.ms", "cleanup.policy", "max.message.bytes")) {
            talk.one(
                    "and of the topics' " + key,
                    DESCRIBE_CONFIGS,
                    4,
                    describe(TOPIC, "altered-a", key, ",includeSynonyms:true"));
        }
        talk.ask(
                "all back",
                INCREMENTAL_ALTER_CONFIGS,
                alter(
                        BROKER,
                        "",
                        "log.retention.ms delete",
                        "num.network.threads delete",
                        "max.connections delete",
                        "log.cleanup.policy delete"));
        talk.ask("all of this one back", ALTER_CONFIGS, "{resources:[{resourceType:4,resourceName:'1',configs:[]}]}");
        talk.one(
                "and so they are",
                DESCRIBE_CONFIGS,
                4,
                describe(BROKER, "1", "log.retention.ms", ",includeSynonyms:true"),
                manner().until(answer -> valueOf((DescribeConfigsResponseData) answer, "log.retention.ms")
                        .equals("null")));
        talk.one("and of all", DESCRIBE_CONFIGS, 4, describe(BROKER, "", ""), manner().until(answer -> valueOf(
                        (DescribeConfigsResponseData) answer, "log.cleanup.policy")
                .equals("none")));
    }

    private static void brokerLoggers(Conversation talk) throws IOException {
        talk.ask("of a broker that is not there", DESCRIBE_CONFIGS, describe(LOGGER, "9", ""));
        talk.ask("of no broker", DESCRIBE_CONFIGS, describe(LOGGER, "", ""));
        talk.ask("of a name that is no broker's", DESCRIBE_CONFIGS, describe(LOGGER, "nope", ""));
        talk.ask(
                "the root's",
                DESCRIBE_CONFIGS,
                describe(LOGGER, "1", "root", ""),
                manner().seenAs(ConfigScripts::withoutValues));
        String[][] changes = {
            {"more from the root", "root set DEBUG"},
            {"less again", "root set WARN"},
            {"a level nobody knows", "root set LOUD"},
            {"a logger nobody knows", "nope.not.there set DEBUG"},
            {"the root's deleted", "root delete"},
            {"appended", "root append DEBUG"},
        };
        for (String[] change : changes) {
            talk.ask(change[0], INCREMENTAL_ALTER_CONFIGS, alter(LOGGER, "1", change[1]));
        }
        talk.ask("on a broker that is not there", INCREMENTAL_ALTER_CONFIGS, alter(LOGGER, "9", "root set DEBUG"));
    }

    private static JsonNode withoutValues(JsonNode answer) {
        answer.get("results").forEach(result -> result.get("configs")
                .forEach(config -> ((ObjectNode) config).put("value", "<any>")));
        return answer;
    }

    private static void groupConfigs(Conversation talk) throws IOException {
        talk.ask("of a group", DESCRIBE_CONFIGS, describe(GROUP, "config-group", ",includeSynonyms:true"));
        talk.ask(
                "with what they are for",
                DESCRIBE_CONFIGS,
                4,
                LATEST,
                describe(GROUP, "config-group", ",includeDocumentation:true"));
        talk.ask("of no group", DESCRIBE_CONFIGS, describe(GROUP, "", ""));
        talk.ask("one nobody knows", INCREMENTAL_ALTER_CONFIGS, alter(GROUP, "config-group", "nope set 1"));
        talk.ask(
                "a value that can't be",
                INCREMENTAL_ALTER_CONFIGS,
                alter(GROUP, "config-group", "consumer.session.timeout.ms set soon"));
        talk.ask(
                "a value out of bounds",
                INCREMENTAL_ALTER_CONFIGS,
                alter(GROUP, "config-group", "consumer.session.timeout.ms set 1"));
        talk.ask("of no group", INCREMENTAL_ALTER_CONFIGS, alter(GROUP, "", "consumer.session.timeout.ms set 50000"));
        talk.ask(
                "one that can be",
                INCREMENTAL_ALTER_CONFIGS,
                alter(GROUP, "config-group", "consumer.session.timeout.ms set 50000"));
        talk.ask(
                "what came of it",
                DESCRIBE_CONFIGS,
                4,
                4,
                describe(GROUP, "config-group", ",includeSynonyms:true"),
                manner().until(answer -> valueOf((DescribeConfigsResponseData) answer, "consumer.session.timeout.ms")
                        .equals("50000")));
        talk.ask(
                "and back",
                INCREMENTAL_ALTER_CONFIGS,
                alter(GROUP, "config-group", "consumer.session.timeout.ms delete"));
    }

    private static void configResources(Conversation talk) throws IOException {
        talk.topic("resources-a", 1);
        talk.aside(INCREMENTAL_ALTER_CONFIGS, alter(CLIENT_METRICS, "resources-m", "interval.ms set 60000"));
        talk.aside(INCREMENTAL_ALTER_CONFIGS, alter(GROUP, "resources-g", "consumer.session.timeout.ms set 50000"));
        Conversation.Manner manner = manner().seenAs(ConfigScripts::ofThisScript)
                .until(answer -> ((ListConfigResourcesResponseData) answer)
                                .configResources().stream()
                                        .filter(resource ->
                                                resource.resourceName().startsWith("resources-"))
                                        .count()
                        >= 1);
        talk.one("of clients' metrics", LIST_CONFIG_RESOURCES, 0, "{}", manner);
        talk.one(
                "all",
                LIST_CONFIG_RESOURCES,
                1,
                "{}",
                manner().seenAs(ConfigScripts::ofThisScript)
                        .until(answer -> ((ListConfigResourcesResponseData) answer)
                                        .configResources().stream()
                                                .filter(resource ->
                                                        resource.resourceName().startsWith("resources-"))
                                                .count()
                                >= 3));
        talk.one("of groups", LIST_CONFIG_RESOURCES, 1, "{resourceTypes:[32]}", manner);
        talk.one(
                "of brokers and loggers",
                LIST_CONFIG_RESOURCES,
                1,
                "{resourceTypes:[4,8]}",
                manner().seenAs(ConfigScripts::ofThisScript));
        talk.one("of a kind nobody knows", LIST_CONFIG_RESOURCES, 1, "{resourceTypes:[77]}");
        talk.aside(INCREMENTAL_ALTER_CONFIGS, alter(CLIENT_METRICS, "resources-m", "interval.ms delete"));
        talk.aside(INCREMENTAL_ALTER_CONFIGS, alter(GROUP, "resources-g", "consumer.session.timeout.ms delete"));
    }

    private static JsonNode ofThisScript(JsonNode answer) {
        for (Iterator<JsonNode> all = ((ArrayNode) answer.get("configResources")).elements(); all.hasNext(); ) {
            JsonNode resource = all.next();
            int type = resource.path("resourceType").asInt(CLIENT_METRICS);
            if ((type == TOPIC || type == GROUP || type == CLIENT_METRICS)
                    && !resource.get("resourceName").asText().startsWith("resources-")) {
                all.remove();
            }
        }
        return answer;
    }
}
