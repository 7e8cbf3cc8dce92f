package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.ConfigScripts.alter;
import static dev.millrace.broker.reference.Conversation.LATEST;
import static dev.millrace.broker.reference.Conversation.manner;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_REPLICA_LOG_DIRS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_RECORDS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_LOG_DIRS;
import static org.apache.kafka.common.protocol.ApiKeys.INCREMENTAL_ALTER_CONFIGS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.StringJoiner;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;

/** Partitions that move from one of log.dirs to another (KIP-113), and where they are told to be meanwhile. */
final class MoveScripts {

    static final List<Script> ALL = List.of(
            new Script("moves", MoveScripts::moves),
            new Script("moves refused", MoveScripts::refused),
            new Script("moves under way", MoveScripts::underWay));

    private static final int BROKER = 4;
    private static final String THROTTLE = "replica.alter.log.dirs.io.max.bytes.per.second";

    private MoveScripts() {}

    /** The broker's log.dirs, in the order of their names. */
    static List<String> dirs(Conversation talk) throws IOException {
        DescribeLogDirsResponseData answer = talk.aside(DESCRIBE_LOG_DIRS, "{topics:[]}");
        return answer.results().stream()
                .map(DescribeLogDirsResponseData.DescribeLogDirsResult::logDir)
                .sorted()
                .toList();
    }

    static String move(String dir, String topic, int... partitions) {
        return "{dirs:[" + to(dir, topic, partitions) + "]}";
    }

    private static String to(String dir, String topic, int... partitions) {
        return "{path:'%s',topics:[%s]}".formatted(dir, of(topic, partitions));
    }

    private static String of(String topic, int... partitions) {
        StringJoiner numbers = new StringJoiner(",");
        for (int partition : partitions) {
            numbers.add(Integer.toString(partition));
        }
        return "{name:'%s',partitions:[%s]}".formatted(topic, numbers);
    }

    /** Where a topic's partitions are, by the place of the folder among all. */
    static Conversation.Manner placed(List<String> dirs, String topic) {
        return manner().seenAs(answer -> {
            for (JsonNode result : answer.get("results")) {
                ((ObjectNode) result)
                        .put("folder", 1 + dirs.indexOf(result.get("logDir").asText()));
                for (Iterator<JsonNode> topics = ((ArrayNode) result.get("topics")).elements(); topics.hasNext(); ) {
                    JsonNode one = topics.next();
                    if (!one.get("name").asText().equals(topic)) {
                        topics.remove();
                    } else {
                        one.get("partitions").forEach(MoveScripts::withoutProgress);
                    }
                }
            }
            return answer;
        });
    }

    /** How far a future replica has come is a matter of time. */
    private static void withoutProgress(JsonNode partition) {
        if (partition.get("isFutureKey").asBoolean()) {
            ((ObjectNode) partition).put("partitionSize", "<any>");
            boolean lags = partition.get("offsetLag").asLong() > 0;
            ((ObjectNode) partition).put("offsetLag", lags ? "<some>" : "<none>");
        }
    }

    /** Whether nothing of the topic moves, nor is told to be in two places while its move ends. */
    private static boolean isSettled(Object answer, String topic) {
        List<DescribeLogDirsResponseData.DescribeLogDirsPartition> partitions = ((DescribeLogDirsResponseData) answer)
                .results().stream()
                        .flatMap(result -> result.topics().stream())
                        .filter(described -> described.name().equals(topic))
                        .flatMap(described -> described.partitions().stream())
                        .toList();
        return partitions.stream().noneMatch(DescribeLogDirsResponseData.DescribeLogDirsPartition::isFutureKey)
                && partitions.size()
                        == partitions.stream()
                                .map(DescribeLogDirsResponseData.DescribeLogDirsPartition::partitionIndex)
                                .distinct()
                                .count();
    }

