package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.ConfigScripts.alter;
import static dev.millrace.broker.reference.Conversation.manner;
import static dev.millrace.broker.reference.MoveScripts.move;
import static dev.millrace.broker.reference.MoveScripts.placed;
import static dev.millrace.broker.reference.MoveScripts.where;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_REPLICA_LOG_DIRS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_LOG_DIRS;
import static org.apache.kafka.common.protocol.ApiKeys.INCREMENTAL_ALTER_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.METADATA;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;

/** Log dirs that get no new partitions (KIP-1066). The last step of each takes the setting back. */
final class CordonScripts {

    static final List<Script> ALL = List.of(
            new Script("cordoned log dirs", CordonScripts::cordoned),
            new Script("cordons refused", CordonScripts::refused));

    private static final int BROKER = 4;
    private static final String CORDONED = "cordoned.log.dirs";

    private CordonScripts() {}

    /** Once the broker says that these are cordoned, and the controller has heard of it. */
    private static void take(Conversation talk, String step, List<String> dirs, String operation, String... cordoned)
            throws IOException {
        talk.one(step, INCREMENTAL_ALTER_CONFIGS, alter(BROKER, "1", CORDONED + operation));
        talk.one(
                step + ", as described",
                DESCRIBE_LOG_DIRS,
                DESCRIBE_LOG_DIRS.latestVersion(),
                "{topics:[]}",
                placed(dirs, "").until(answer -> cordonedOf((DescribeLogDirsResponseData) answer)
                        .equals(List.of(cordoned))));
        boolean all = cordoned.length == dirs.size();
        String wanted = "{timeoutMs:30000,validateOnly:true,topics:[%s]}".formatted(topic("cordoned-x", 1));
        talk.settle(step, () -> talk.<CreateTopicsResponseData>aside(CREATE_TOPICS, wanted).topics().stream()
                .allMatch(topic -> (topic.errorCode() != 0) == all));
    }

    private static List<String> cordonedOf(DescribeLogDirsResponseData answer) {
        return answer.results().stream()
                .filter(DescribeLogDirsResult::isCordoned)
                .map(DescribeLogDirsResult::logDir)
                .sorted()
                .toList();
    }

    private static String topic(String name, int partitions) {
        return "{name:'%s',numPartitions:%d,replicationFactor:1}".formatted(name, partitions);
    }

    private static void create(Conversation talk, String step, String topics) throws IOException {
        talk.ask(step, CREATE_TOPICS, "{timeoutMs:30000,topics:[" + topics + "]}");
    }

    private static void describe(Conversation talk, String step, List<String> dirs) throws IOException {
        talk.one(
                step,
                DESCRIBE_CONFIGS,
                DESCRIBE_CONFIGS.latestVersion(),
                "{resources:[{resourceType:4,resourceName:'1',configurationKeys:['%s']}],includeSynonyms:true}"
                        .formatted(CORDONED),
                manner().seenAs(answer -> {
                    answer.findParents("value").forEach(parent -> number((ObjectNode) parent, dirs));
                    return answer;
                }));
    }

    /** Folders have other names on every broker. */
    private static void number(ObjectNode config, List<String> dirs) {
        JsonNode value = config.get("value");
        if (value.isTextual()) {
            String text = value.asText();
            for (int i = 0; i < dirs.size(); i++) {
                text = text.replace(dirs.get(i), "<folder " + (i + 1) + ">");
            }
            config.put("value", text);
        }
    }

    private static void more(Conversation talk, String step, String topic, int count, String assignments)
            throws IOException {
        talk.ask(
                step,
                CREATE_PARTITIONS,
                "{timeoutMs:30000,topics:[{name:'%s',count:%d,assignments:%s}]}".formatted(topic, count, assignments));
    }

    private static void awaitLog(Conversation talk, String topic, int partition) {
        String wanted = "{topics:[{topic:'%s',partitions:[%d]}]}".formatted(topic, partition);
        talk.settle(topic, () -> talk.<DescribeLogDirsResponseData>aside(DESCRIBE_LOG_DIRS, wanted).results().stream()
                .anyMatch(result -> !result.topics().isEmpty()));
    }

