package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.Conversation.LATEST;
import static dev.millrace.broker.reference.Conversation.manner;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_PARTITION_REASSIGNMENTS;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_REPLICA_LOG_DIRS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_LOG_DIRS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_TOPIC_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.ELECT_LEADERS;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_PARTITION_REASSIGNMENTS;
import static org.apache.kafka.common.protocol.ApiKeys.METADATA;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.MetadataResponseData;

/** What a client asks about topics, and how it makes, changes and deletes them. */
final class TopicScripts {

    static final List<Script> ALL = List.of(
            new Script("metadata", TopicScripts::metadata),
            new Script("topic partitions", TopicScripts::topicPartitions),
            new Script("creating topics", TopicScripts::creating),
            new Script("deleting topics", TopicScripts::deleting),
            new Script("adding partitions", TopicScripts::addingPartitions),
            new Script("replicas", TopicScripts::replicas),
            new Script("log dirs", TopicScripts::logDirs));

    private static final String NOBODYS_ID = "AAAAAAAAAAAAAAAAAAAAAQ";

    private TopicScripts() {}

    private static void metadata(Conversation talk) throws IOException {
        Uuid id = talk.topic("metadata-a", 3);
        talk.topic("metadata-b", 1);
        for (int version = 0; version <= METADATA.latestVersion(); version++) {
            // Where a version can't forbid it, to ask is to create.
            talk.dropTopic("metadata-made-" + version);
            talk.dropTopic("metadata-allowed-" + version);
        }
        talk.ask(
                "topics by name",
                METADATA,
                "{allowAutoTopicCreation:false,topics:[{name:'metadata-b'},{name:'metadata-a'}]}");
        talk.ask("all topics", METADATA, 1, LATEST, "{topics:null}", manner().seenAs(TopicScripts::ofThisScript));
        talk.ask(
                "all topics by naming none",
                METADATA,
                0,
                0,
                "{topics:[]}",
                manner().seenAs(TopicScripts::ofThisScript));
        talk.ask("no topic", METADATA, 1, LATEST, "{topics:[]}");
        talk.ask(
                "a topic that is not there",
                METADATA,
                4,
                LATEST,
                "{allowAutoTopicCreation:false,topics:[{name:'metadata-none'}]}");
        talk.ask(
                "a topic twice",
                METADATA,
                "{allowAutoTopicCreation:false,topics:[{name:'metadata-b'},{name:'metadata-b'}]}");
        talk.ask(
                "names that can be none",
                METADATA,
                "{allowAutoTopicCreation:true,topics:[{name:'not a name'},{name:''}]}");
        talk.ask(
                "what may be done",
                METADATA,
                8,
                LATEST,
                "{allowAutoTopicCreation:false,topics:[{name:'metadata-b'}],includeTopicAuthorizedOperations:true,"
                        + "includeClusterAuthorizedOperations:true}");
        talk.ask("a topic by id", METADATA, 12, LATEST, "{topics:[{topicId:'%s',name:null}]}".formatted(id));
        talk.ask(
                "an id that nothing has",
                METADATA,
                12,
                LATEST,
                "{topics:[{topicId:'%s',name:null}]}".formatted(NOBODYS_ID));
        talk.ask(
                "an id beside a name",
                METADATA,
                10,
                LATEST,
                "{topics:[{topicId:'%s',name:'metadata-a'}]}".formatted(id));
        talk.ask("no name and no id", METADATA, 10, LATEST, "{topics:[{name:null}]}");
        talk.ask("a topic made by asking", METADATA, "{allowAutoTopicCreation:true,topics:[{name:'metadata-made-#'}]}");
        talk.ask(
                "and then it is there",
                METADATA,
                0,
                LATEST,
                "{allowAutoTopicCreation:true,topics:[{name:'metadata-made-#'}]}",
                manner().until(answer ->
                        ((MetadataResponseData) answer).topics().stream().allMatch(topic -> topic.errorCode() == 0)));
    }

