package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.Conversation.LATEST;
import static dev.millrace.broker.reference.Conversation.manner;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_PARTITION_REASSIGNMENTS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_TOPIC_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.ELECT_LEADERS;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_PARTITION_REASSIGNMENTS;
import static org.apache.kafka.common.protocol.ApiKeys.METADATA;
import static org.apache.kafka.common.protocol.ApiKeys.UNREGISTER_BROKER;
import static org.apache.kafka.common.protocol.ApiKeys.UPDATE_FEATURES;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.Uuid;

/** Requests about topics and the cluster that name things twice, name nothing, or name what can't be. */
final class TopicEdges {

    static final List<Script> ALL = List.of(
            new Script("creating what can't be", TopicEdges::creating),
            new Script("adding what can't be", TopicEdges::adding),
            new Script("topics named twice", TopicEdges::twice),
            new Script("pages of partitions", TopicEdges::pages),
            new Script("elections and moves", TopicEdges::elections),
            new Script("features", TopicEdges::features));

    private TopicEdges() {}

    private static void creating(Conversation talk) throws IOException {
        for (int version = 2; version <= CREATE_TOPICS.latestVersion(); version++) {
            for (String name : List.of("a", "b", "c", "d", "_")) {
                talk.dropTopic("edge-" + name + version);
            }
        }
        String[][] topics = {
            {"partitions below none", "{name:'edge-x',numPartitions:-2,replicationFactor:1}"},
            {"replicas below none", "{name:'edge-x',numPartitions:1,replicationFactor:-2}"},
            {"more partitions than can be", "{name:'edge-x',numPartitions:10001,replicationFactor:1}"},
            {"partitions of default and replicas counted", "{name:'edge-a#',numPartitions:-1,replicationFactor:1}"},
            {"partitions counted and replicas of default", "{name:'edge-b#',numPartitions:2,replicationFactor:-1}"},
            {
                "partitions counted and replicas named",
                "{name:'edge-x',numPartitions:2,replicationFactor:-1,assignments:[{partitionIndex:0,brokerIds:[1]}]}"
            },
            {
                "replicas counted and named",
                "{name:'edge-x',numPartitions:-1,replicationFactor:1,assignments:[{partitionIndex:0,brokerIds:[1]}]}"
            },
            {
                "a partition assigned twice",
                "{name:'edge-x',numPartitions:-1,replicationFactor:-1,"
                        + "assignments:[{partitionIndex:0,brokerIds:[1]},{partitionIndex:0,brokerIds:[1]}]}"
            },
            {
                "a partition below none",
                "{name:'edge-x',numPartitions:-1,replicationFactor:-1,assignments:[{partitionIndex:-1,brokerIds:[1]}]}"
            },
            {
                "a broker below none",
                "{name:'edge-x',numPartitions:-1,replicationFactor:-1,assignments:[{partitionIndex:0,brokerIds:[-1]}]}"
            },
            {
                "partitions of different numbers of replicas",
                "{name:'edge-x',numPartitions:-1,replicationFactor:-1,"
                        + "assignments:[{partitionIndex:0,brokerIds:[1]},{partitionIndex:1,brokerIds:[1,2]}]}"
            },
            {
                "partitions in another order",
                "{name:'edge-c#',numPartitions:-1,replicationFactor:-1,"
                        + "assignments:[{partitionIndex:1,brokerIds:[1]},{partitionIndex:0,brokerIds:[1]}]}"
            },
            {
                "a setting twice",
                "{name:'edge-d#',numPartitions:1,replicationFactor:1,"
                        + "configs:[{name:'retention.ms',value:'1'},{name:'retention.ms',value:'2'}]}"
            },
            {"a name of a dot", "{name:'.',numPartitions:1,replicationFactor:1}"},
            {"a name of blanks", "{name:' ',numPartitions:1,replicationFactor:1}"},
            {"a name beyond ASCII", "{name:'caf\\u00e9',numPartitions:1,replicationFactor:1}"},
            {"a name that ends in a line", "{name:'edge-x\\n',numPartitions:1,replicationFactor:1}"},
        };
        for (String[] topic : topics) {
            create(talk, "only to see: " + topic[0], topic[1], ",validateOnly:true");
            create(talk, topic[0], topic[1], "");
        }
        String[][] configs = {
            {"retention.ms", "-2"},
            {"retention.bytes", ""},
            {"segment.bytes", "13"},
            {"segment.bytes", "2147483648"},
            {"segment.ms", "0"},
            {"cleanup.policy", ""},
            {"cleanup.policy", "compact,delete"},
            {"cleanup.policy", "compact,shred"},
            {"cleanup.policy", " delete , compact "},
            {"compression.type", "brotli"},
            {"compression.gzip.level", "10"},
            {"compression.zstd.level", "99"},
            {"compression.lz4.level", "0"},
            {"min.insync.replicas", "0"},
            {"min.cleanable.dirty.ratio", "1.5"},
            {"min.cleanable.dirty.ratio", "NaN"},
            {"max.message.bytes", "-1"},
            {"message.timestamp.type", "createTime"},
            {"message.timestamp.type", "LogAppendTime"},
            {"message.format.version", "3.0"},
            {"message.downconversion.enable", "true"},
            {"preallocate", "TRUE"},
            {"preallocate", "yes"},
            {"unclean.leader.election.enable", "maybe"},
            {"flush.messages", "0"},
            {"flush.messages", " 5 "},
            {"flush.ms", "1e3"},
            {"index.interval.bytes", "-1"},
            {"segment.index.bytes", "3"},
            {"local.retention.ms", "5"},
            {"local.retention.ms", "-3"},
            {"remote.storage.enable", "true"},
            {"remote.log.copy.disable", "true"},
            {"follower.replication.throttled.replicas", "*"},
            {"follower.replication.throttled.replicas", "0:1,"},
            {"leader.replication.throttled.replicas", "none"},
            {"errors.tolerance", "all"},
            {"", "1"},
        };
        for (String[] config : configs) {
            create(
                    talk,
                    "set: " + config[0] + "=" + config[1],
                    "{name:'edge-x',numPartitions:1,replicationFactor:1,configs:[{name:'%s',value:'%s'}]}"
                            .formatted(config[0], config[1]),
                    ",validateOnly:true");
        }
    }