    private static void cordoned(Conversation talk) throws IOException {
        List<String> dirs = MoveScripts.dirs(talk);
        String first = dirs.get(0);
        String second = dirs.get(1);
        String third = dirs.get(2);
        for (String name : List.of("a", "b", "c", "d", "e", "f2", "f3", "f4", "f5", "f6", "f7")) {
            talk.dropTopic("cordoned-" + name);
        }
        talk.aside(ALTER_REPLICA_LOG_DIRS, move(first, "cordoned-a", 0));
        talk.aside(ALTER_REPLICA_LOG_DIRS, move(first, "cordoned-c", 0));
        talk.topic("cordoned-a", 1, "retention.ms", "-1");
        where(talk, "before", dirs, "cordoned-a", 1);
        talk.one(
                "only to see whether",
                INCREMENTAL_ALTER_CONFIGS,
                alter(BROKER, "1", CORDONED + " set " + first).replace("{resources", "{validateOnly:true,resources"));
        describe(talk, "nothing came of it", dirs);

        take(talk, "the first and the second", dirs, " set " + first + "," + second, first, second);
        describe(talk, "the setting", dirs);
        talk.ask("as older clients see it", DESCRIBE_LOG_DIRS, "{topics:[]}", placed(dirs, ""));
        talk.topic("cordoned-b", 3);
        where(talk, "new ones are elsewhere", dirs, "cordoned-b", 3);
        talk.topic("cordoned-c", 1);
        where(talk, "one that was to be there is", dirs, "cordoned-c", 1);
        RecordScripts.fill(talk, "cordoned-a", "one", "two");
        where(talk, "what was there takes records", dirs, "cordoned-a", 1);
        Object[][] moves = {
            {"from elsewhere", first, "cordoned-b", new int[] {0}},
            {"to where it is", first, "cordoned-a", new int[] {0}},
            {"to another one that is cordoned", second, "cordoned-a", new int[] {0}},
            {"some of which are not there", first, "cordoned-b", new int[] {0, 1, 9, -1}},
            {"of a topic that is not there", first, "cordoned-none", new int[] {0}},
            {"of a topic of a name too long to move", first, "x".repeat(249), new int[] {0}},
            {"of a topic of no name", first, "", new int[] {0}},
            {"of none", first, "cordoned-b", new int[0]},
        };
        for (Object[] step : moves) {
            talk.ask("moves " + step[0], ALTER_REPLICA_LOG_DIRS, move((String) step[1], (String) step[2], (int[])
                    step[3]));
        }
        where(talk, "nothing has moved", dirs, "cordoned-b", 3);
        talk.ask("one moves away", ALTER_REPLICA_LOG_DIRS, move(third, "cordoned-a", 0));
        where(talk, "it has moved away", dirs, "cordoned-a", 1);
        talk.ask("and not back", ALTER_REPLICA_LOG_DIRS, move(first, "cordoned-a", 0));

        take(talk, "another one", dirs, " append " + third, first, second, third);
        create(talk, "a topic", topic("cordoned-x", 1));
        create(talk, "a topic of two replicas", "{name:'cordoned-x',numPartitions:1,replicationFactor:2}");
        create(talk, "a topic of no replicas", "{name:'cordoned-x',numPartitions:1,replicationFactor:0}");
        create(talk, "a topic of no partitions", topic("cordoned-x", 0));
        create(talk, "a topic that is there", topic("cordoned-a", 1));
        create(talk, "a topic and another one", topic("cordoned-x", 1) + "," + topic("cordoned-y", 1));
        create(
                talk,
                "a topic by hand",
                "{name:'cordoned-f#',numPartitions:-1,replicationFactor:-1,assignments:[{partitionIndex:0,brokerIds:[1]}]}");
        awaitLog(talk, "cordoned-f7", 0);
        where(talk, "it lies in the first", dirs, "cordoned-f7", 1);
        more(talk, "more partitions", "cordoned-a", 2, "null");
        more(talk, "fewer partitions", "cordoned-b", 2, "null");
        talk.one(
                "a partition by hand",
                CREATE_PARTITIONS,
                "{timeoutMs:30000,topics:[{name:'cordoned-a',count:2,assignments:[{brokerIds:[1]}]}]}");
        awaitLog(talk, "cordoned-a", 1);
        where(talk, "it lies in the first too", dirs, "cordoned-a", 2);
        for (String again : List.of("", " again")) {
            talk.ask(
                    "a topic is asked for" + again,
                    METADATA,
                    4,
                    Conversation.LATEST,
                    "{allowAutoTopicCreation:true,topics:[{name:'cordoned-e'}]}",
                    manner().seenAs(answer -> answer.get("topics")));
        }
        RecordScripts.fill(talk, "cordoned-a", "three");
        where(talk, "records go on", dirs, "cordoned-a", 2);

        take(talk, "the second no longer", dirs, " subtract " + second, first, third);
        talk.topic("cordoned-d", 2);
        where(talk, "new ones are there", dirs, "cordoned-d", 2);
        take(talk, "all", dirs, " set *", first, second, third);
        describe(talk, "the setting of all", dirs);
        create(talk, "a topic, with all", topic("cordoned-x", 1));
        take(talk, "none", dirs, " set ");
        describe(talk, "the setting of none", dirs);
        take(talk, "with blanks", dirs, " set  " + first + " , " + third + " ", first, third);
        describe(talk, "the setting with blanks", dirs);
        take(talk, "one twice", dirs, " set " + second + "," + second, second);
        describe(talk, "the setting of one twice", dirs);
        take(talk, "no setting", dirs, " delete");
        describe(talk, "none is set", dirs);
        talk.ask("one moves back", ALTER_REPLICA_LOG_DIRS, move(first, "cordoned-b", 0));
        where(talk, "it has moved back", dirs, "cordoned-b", 3);
    }