    /** Other scripts leave topics, and so does the broker itself. */
    private static JsonNode ofThisScript(JsonNode answer) {
        for (Iterator<JsonNode> topics = ((ArrayNode) answer.get("topics")).elements(); topics.hasNext(); ) {
            if (!topics.next().get("name").asText().matches("metadata-[ab]")) {
                topics.remove();
            }
        }
        return answer;
    }

    private static void topicPartitions(Conversation talk) throws IOException {
        talk.topic("described-a", 3);
        talk.topic("described-b", 4);
        talk.dropTopic("described-none");
        talk.ask(
                "topics in the order of names",
                DESCRIBE_TOPIC_PARTITIONS,
                "{topics:[{name:'described-b'},{name:'described-a'},{name:'described-none'},{name:'not a name'}]}",
                manner().inOrder());
        DescribeTopicPartitionsResponseData page = talk.one(
                "as many as fit",
                DESCRIBE_TOPIC_PARTITIONS,
                0,
                "{topics:[{name:'described-a'},{name:'described-b'}],responsePartitionLimit:5}",
                manner().inOrder());
        if (page.nextCursor() != null) {
            talk.one(
                    "and on from there",
                    DESCRIBE_TOPIC_PARTITIONS,
                    0,
                    "{topics:[{name:'described-a'},{name:'described-b'}],responsePartitionLimit:5,"
                            + "cursor:{topicName:'%s',partitionIndex:%d}}"
                                    .formatted(
                                            page.nextCursor().topicName(),
                                            page.nextCursor().partitionIndex()),
                    manner().inOrder());
        }
        talk.one(
                "exactly as many as there are",
                DESCRIBE_TOPIC_PARTITIONS,
                0,
                "{topics:[{name:'described-a'}],responsePartitionLimit:3}",
                manner().inOrder());
        talk.one(
                "none fit",
                DESCRIBE_TOPIC_PARTITIONS,
                0,
                "{topics:[{name:'described-a'}],responsePartitionLimit:0}",
                manner().inOrder());
        talk.one(
                "from a topic that is gone",
                DESCRIBE_TOPIC_PARTITIONS,
                0,
                "{topics:[{name:'described-a'},{name:'described-b'}],cursor:{topicName:'described-aa',partitionIndex:2}}",
                manner().inOrder());
        talk.one(
                "from a partition that is not there",
                DESCRIBE_TOPIC_PARTITIONS,
                0,
                "{topics:[{name:'described-a'},{name:'described-b'}],cursor:{topicName:'described-a',partitionIndex:9}}",
                manner().inOrder());
        talk.one(
                "from a negative partition",
                DESCRIBE_TOPIC_PARTITIONS,
                0,
                "{topics:[{name:'described-a'}],cursor:{topicName:'described-a',partitionIndex:-1}}",
                manner().inOrder());
        talk.one(
                "a topic twice",
                DESCRIBE_TOPIC_PARTITIONS,
                0,
                "{topics:[{name:'described-a'},{name:'described-a'}]}",
                manner().inOrder());
    }