    private static void create(Conversation talk, String step, String topics, String more) throws IOException {
        talk.ask(step, CREATE_TOPICS, "{timeoutMs:30000,topics:[" + topics + "]" + more + "}");
    }

    private static void adding(Conversation talk) throws IOException {
        for (int version = 0; version <= CREATE_PARTITIONS.latestVersion(); version++) {
            talk.topic("edges-" + version, 2);
        }
        talk.dropTopic("edges-none");
        String[][] steps = {
            {"below none", "{name:'edges-#',count:-1,assignments:null}"},
            {"to a topic of no name", "{name:'',count:3,assignments:null}"},
            {"to a topic of a name that can be none", "{name:'a/b',count:3,assignments:null}"},
            {
                "to one that is there and one that is not",
                "{name:'edges-#',count:3,assignments:null}," + "{name:'edges-none',count:3,assignments:null}"
            },
            {"a replica twice", "{name:'edges-#',count:4,assignments:[{brokerIds:[1,1]}]}"},
            {"a broker below none", "{name:'edges-#',count:4,assignments:[{brokerIds:[-1]}]}"},
            {"too many replicas named", "{name:'edges-#',count:4,assignments:[{brokerIds:[1]},{brokerIds:[1]}]}"},
            {"two with their replicas named", "{name:'edges-#',count:5,assignments:[{brokerIds:[1]},{brokerIds:[1]}]}"},
            {"replicas of none named", "{name:'edges-#',count:6,assignments:[]}"},
        };
        for (String[] step : steps) {
            talk.ask(
                    "only to see: " + step[0],
                    CREATE_PARTITIONS,
                    "{timeoutMs:30000,validateOnly:true,topics:[" + step[1] + "]}");
            talk.ask(step[0], CREATE_PARTITIONS, "{timeoutMs:30000,topics:[" + step[1] + "]}");
        }
        talk.ask("to nothing", CREATE_PARTITIONS, "{timeoutMs:30000,topics:[]}");
    }