    /** Once nothing of the topic moves any more. */
    static void where(Conversation talk, String step, List<String> dirs, String topic, int partitions)
            throws IOException {
        int[] all = new int[partitions];
        for (int i = 0; i < partitions; i++) {
            all[i] = i;
        }
        String wanted = "{topics:[" + of(topic, all).replace("name:", "topic:") + "]}";
        talk.ask(
                step,
                DESCRIBE_LOG_DIRS,
                1,
                LATEST,
                wanted,
                placed(dirs, topic).until(answer -> isSettled(answer, topic)));
    }

    private static void moves(Conversation talk) throws IOException {
        List<String> dirs = dirs(talk);
        talk.dropTopic("moves-a");
        talk.ask("before it is there", ALTER_REPLICA_LOG_DIRS, move(dirs.get(1), "moves-a", 0, 1));
        talk.ask("and elsewhere", ALTER_REPLICA_LOG_DIRS, move(dirs.get(2), "moves-a", 1, 2));
        talk.topic("moves-a", 2, "retention.ms", "-1");
        RecordScripts.fill(talk, "moves-a", "one", "two");
        where(talk, "where it was to be", dirs, "moves-a", 2);
        talk.one(
                "a third partition",
                CREATE_PARTITIONS,
                "{timeoutMs:30000,topics:[{name:'moves-a',count:3,assignments:null}]}");
        talk.settle("the third partition", () -> talk
                .<DescribeLogDirsResponseData>aside(DESCRIBE_LOG_DIRS, "{topics:[{topic:'moves-a',partitions:[2]}]}")
                .results()
                .stream()
                .anyMatch(result -> !result.topics().isEmpty()));
        where(talk, "where the third was to be", dirs, "moves-a", 3);
        talk.ask("to where it is", ALTER_REPLICA_LOG_DIRS, move(dirs.get(1), "moves-a", 0));
        where(talk, "it has stayed", dirs, "moves-a", 3);
        for (int version = 1; version <= ALTER_REPLICA_LOG_DIRS.latestVersion(); version++) {
            talk.one("to elsewhere", ALTER_REPLICA_LOG_DIRS, version, move(dirs.get(version - 1), "moves-a", 0));
            where(talk, "it has moved by version " + version, dirs, "moves-a", 3);
        }
        talk.ask("all of it", ALTER_REPLICA_LOG_DIRS, move(dirs.get(0), "moves-a", 0, 1, 2));
        where(talk, "all of it has moved", dirs, "moves-a", 3);
        talk.ask("a partition twice to one", ALTER_REPLICA_LOG_DIRS, move(dirs.get(2), "moves-a", 0, 0));
        where(talk, "it has moved once", dirs, "moves-a", 3);
        talk.ask(
                "a partition to two",
                ALTER_REPLICA_LOG_DIRS,
                "{dirs:[" + to(dirs.get(0), "moves-a", 0) + "," + to(dirs.get(1), "moves-a", 0) + "]}");
        where(talk, "it has moved to the last", dirs, "moves-a", 3);
        talk.ask(
                "a topic twice",
                ALTER_REPLICA_LOG_DIRS,
                "{dirs:[{path:'%s',topics:[%s,%s]}]}".formatted(dirs.get(2), of("moves-a", 1), of("moves-a", 2)));
        where(talk, "both have moved", dirs, "moves-a", 3);
        talk.ask(
                "a folder twice",
                ALTER_REPLICA_LOG_DIRS,
                "{dirs:[" + to(dirs.get(0), "moves-a", 1) + "," + to(dirs.get(0), "moves-a", 2) + "]}");
        where(talk, "both have moved again", dirs, "moves-a", 3);
        talk.ask(
                "one that can and some that can't",
                ALTER_REPLICA_LOG_DIRS,
                "{dirs:[{path:'%s',topics:[%s,%s]},%s]}"
                        .formatted(
                                dirs.get(2),
                                of("moves-a", 0, 9),
                                of("moves-none", 0),
                                to("/nowhere/at/all", "moves-a", 1)));
        where(talk, "the one has moved", dirs, "moves-a", 3);

        GroupScripts.awaitCoordinator(talk, "moves");
        talk.ask("of an internal topic", ALTER_REPLICA_LOG_DIRS, move(dirs.get(0), "__consumer_offsets", 0, 1));
        talk.ask(
                "where its logs are",
                DESCRIBE_LOG_DIRS,
                1,
                LATEST,
                "{topics:[{topic:'__consumer_offsets',partitions:[1]}]}",
                placed(dirs, "__consumer_offsets").until(answer -> isSettled(answer, "__consumer_offsets")));
        talk.ask("of an internal topic back", ALTER_REPLICA_LOG_DIRS, move(dirs.get(1), "__consumer_offsets", 0, 1));
        talk.ask(
                "where its logs are again",
                DESCRIBE_LOG_DIRS,
                1,
                LATEST,
                "{topics:[{topic:'__consumer_offsets',partitions:[1]}]}",
                placed(dirs, "__consumer_offsets").until(answer -> isSettled(answer, "__consumer_offsets")));
    }