    private static void creating(Conversation talk) throws IOException {
        for (int version = 2; version <= CREATE_TOPICS.latestVersion(); version++) {
            for (String name : List.of("full", "assigned", "defaults", "configured", "twice", "valid")) {
                talk.dropTopic("creating-" + name + "-" + version);
            }
        }
        talk.topic("creating-there.is", 1);
        create(talk, "a topic", 2, "{name:'creating-full-#',numPartitions:2,replicationFactor:1}", "");
        create(
                talk,
                "a topic with its replicas named",
                2,
                "{name:'creating-assigned-#',numPartitions:-1,replicationFactor:-1,"
                        + "assignments:[{partitionIndex:0,brokerIds:[1]},{partitionIndex:1,brokerIds:[1]}]}",
                "");
        create(
                talk,
                "a topic of defaults",
                4,
                "{name:'creating-defaults-#',numPartitions:-1,replicationFactor:-1}",
                "");
        create(
                talk,
                "a topic with settings",
                2,
                "{name:'creating-configured-#',numPartitions:1,replicationFactor:1,"
                        + "configs:[{name:'cleanup.policy',value:'compact'},{name:'retention.ms',value:'60000'}]}",
                "");
        create(
                talk,
                "only to see whether",
                2,
                "{name:'creating-valid-#',numPartitions:3,replicationFactor:1}",
                ",validateOnly:true");
        create(talk, "one that is there", 2, "{name:'creating-there.is',numPartitions:1,replicationFactor:1}", "");
        create(talk, "one that looks like it", 2, "{name:'creating-there_is',numPartitions:1,replicationFactor:1}", "");
        String[][] refused = {
            {"no partitions", "{name:'creating-x',numPartitions:0,replicationFactor:1}"},
            {"no replicas", "{name:'creating-x',numPartitions:1,replicationFactor:0}"},
            {"more replicas than brokers", "{name:'creating-x',numPartitions:1,replicationFactor:2}"},
            {"a name with a slash", "{name:'creating/x',numPartitions:1,replicationFactor:1}"},
            {"no name", "{name:'',numPartitions:1,replicationFactor:1}"},
            {"a name of dots", "{name:'..',numPartitions:1,replicationFactor:1}"},
            {"a name too long", "{name:'" + "x".repeat(250) + "',numPartitions:1,replicationFactor:1}"},
            {
                "replicas named and counted",
                "{name:'creating-x',numPartitions:1,replicationFactor:1,assignments:[{partitionIndex:0,brokerIds:[1]}]}"
            },
            {
                "a replica on an unknown broker",
                "{name:'creating-x',numPartitions:-1,replicationFactor:-1,assignments:[{partitionIndex:0,brokerIds:[9]}]}"
            },
            {
                "a replica twice",
                "{name:'creating-x',numPartitions:-1,replicationFactor:-1,assignments:[{partitionIndex:0,brokerIds:[1,1]}]}"
            },
            {
                "partitions that leave one out",
                "{name:'creating-x',numPartitions:-1,replicationFactor:-1,assignments:[{partitionIndex:1,brokerIds:[1]}]}"
            },
            {
                "a partition without replicas",
                "{name:'creating-x',numPartitions:-1,replicationFactor:-1,assignments:[{partitionIndex:0,brokerIds:[]}]}"
            },
            {
                "a setting nobody knows",
                "{name:'creating-x',numPartitions:1,replicationFactor:1,configs:[{name:'nope',value:'1'}]}"
            },
            {
                "a setting that can't be",
                "{name:'creating-x',numPartitions:1,replicationFactor:1,configs:[{name:'retention.ms',value:'soon'}]}"
            },
            {
                "a setting of nothing",
                "{name:'creating-x',numPartitions:1,replicationFactor:1,configs:[{name:'retention.ms',value:null}]}"
            },
        };
        for (String[] one : refused) {
            create(talk, one[0], 2, one[1], "");
        }
        create(
                talk,
                "one of them twice",
                2,
                "{name:'creating-twice-#',numPartitions:1,replicationFactor:1},"
                        + "{name:'creating-twice-#',numPartitions:2,replicationFactor:1}",
                "");
        create(
                talk,
                "one good and one bad",
                2,
                "{name:'creating-there.is',numPartitions:1,replicationFactor:1},"
                        + "{name:'creating-valid-#',numPartitions:1,replicationFactor:1}",
                "");
        create(talk, "none", 2, "", "");
    }

    private static void create(Conversation talk, String step, int from, String topics, String more)
            throws IOException {
        talk.ask(step, CREATE_TOPICS, from, LATEST, "{timeoutMs:30000,topics:[" + topics + "]" + more + "}");
    }