    private static void twice(Conversation talk) throws IOException {
        Uuid id = talk.topic("twice-a", 2);
        talk.dropTopic("twice-none");
        talk.ask(
                "described by its id and by its name",
                METADATA,
                12,
                LATEST,
                "{topics:[{topicId:'%s',name:null},{name:'twice-a'}]}".formatted(id));
        talk.ask(
                "described by its id twice",
                METADATA,
                12,
                LATEST,
                "{topics:[{topicId:'%s',name:null},{topicId:'%s',name:null}]}".formatted(id, id));
        talk.ask(
                "made though there is leave to",
                METADATA,
                4,
                LATEST,
                "{allowAutoTopicCreation:false,topics:[{name:'twice-none'},{name:'twice-none'},{name:'a/b'}]}");
        talk.ask(
                "deleted by its id and by its name",
                DELETE_TOPICS,
                6,
                6,
                "{timeoutMs:30000,topics:[{topicId:'%s',name:null},{name:'twice-a'}]}".formatted(id));
        talk.ask(
                "deleted by its id twice",
                DELETE_TOPICS,
                6,
                6,
                "{timeoutMs:30000,topics:[{topicId:'%s',name:null},{topicId:'%s',name:null}]}".formatted(id, id));
        talk.ask(
                "deleted by no name",
                DELETE_TOPICS,
                6,
                6,
                "{timeoutMs:30000,topics:[{name:''},{name:'a/b'},{name:'twice-none'}]}");
        talk.ask("deleted by no name", DELETE_TOPICS, 1, 5, "{timeoutMs:30000,topicNames:['','a/b','twice-none']}");
        talk.ask("the metadata deleted", DELETE_TOPICS, 6, 6, "{timeoutMs:30000,topics:[{name:'__cluster_metadata'}]}");
    }

    private static void pages(Conversation talk) throws IOException {
        talk.topic("paged-a", 2);
        talk.topic("paged-b", 3);
        talk.dropTopic("paged-none");
        String both = "topics:[{name:'paged-a'},{name:'paged-b'}]";
        String[][] steps = {
            {"less than none fit", both + ",responsePartitionLimit:-1"},
            {"more fit than may", both + ",responsePartitionLimit:100000"},
            {"one fits", both + ",responsePartitionLimit:1"},
            {"the first topic fits", both + ",responsePartitionLimit:2"},
            {"from before the first", both + ",cursor:{topicName:'a',partitionIndex:0}"},
            {"from behind the last", both + ",cursor:{topicName:'paged-c',partitionIndex:0}"},
            {"from the second", both + ",cursor:{topicName:'paged-b',partitionIndex:1}"},
            {"from the second, one", both + ",responsePartitionLimit:1,cursor:{topicName:'paged-b',partitionIndex:1}"},
            {"from behind the first's last", both + ",cursor:{topicName:'paged-a',partitionIndex:2}"},
            {"from no topic", both + ",cursor:{topicName:'',partitionIndex:0}"},
            {"from a name that can be none", both + ",cursor:{topicName:'not a name',partitionIndex:0}"},
            {
                "unknown ones beside one that fits",
                "topics:[{name:'paged-none'},{name:'paged-a'},{name:''}],responsePartitionLimit:2"
            },
            {
                "from a topic that is not asked for",
                "topics:[{name:'paged-b'}],cursor:{topicName:'paged-a',partitionIndex:1}"
            },
            {"from a topic unknown", "topics:[{name:'paged-none'}],cursor:{topicName:'paged-none',partitionIndex:0}"},
        };
        for (String[] step : steps) {
            talk.one(step[0], DESCRIBE_TOPIC_PARTITIONS, 0, "{" + step[1] + "}", manner().inOrder());
        }
        talk.one(
                "all topics from the first on",
                DESCRIBE_TOPIC_PARTITIONS,
                0,
                "{topics:[],cursor:{topicName:'paged-a',partitionIndex:1}}",
                manner().inOrder().seenAs(TopicEdges::ofPages));
    }