    private static void refused(Conversation talk) throws IOException {
        List<String> dirs = MoveScripts.dirs(talk);
        String first = dirs.get(0);
        String[][] values = {
            {"that is none", "/nowhere/at/all"},
            {"one of them and one that is none", first + ",/nowhere"},
            {"among which they are", first.substring(0, first.lastIndexOf('/'))},
            {"by a relative name", first.substring(first.lastIndexOf('/') + 1)},
            {"with a slash behind", first + "/"},
            {"and one of no name", first + ","},
            {"all of no name", ","},
            {"all and one of them", "*," + first},
            {"one of them and all", first + ",*"},
            {"by a pattern", first.substring(0, first.length() - 1) + "*"},
        };
        for (String[] value : values) {
            talk.ask("a folder " + value[0], INCREMENTAL_ALTER_CONFIGS, set("1", value[1]));
            talk.ask(
                    "in place of all others, a folder " + value[0],
                    ALTER_CONFIGS,
                    "{resources:[{resourceType:4,resourceName:'1',configs:[{name:'%s',value:'%s'}]}]}"
                            .formatted(CORDONED, value[1]));
        }
        for (String value : List.of("*", "", first, "/nowhere")) {
            talk.ask("for all brokers, " + value.replace(first, "one"), INCREMENTAL_ALTER_CONFIGS, set("", value));
        }
        talk.ask("for a broker that is not there", INCREMENTAL_ALTER_CONFIGS, set("9", "*"));
        talk.ask("one more that is none", INCREMENTAL_ALTER_CONFIGS, alter(BROKER, "1", CORDONED + " append /nowhere"));
        describe(talk, "nothing came of it", dirs);
        talk.ask("one less that is none", INCREMENTAL_ALTER_CONFIGS, alter(BROKER, "1", CORDONED + " subtract /no"));
        take(talk, "back", dirs, " delete");
        describe(talk, "none is set", dirs);
    }

    private static String set(String broker, String value) {
        return alter(BROKER, broker, CORDONED + " set " + value);
    }
}