    private static void deleting(Conversation talk) throws IOException {
        Uuid id = talk.topic("deleting-by-id", 1);
        for (int version = 1; version <= DELETE_TOPICS.latestVersion(); version++) {
            talk.topic("deleting-" + version, 1);
        }
        talk.ask("a topic", DELETE_TOPICS, 1, 5, "{timeoutMs:30000,topicNames:['deleting-#','deleting-none']}");
        talk.ask(
                "a topic",
                DELETE_TOPICS,
                6,
                6,
                "{timeoutMs:30000,topics:[{name:'deleting-#'},{name:'deleting-none'}]}");
        talk.ask(
                "one by its id",
                DELETE_TOPICS,
                6,
                6,
                "{timeoutMs:30000,topics:[{topicId:'%s',name:null}]}".formatted(id));
        talk.ask(
                "an unknown id",
                DELETE_TOPICS,
                6,
                6,
                "{timeoutMs:30000,topics:[{topicId:'%s',name:null}]}".formatted(NOBODYS_ID));
        talk.ask("neither", DELETE_TOPICS, 6, 6, "{timeoutMs:30000,topics:[{name:null}]}");
        talk.ask(
                "both",
                DELETE_TOPICS,
                6,
                6,
                "{timeoutMs:30000,topics:[{name:'deleting-x',topicId:'%s'}]}".formatted(NOBODYS_ID));
        talk.ask(
                "one twice", DELETE_TOPICS, 6, 6, "{timeoutMs:30000,topics:[{name:'deleting-x'},{name:'deleting-x'}]}");
        talk.ask("one twice", DELETE_TOPICS, 1, 5, "{timeoutMs:30000,topicNames:['deleting-x','deleting-x']}");
        talk.ask("none", DELETE_TOPICS, "{timeoutMs:30000}");
    }

    private static void addingPartitions(Conversation talk) throws IOException {
        for (int version = 0; version <= CREATE_PARTITIONS.latestVersion(); version++) {
            talk.topic("adding-" + version, 2);
        }
        String[][] steps = {
            {"only to see whether", "{name:'adding-#',count:4,assignments:null}],validateOnly:true"},
            {"one more", "{name:'adding-#',count:3,assignments:null}]"},
            {"one with its replica named", "{name:'adding-#',count:4,assignments:[{brokerIds:[1]}]}]"},
            {"as many as there are", "{name:'adding-#',count:4,assignments:null}]"},
            {"fewer", "{name:'adding-#',count:1,assignments:null}]"},
            {"none at all", "{name:'adding-#',count:0,assignments:null}]"},
            {"to a topic that is not there", "{name:'adding-none',count:3,assignments:null}]"},
            {
                "to one topic twice",
                "{name:'adding-#',count:8,assignments:null},{name:'adding-#',count:9,assignments:null}]"
            },
            {"too few replicas named", "{name:'adding-#',count:6,assignments:[{brokerIds:[1]}]}]"},
            {"on an unknown broker", "{name:'adding-#',count:5,assignments:[{brokerIds:[9]}]}]"},
            {"with two replicas", "{name:'adding-#',count:5,assignments:[{brokerIds:[1,9]}]}]"},
            {"with no replica", "{name:'adding-#',count:5,assignments:[{brokerIds:[]}]}]"},
        };
        for (String[] step : steps) {
            talk.ask(step[0], CREATE_PARTITIONS, "{timeoutMs:30000,topics:[" + step[1] + "}");
        }
    }