    private static JsonNode ofPages(JsonNode answer) {
        for (Iterator<JsonNode> topics = ((ArrayNode) answer.get("topics")).elements(); topics.hasNext(); ) {
            if (!topics.next().get("name").asText().startsWith("paged-")) {
                topics.remove();
            }
        }
        return answer;
    }

    private static void elections(Conversation talk) throws IOException {
        talk.topic("elected-a", 2);
        talk.dropTopic("elected-none");
        String[][] elections = {
            {"of all", "topicPartitions:null"},
            {"of a partition twice", "topicPartitions:[{topic:'elected-a',partitions:[0,0]}]"},
            {
                "of a topic twice",
                "topicPartitions:[{topic:'elected-a',partitions:[0]},{topic:'elected-a',partitions:[1]}]"
            },
            {"of no partition", "topicPartitions:[{topic:'elected-a',partitions:[]}]"},
            {"of a partition below none", "topicPartitions:[{topic:'elected-a',partitions:[-1]}]"},
            {"of a topic of no name", "topicPartitions:[{topic:'',partitions:[0]}]"},
            {"of a topic of a name that can be none", "topicPartitions:[{topic:'a/b',partitions:[0]}]"},
            {"of the metadata", "topicPartitions:[{topic:'__cluster_metadata',partitions:[0]}]"},
        };
        for (String[] election : elections) {
            talk.ask(
                    "preferred leaders " + election[0],
                    ELECT_LEADERS,
                    "{timeoutMs:30000," + election[1] + "}",
                    elected());
            talk.ask(
                    "unclean leaders " + election[0],
                    ELECT_LEADERS,
                    1,
                    LATEST,
                    "{timeoutMs:30000,electionType:1," + election[1] + "}",
                    elected());
        }
        String[][] moves = {
            {
                "a partition twice",
                "{name:'elected-a',partitions:[{partitionIndex:0,replicas:[1]},{partitionIndex:0,replicas:[1]}]}"
            },
            {
                "a topic twice",
                "{name:'elected-a',partitions:[{partitionIndex:0,replicas:[1]}]},"
                        + "{name:'elected-a',partitions:[{partitionIndex:1,replicas:[1]}]}"
            },
            {"no partition", "{name:'elected-a',partitions:[]}"},
            {"a topic of no name", "{name:'',partitions:[{partitionIndex:0,replicas:[1]}]}"},
            {"the metadata", "{name:'__cluster_metadata',partitions:[{partitionIndex:0,replicas:[1]}]}"},
            {"to more replicas than brokers", "{name:'elected-a',partitions:[{partitionIndex:0,replicas:[1,2,3]}]}"},
            {
                "one that is there and one that is not",
                "{name:'elected-a',partitions:[{partitionIndex:0,replicas:[1]},{partitionIndex:5,replicas:[1]}]}"
            },
        };
        for (String[] move : moves) {
            talk.ask("moved: " + move[0], ALTER_PARTITION_REASSIGNMENTS, "{timeoutMs:30000,topics:[" + move[1] + "]}");
            talk.ask(
                    "moved by as many: " + move[0],
                    ALTER_PARTITION_REASSIGNMENTS,
                    1,
                    LATEST,
                    "{timeoutMs:30000,allowReplicationFactorChange:false,topics:[" + move[1] + "]}");
        }
        talk.ask("no moves", LIST_PARTITION_REASSIGNMENTS, "{timeoutMs:30000,topics:[]}");
        talk.ask(
                "moves of a topic twice",
                LIST_PARTITION_REASSIGNMENTS,
                "{timeoutMs:30000,topics:[{name:'elected-a',partitionIndexes:[0,0]},{name:'elected-a',partitionIndexes:[9]}]}");
        talk.ask("a broker below none goes", UNREGISTER_BROKER, "{brokerId:-1}");
    }