    private static void refused(Conversation talk) throws IOException {
        List<String> dirs = dirs(talk);
        talk.topic("unmoved-a", 2);
        talk.dropTopic("unmoved-none");
        String parent = dirs.get(0).substring(0, dirs.get(0).lastIndexOf('/'));
        String[][] folders = {
            {"that is none", "/nowhere/at/all"},
            {"that is not among them", parent},
            {"by a relative name", dirs.get(0).substring(dirs.get(0).lastIndexOf('/') + 1)},
            {
                "by a way round",
                dirs.get(0) + "/../" + dirs.get(0).substring(dirs.get(0).lastIndexOf('/') + 1)
            },
            {"with a slash behind", dirs.get(0) + "/"},
            {"with two slashes before", "/" + dirs.get(0)},
            {"with a blank behind", dirs.get(0) + " "},
            {"within one of them", dirs.get(0) + "/unmoved-a-0"},
            {"of no name", ""},
            {"of a dot", "."},
            {"of a wildcard", "any"},
        };
        for (String[] folder : folders) {
            talk.ask("to a folder " + folder[0], ALTER_REPLICA_LOG_DIRS, move(folder[1], "unmoved-a", 0));
            talk.ask(
                    "what is not there, to a folder " + folder[0],
                    ALTER_REPLICA_LOG_DIRS,
                    move(folder[1], "unmoved-none", 0));
        }
        String[][] topics = {
            {"a topic that is not there", of("unmoved-none", 0)},
            {"a partition that is not there", of("unmoved-a", 9)},
            {"a negative partition", of("unmoved-a", -1)},
            {"a topic of no name", of("", 0)},
            {"a topic of a name that can be none", of("a/b", 0)},
            {"a topic of dots", of("..", 0)},
            {"a topic of a name too long to move", of("x".repeat(249), 0)},
            {"a topic of a name far too long", of("x".repeat(300), 0)},
            {"the metadata", of("__cluster_metadata", 0)},
            {"no partition", of("unmoved-a")},
            {"no partition of a topic that is not there", of("unmoved-none")},
        };
        for (String[] topic : topics) {
            talk.ask(
                    topic[0],
                    ALTER_REPLICA_LOG_DIRS,
                    "{dirs:[{path:'%s',topics:[%s]}]}".formatted(dirs.get(0), topic[1]));
            talk.ask(
                    topic[0] + ", to a folder that is none",
                    ALTER_REPLICA_LOG_DIRS,
                    "{dirs:[{path:'/nowhere',topics:[%s]}]}".formatted(topic[1]));
        }
        talk.ask("no topic", ALTER_REPLICA_LOG_DIRS, "{dirs:[{path:'%s',topics:[]}]}".formatted(dirs.get(0)));
        talk.ask("no topic to a folder that is none", ALTER_REPLICA_LOG_DIRS, "{dirs:[{path:'/nowhere',topics:[]}]}");
        talk.ask("nothing", ALTER_REPLICA_LOG_DIRS, "{dirs:[]}");
        String[][] described = {
            {"a topic twice", "{topic:'unmoved-a',partitions:[0]},{topic:'unmoved-a',partitions:[1]}"},
            {"a partition twice", "{topic:'unmoved-a',partitions:[0,0]}"},
            {"a negative partition", "{topic:'unmoved-a',partitions:[-1]}"},
            {"no partition", "{topic:'unmoved-a',partitions:[]}"},
            {"a topic of no name", "{topic:'',partitions:[0]}"},
            {"a topic of a name that can be none", "{topic:'a/b',partitions:[0]}"},
            {"the metadata", "{topic:'__cluster_metadata',partitions:[0]}"},
        };
        for (String[] one : described) {
            talk.ask("described: " + one[0], DESCRIBE_LOG_DIRS, 1, LATEST, "{topics:[" + one[1] + "]}", spread());
        }
    }