    private static void replicas(Conversation talk) throws IOException {
        talk.topic("replicas-a", 2);
        String partitions =
                "topicPartitions:[{topic:'replicas-a',partitions:[0,7]},{topic:'replicas-none',partitions:[0]}]";
        talk.ask("preferred leaders", ELECT_LEADERS, "{" + partitions + "}");
        talk.ask("unclean leaders", ELECT_LEADERS, 1, LATEST, "{electionType:1," + partitions + "}");
        talk.ask("an election nobody knows", ELECT_LEADERS, 1, LATEST, "{electionType:7," + partitions + "}");
        talk.ask("no leaders", ELECT_LEADERS, "{topicPartitions:[]}");
        String[][] moves = {
            {"to where it is", "{partitionIndex:0,replicas:[1]}"},
            {"to an unknown broker", "{partitionIndex:0,replicas:[9]}"},
            {"to nowhere", "{partitionIndex:0,replicas:[]}"},
            {"to a broker twice", "{partitionIndex:0,replicas:[1,1]}"},
            {"to a negative broker", "{partitionIndex:0,replicas:[-1]}"},
            {"not at all, though it moves not", "{partitionIndex:0,replicas:null}"},
            {"of a partition that is not there", "{partitionIndex:7,replicas:[1]}"},
        };
        for (String[] move : moves) {
            talk.ask(
                    "a move " + move[0],
                    ALTER_PARTITION_REASSIGNMENTS,
                    "{topics:[{name:'replicas-a',partitions:[" + move[1] + "]}]}");
        }
        talk.ask(
                "a move of a topic that is not there",
                ALTER_PARTITION_REASSIGNMENTS,
                "{topics:[{name:'replicas-none',partitions:[{partitionIndex:0,replicas:[1]}]}]}");
        talk.ask("no move", ALTER_PARTITION_REASSIGNMENTS, "{topics:[]}");
        talk.ask("all that move", LIST_PARTITION_REASSIGNMENTS, "{topics:null}");
        talk.ask(
                "one that does not",
                LIST_PARTITION_REASSIGNMENTS,
                "{topics:[{name:'replicas-a',partitionIndexes:[0]}]}");
        talk.ask(
                "one that is not",
                LIST_PARTITION_REASSIGNMENTS,
                "{topics:[{name:'replicas-none',partitionIndexes:[0]}]}");
    }

    private static void logDirs(Conversation talk) throws IOException {
        talk.dropTopic("dirs-a");
        // Where a broker puts what nobody has placed goes by what else it holds.
        List<String> dirs = MoveScripts.dirs(talk);
        talk.aside(
                ALTER_REPLICA_LOG_DIRS,
                "{dirs:[{path:'%s',topics:[{name:'dirs-a',partitions:[0]}]},{path:'%s',topics:[{name:'dirs-a',partitions:[1]}]}]}"
                        .formatted(dirs.get(0), dirs.get(1)));
        talk.topic("dirs-a", 2);
        RecordScripts.fill(talk, "dirs-a", "one", "two");
        talk.ask("a topic's logs", DESCRIBE_LOG_DIRS, "{topics:[{topic:'dirs-a',partitions:[0,1]}]}");
        talk.ask(
                "logs that are not there",
                DESCRIBE_LOG_DIRS,
                "{topics:[{topic:'dirs-none',partitions:[0]},{topic:'dirs-a',partitions:[9]}]}");
        talk.ask("no logs", DESCRIBE_LOG_DIRS, "{topics:[]}");
        talk.ask(
                "all logs",
                DESCRIBE_LOG_DIRS,
                1,
                LATEST,
                "{topics:null}",
                manner().seenAs(TopicScripts::dirsOfThisScript));
        talk.ask(
                "a move to a folder that is none",
                ALTER_REPLICA_LOG_DIRS,
                "{dirs:[{path:'/nowhere/at/all',topics:[{name:'dirs-a',partitions:[0,9]},{name:'dirs-none',partitions:[0]}]}]}");
        talk.ask("no move", ALTER_REPLICA_LOG_DIRS, "{dirs:[]}");
    }

    private static JsonNode dirsOfThisScript(JsonNode answer) {
        for (JsonNode dir : answer.get("results")) {
            for (Iterator<JsonNode> topics = ((ArrayNode) dir.get("topics")).elements(); topics.hasNext(); ) {
                if (!topics.next().get("name").asText().startsWith("dirs-")) {
                    topics.remove();
                }
            }
        }
        return answer;
    }
}