    /** Of all topics those of this script, and what is no topic's. */
    private static Conversation.Manner elected() {
        return manner().seenAs(answer -> {
            for (Iterator<JsonNode> all = ((ArrayNode) answer.get("replicaElectionResults")).elements();
                    all.hasNext(); ) {
                JsonNode topic = all.next();
                if (topic.get("partitionResult").isEmpty()
                        && !topic.get("topic").asText().startsWith("elected-")) {
                    all.remove();
                }
            }
            return answer;
        });
    }

    private static void features(Conversation talk) throws IOException {
        String[][] features = {
            {"as it is", "{feature:'group.version',maxVersionLevel:1,upgradeType:1}"},
            {"as it is, downwards", "{feature:'group.version',maxVersionLevel:1,upgradeType:2}"},
            {"none any more", "{feature:'group.version',maxVersionLevel:0,upgradeType:2}"},
            {"none any more, unsafely", "{feature:'group.version',maxVersionLevel:0,upgradeType:3}"},
            {"none any more, by an upgrade", "{feature:'group.version',maxVersionLevel:0,upgradeType:1}"},
            {"the metadata as it is", "{feature:'metadata.version',maxVersionLevel:30,upgradeType:1}"},
            {"the metadata of no more", "{feature:'metadata.version',maxVersionLevel:0,upgradeType:3}"},
            {"the metadata of nobody", "{feature:'metadata.version',maxVersionLevel:999,upgradeType:1}"},
            {"the quorum's", "{feature:'kraft.version',maxVersionLevel:0,upgradeType:2}"},
            {"the quorum's of nobody", "{feature:'kraft.version',maxVersionLevel:9,upgradeType:1}"},
            {"of no name", "{feature:'',maxVersionLevel:1,upgradeType:1}"},
            {"of nobody, deleted", "{feature:'nope',maxVersionLevel:0,upgradeType:2}"},
            {"replicas', as they are", "{feature:'eligible.leader.replicas.version',maxVersionLevel:1,upgradeType:1}"},
            {"in no way", "{feature:'group.version',maxVersionLevel:1,upgradeType:0}"},
            {
                "two as they are",
                "{feature:'group.version',maxVersionLevel:1,upgradeType:1},"
                        + "{feature:'transaction.version',maxVersionLevel:2,upgradeType:1}"
            },
            {
                "one twice",
                "{feature:'group.version',maxVersionLevel:1,upgradeType:1},"
                        + "{feature:'group.version',maxVersionLevel:0,upgradeType:2}"
            },
        };
        for (String[] feature : features) {
            talk.ask(
                    "only to see: " + feature[0],
                    UPDATE_FEATURES,
                    1,
                    LATEST,
                    "{timeoutMs:30000,validateOnly:true,featureUpdates:[" + feature[1] + "]}");
        }
        String[][] older = {
            {"as it is", "{feature:'group.version',maxVersionLevel:1}"},
            {"lower, not meant", "{feature:'transaction.version',maxVersionLevel:1}"},
            {"the metadata lower, not meant", "{feature:'metadata.version',maxVersionLevel:7}"},
            {"higher than it goes", "{feature:'transaction.version',maxVersionLevel:9,allowDowngrade:true}"},
        };
        for (String[] feature : older) {
            talk.ask(feature[0], UPDATE_FEATURES, 0, 0, "{timeoutMs:30000,featureUpdates:[" + feature[1] + "]}");
        }
    }
}