    /** On which of log.dirs a topic is made that nobody has placed is each broker's own affair. */
    private static Conversation.Manner spread() {
        return manner().seenAs(answer -> {
            ObjectNode all = ((ObjectNode) answer).putObject("placed");
            for (JsonNode result : answer.get("results")) {
                for (JsonNode topic : result.get("topics")) {
                    ArrayNode partitions = all.withArray(topic.get("name").asText());
                    topic.get("partitions").forEach(partitions::add);
                }
                ((ObjectNode) result).remove("topics");
            }
            return answer;
        });
    }

    private static void underWay(Conversation talk) throws IOException {
        List<String> dirs = dirs(talk);
        talk.dropTopic("moving-a");
        talk.aside(ALTER_REPLICA_LOG_DIRS, move(dirs.get(0), "moving-a", 0, 1));
        talk.topic("moving-a", 2, "retention.ms", "-1");
        for (int i = 0; i < 4; i++) {
            RecordScripts.fill(talk, "moving-a", "x".repeat(900_000));
        }
        talk.one("slowly", INCREMENTAL_ALTER_CONFIGS, alter(BROKER, "1", THROTTLE + " set 1"));
        talk.one(
                "slow they are",
                DESCRIBE_CONFIGS,
                4,
                "{resources:[{resourceType:4,resourceName:'1',configurationKeys:['" + THROTTLE
                        + "']}],includeSynonyms:true,includeDocumentation:true}",
                manner().until(answer -> ConfigScripts.valueOf((DescribeConfigsResponseData) answer, THROTTLE)
                        .equals("1")));
        String[][] steps = {
            {"to the second", dirs.get(1)},
            {"to the second again", dirs.get(1)},
            {"to the third instead", dirs.get(2)},
            {"back to the first", dirs.get(0)},
            {"to the third", dirs.get(2)},
            {"to none", "/nowhere/at/all"},
        };
        String wanted = "{topics:[{topic:'moving-a',partitions:[0]}]}";
        for (String[] step : steps) {
            talk.ask(step[0], ALTER_REPLICA_LOG_DIRS, move(step[1], "moving-a", 0));
            talk.ask(
                    "where it is on its way " + step[0],
                    DESCRIBE_LOG_DIRS,
                    1,
                    LATEST,
                    wanted,
                    placed(dirs, "moving-a"));
        }
        talk.ask("all topics while it moves", DESCRIBE_LOG_DIRS, 1, LATEST, "{topics:null}", placed(dirs, "moving-a"));
        talk.one(
                "records of it deleted",
                DELETE_RECORDS,
                "{timeoutMs:1000,topics:[{name:'moving-a',partitions:[{partitionIndex:0,offset:2}]}]}");
        RecordScripts.fill(talk, "moving-a", "more");
        talk.ask("where it is after that", DESCRIBE_LOG_DIRS, 1, LATEST, wanted, placed(dirs, "moving-a"));
        talk.dropTopic("moving-a");
        talk.ask("when it is gone", ALTER_REPLICA_LOG_DIRS, move(dirs.get(1), "moving-a", 0));
        talk.ask("where it was", DESCRIBE_LOG_DIRS, 1, LATEST, wanted, placed(dirs, "moving-a"));
        talk.one("as fast as can be", INCREMENTAL_ALTER_CONFIGS, alter(BROKER, "1", THROTTLE + " delete"));
        talk.topic("moving-a", 1, "retention.ms", "-1");
        where(talk, "made again, where it was to be", dirs, "moving-a", 1);
        talk.dropTopic("moving-a");
    }
}
