package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.Conversation.LATEST;
import static dev.millrace.broker.reference.Conversation.manner;
import static org.apache.kafka.common.protocol.ApiKeys.CONSUMER_GROUP_DESCRIBE;
import static org.apache.kafka.common.protocol.ApiKeys.CONSUMER_GROUP_HEARTBEAT;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.HEARTBEAT;
import static org.apache.kafka.common.protocol.ApiKeys.JOIN_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.LEAVE_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_COMMIT;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_DELETE;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.SYNC_GROUP;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;

/** Groups of the consumer protocol (KIP-848), and what requests of the classic one are told about them. */
final class ConsumerGroupScripts {

    static final List<Script> ALL = List.of(
            new Script("consumer groups", ConsumerGroupScripts::members),
            new Script("static members of consumer groups", ConsumerGroupScripts::statics),
            new Script("subscriptions refused", ConsumerGroupScripts::subscriptions),
            new Script("groups at the edge", ConsumerGroupScripts::edges));

    private ConsumerGroupScripts() {}

    private static String in(String group, String member, int epoch) {
        return "{groupId:'%s',memberId:'%s',memberEpoch:%d".formatted(group, member, epoch);
    }

    private static String join(String group, String member, String more) {
        return in(group, member, 0) + ",rebalanceTimeoutMs:30000,topicPartitions:[]," + more + "}";
    }

    private static boolean isAssigned(Object answer) {
        ConsumerGroupHeartbeatResponseData.Assignment assignment =
                ((ConsumerGroupHeartbeatResponseData) answer).assignment();
        return assignment != null && !assignment.topicPartitions().isEmpty();
    }

    private static void members(Conversation talk) throws IOException {
        Uuid id = talk.topic("grouped-a", 2);
        for (int version = 0; version <= CONSUMER_GROUP_HEARTBEAT.latestVersion(); version++) {
            String group = "grouped-" + version;
            GroupScripts.awaitCoordinator(talk, group);
            String of = " in group " + version;
            ConsumerGroupHeartbeatResponseData joined = talk.one(
                    "it comes" + of,
                    CONSUMER_GROUP_HEARTBEAT,
                    version,
                    join(group, version == 0 ? "" : "member-of-" + version, "subscribedTopicNames:['grouped-a']"),
                    manner().until(ConsumerGroupScripts::isAssigned));
            String member = joined.memberId();
            int epoch = joined.memberEpoch();
            String owned = ",topicPartitions:[{topicId:'" + id + "',partitions:[0,1]}]";
            talk.ask("it is there" + of, CONSUMER_GROUP_HEARTBEAT, in(group, member, epoch) + "}");
            talk.ask("it has what it was given" + of, CONSUMER_GROUP_HEARTBEAT, in(group, member, epoch) + owned + "}");
            talk.ask(
                    "it tells all there is" + of,
                    CONSUMER_GROUP_HEARTBEAT,
                    in(group, member, epoch) + owned
                            + ",rebalanceTimeoutMs:30000,subscribedTopicNames:['grouped-a'],serverAssignor:'uniform'}");
            talk.ask("of the next epoch" + of, CONSUMER_GROUP_HEARTBEAT, in(group, member, epoch + 1) + "}");
            talk.ask("of an epoch long over" + of, CONSUMER_GROUP_HEARTBEAT, in(group, member, epoch - 2) + "}");
            talk.ask("another is there" + of, CONSUMER_GROUP_HEARTBEAT, in(group, "nobody", epoch) + "}");
            talk.ask("another leaves" + of, CONSUMER_GROUP_HEARTBEAT, in(group, "nobody", -1) + "}");
            talk.ask("another leaves for a while" + of, CONSUMER_GROUP_HEARTBEAT, in(group, "nobody", -2) + "}");
            talk.ask(
                    "described" + of,
                    CONSUMER_GROUP_DESCRIBE,
                    "{groupIds:['" + group + "'],includeAuthorizedOperations:true}");
            talk.ask(
                    "described twice" + of, CONSUMER_GROUP_DESCRIBE, "{groupIds:['" + group + "','" + group + "','']}");
            talk.ask("described as a classic one" + of, DESCRIBE_GROUPS, "{groups:['" + group + "']}");
            talk.ask("deleted" + of, DELETE_GROUPS, "{groupsNames:['" + group + "']}");
            classic(talk, group, member, epoch, of);
            offsets(talk, id, group, member, epoch, of);
            talk.ask("listed" + of, LIST_GROUPS, 0, LATEST, "{}", listed(group));
            for (String type : List.of("consumer", "Consumer", "CONSUMER", "classic", "")) {
                talk.ask(
                        "listed by type '" + type + "'" + of,
                        LIST_GROUPS,
                        5,
                        LATEST,
                        "{typesFilter:['" + type + "']}",
                        listed(group));
            }
            for (String state : List.of("Stable", "stable", "STABLE", "Assigning", "Dead", "")) {
                talk.ask(
                        "listed by state '" + state + "'" + of,
                        LIST_GROUPS,
                        4,
                        LATEST,
                        "{statesFilter:['" + state + "']}",
                        listed(group));
            }
            talk.one("it leaves" + of, CONSUMER_GROUP_HEARTBEAT, version, in(group, member, -1) + "}");
            talk.one("it leaves again" + of, CONSUMER_GROUP_HEARTBEAT, version, in(group, member, -1) + "}");
            talk.ask("described when it is empty" + of, CONSUMER_GROUP_DESCRIBE, "{groupIds:['" + group + "']}");
            talk.one("deleted when it is empty" + of, DELETE_GROUPS, "{groupsNames:['" + group + "']}");
            talk.ask("described when it is gone" + of, CONSUMER_GROUP_DESCRIBE, "{groupIds:['" + group + "']}");
        }
    }

    private static void classic(Conversation talk, String group, String member, int epoch, String of)
            throws IOException {
        String who = "{groupId:'%s',memberId:'%s',generationId:%d".formatted(group, member, epoch);
        talk.ask("a heartbeat of old" + of, HEARTBEAT, who + "}");
        talk.ask("a sync of old" + of, SYNC_GROUP, who + ",protocolType:'consumer',protocolName:'range'}");
        talk.ask(
                "somebody of old" + of,
                JOIN_GROUP,
                "{groupId:'%s',sessionTimeoutMs:30000,rebalanceTimeoutMs:30000,memberId:'',protocolType:'connect',protocols:[{name:'range',metadata:'AAEC'}]}"
                        .formatted(group));
        talk.ask(
                "somebody of old leaves" + of,
                LEAVE_GROUP,
                "{groupId:'%s',memberId:'nobody',members:[{memberId:'nobody'}]}".formatted(group));
    }

    private static void offsets(Conversation talk, Uuid id, String group, String member, int epoch, String of)
            throws IOException {
        String commit = "{groupId:'%s',memberId:'%s',generationIdOrMemberEpoch:%d,topics:[{name:'grouped-a',topicId:'"
                + id + "',partitions:[{partitionIndex:0,committedOffset:5}]}]}";
        talk.ask("it commits" + of, OFFSET_COMMIT, commit.formatted(group, member, epoch));
        talk.ask("it commits in the epoch before" + of, OFFSET_COMMIT, commit.formatted(group, member, epoch - 1));
        talk.ask("it commits in the next epoch" + of, OFFSET_COMMIT, commit.formatted(group, member, epoch + 1));
        talk.ask("another commits" + of, OFFSET_COMMIT, commit.formatted(group, "nobody", epoch));
        talk.ask("an operator commits" + of, OFFSET_COMMIT, commit.formatted(group, "", -1));
        String fetch = "{groups:[{groupId:'%s',memberId:%s,memberEpoch:%d,topics:[{name:'grouped-a',topicId:'" + id
                + "',partitionIndexes:[0,1]}]}]}";
        talk.ask("it asks" + of, OFFSET_FETCH, 9, LATEST, fetch.formatted(group, "'" + member + "'", epoch));
        talk.ask(
                "it asks in the epoch before" + of,
                OFFSET_FETCH,
                9,
                LATEST,
                fetch.formatted(group, "'" + member + "'", epoch - 1));
        talk.ask("another asks" + of, OFFSET_FETCH, 9, LATEST, fetch.formatted(group, "'nobody'", epoch));
        talk.ask("an operator asks" + of, OFFSET_FETCH, 9, LATEST, fetch.formatted(group, "null", -1));
        talk.ask("nobody asks in an epoch" + of, OFFSET_FETCH, 9, LATEST, fetch.formatted(group, "null", epoch));
        talk.ask(
                "what it reads is deleted" + of,
                OFFSET_DELETE,
                "{groupId:'%s',topics:[{name:'grouped-a',partitions:[{partitionIndex:0}]}]}".formatted(group));
    }

    private static Conversation.Manner listed(String group) {
        return manner().seenAs(answer -> {
            for (Iterator<JsonNode> groups = ((ArrayNode) answer.get("groups")).elements(); groups.hasNext(); ) {
                if (!groups.next().get("groupId").asText().equals(group)) {
                    groups.remove();
                }
            }
            return answer;
        });
    }

    private static void statics(Conversation talk) throws IOException {
        talk.topic("stationed-a", 1);
        GroupScripts.awaitCoordinator(talk, "stationed");
        String topics = "subscribedTopicNames:['stationed-a']";
        ConsumerGroupHeartbeatResponseData joined = talk.one(
                "it comes",
                CONSUMER_GROUP_HEARTBEAT,
                1,
                join("stationed", "m1", "instanceId:'i'," + topics),
                manner().until(ConsumerGroupScripts::isAssigned));
        int epoch = joined.memberEpoch();
        talk.ask(
                "another takes its name",
                CONSUMER_GROUP_HEARTBEAT,
                1,
                1,
                join("stationed", "m2", "instanceId:'i'," + topics));
        talk.ask("it is there", CONSUMER_GROUP_HEARTBEAT, in("stationed", "m1", epoch) + ",instanceId:'i'}");
        talk.ask("it is there without its name", CONSUMER_GROUP_HEARTBEAT, in("stationed", "m1", epoch) + "}");
        talk.ask(
                "it is there by another name",
                CONSUMER_GROUP_HEARTBEAT,
                in("stationed", "m1", epoch) + ",instanceId:'j'}");
        talk.ask(
                "another is there by its name",
                CONSUMER_GROUP_HEARTBEAT,
                in("stationed", "m2", epoch) + ",instanceId:'i'}");
        talk.ask("it goes for a while without its name", CONSUMER_GROUP_HEARTBEAT, in("stationed", "m1", -2) + "}");
        talk.ask("described", CONSUMER_GROUP_DESCRIBE, "{groupIds:['stationed']}");
        talk.one("it goes for a while", CONSUMER_GROUP_HEARTBEAT, 1, in("stationed", "m1", -2) + ",instanceId:'i'}");
        talk.ask("described while it is away", CONSUMER_GROUP_DESCRIBE, "{groupIds:['stationed']}");
        talk.one(
                "its successor comes",
                CONSUMER_GROUP_HEARTBEAT,
                1,
                join("stationed", "m3", "instanceId:'i'," + topics),
                manner().until(ConsumerGroupScripts::isAssigned));
        talk.ask("it comes back too late", CONSUMER_GROUP_HEARTBEAT, in("stationed", "m1", epoch) + ",instanceId:'i'}");
        talk.ask("described with its successor", CONSUMER_GROUP_DESCRIBE, "{groupIds:['stationed']}");
        talk.one(
                "removed by an operator",
                LEAVE_GROUP,
                5,
                "{groupId:'stationed',members:[{memberId:'',groupInstanceId:'i'},{memberId:'',groupInstanceId:'j'}]}");
        talk.ask("described without it", CONSUMER_GROUP_DESCRIBE, "{groupIds:['stationed']}");
    }

    private static void subscriptions(Conversation talk) throws IOException {
        talk.topic("subscribed-a", 1);
        GroupScripts.awaitCoordinator(talk, "subscribed");
        String[][] wrong = {
            {"by a pattern that is none", "subscribedTopicRegex:'['"},
            {"by a pattern of look-ahead", "subscribedTopicRegex:'(?=a)'"},
            {"by no pattern", "subscribedTopicRegex:''"},
            {"to nothing at all", "subscribedTopicNames:null"},
            {"to no topic", "subscribedTopicNames:[]"},
            {"to a name that can be none", "subscribedTopicNames:['a/b']"},
            {"to a topic of no name", "subscribedTopicNames:['']"},
            {"to a topic that is not there", "subscribedTopicNames:['subscribed-none']"},
            {"to a topic twice", "subscribedTopicNames:['subscribed-none','subscribed-none']"},
            {"with an assignor of no name", "subscribedTopicNames:['subscribed-none'],serverAssignor:''"},
            {"with an assignor nobody knows", "subscribedTopicNames:['subscribed-none'],serverAssignor:'nope'"},
            {"with a name of nothing", "subscribedTopicNames:['subscribed-none'],instanceId:''"},
            {"in a rack of no name", "subscribedTopicNames:['subscribed-none'],rackId:''"},
        };
        for (int i = 0; i < wrong.length; i++) {
            String member = "subscribed-" + i;
            talk.one(wrong[i][0], CONSUMER_GROUP_HEARTBEAT, 1, join("subscribed", member, wrong[i][1]), withoutEpoch());
            talk.aside(CONSUMER_GROUP_HEARTBEAT, in("subscribed", member, -1) + "}");
        }
        String topics = ",subscribedTopicNames:['subscribed-none']";
        String[][] joins = {
            {"in no time", in("subscribed", "n", 0) + ",rebalanceTimeoutMs:0,topicPartitions:[]" + topics + "}"},
            {
                "with partitions",
                in("subscribed", "n", 0) + ",rebalanceTimeoutMs:30000" + topics
                        + ",topicPartitions:[{topicId:'AAAAAAAAAAAAAAAAAAAAAQ',partitions:[0]}]}"
            },
            {"without saying that it has none", in("subscribed", "n", 0) + ",rebalanceTimeoutMs:30000" + topics + "}"},
            {"of a blank name", in(" ", "n", 0) + ",rebalanceTimeoutMs:30000,topicPartitions:[]" + topics + "}"},
            {"by a blank id", in("subscribed", " ", 0) + ",rebalanceTimeoutMs:30000,topicPartitions:[]" + topics + "}"},
            {"of an epoch far below none", in("subscribed", "n", -3) + "}"},
            {"goes for a while without a name", in("subscribed", "n", -2) + "}"},
            {"leaves without an id", in("subscribed", "", -1) + "}"},
        };
        for (String[] one : joins) {
            talk.ask("it comes " + one[0], CONSUMER_GROUP_HEARTBEAT, 1, 1, one[1], withoutEpoch());
            talk.aside(CONSUMER_GROUP_HEARTBEAT, in("subscribed", "n", -1) + "}");
        }
    }

    /** Who has come and gone before counts in the epochs. */
    private static Conversation.Manner withoutEpoch() {
        return manner().seenAs(answer -> {
            if (answer.get("memberEpoch").asInt() > 0) {
                ((com.fasterxml.jackson.databind.node.ObjectNode) answer).put("memberEpoch", "<some>");
            }
            return answer;
        });
    }

    /** Versions of a single group have no field for ids. */
    private static String withoutIds(String topics) {
        return topics.replaceAll("topicId:'[^']*',", "");
    }

    private static void edges(Conversation talk) throws IOException {
        Uuid id = talk.topic("edge-group-a", 2);
        GroupScripts.awaitCoordinator(talk, "edge-group");
        String topic = "{name:'edge-group-a',topicId:'" + id + "',partitions:[%s]}";
        String one = "{partitionIndex:0,committedOffset:5}";
        String[][] commits = {
            {"a partition twice", topic.formatted(one + ",{partitionIndex:0,committedOffset:6}")},
            {"a topic twice", topic.formatted(one) + "," + topic.formatted("{partitionIndex:1,committedOffset:7}")},
            {"no partition", topic.formatted("")},
            {"a partition below none", topic.formatted("{partitionIndex:-1,committedOffset:6}")},
            {"one that is there and one that is not", topic.formatted(one + ",{partitionIndex:9,committedOffset:6}")},
            {"an id of zeros", topic.formatted(one).replace(id.toString(), Uuid.ZERO_UUID.toString())},
            {"a name that can be none", topic.formatted(one).replace("edge-group-a", "a/b")},
            {"with an epoch to come", topic.formatted(one.replace("5}", "5,committedLeaderEpoch:99}"))},
            {"with an epoch below none", topic.formatted(one.replace("5}", "5,committedLeaderEpoch:-5}"))},
        };
        for (String[] commit : commits) {
            talk.ask("committed: " + commit[0], OFFSET_COMMIT, "{groupId:'edge-group',topics:[" + commit[1] + "]}");
        }
        talk.ask(
                "committed for a while",
                OFFSET_COMMIT,
                2,
                4,
                "{groupId:'edge-group',retentionTimeMs:1000,topics:[" + topic.formatted(one) + "]}");
        String wanted = "{name:'edge-group-a',topicId:'" + id + "',partitionIndexes:[%s]}";
        String[][] fetches = {
            {"a partition twice", wanted.formatted("0,0")},
            {"a topic twice", wanted.formatted("0") + "," + wanted.formatted("1")},
            {"no partition", wanted.formatted("")},
            {"a partition below none", wanted.formatted("-1")},
            {"a name that can be none", wanted.formatted("0").replace("edge-group-a", "a/b")},
            {"an id of zeros", wanted.formatted("0").replace(id.toString(), Uuid.ZERO_UUID.toString())},
        };
        for (String[] fetch : fetches) {
            talk.ask(
                    "fetched: " + fetch[0],
                    OFFSET_FETCH,
                    1,
                    7,
                    "{groupId:'edge-group',topics:[" + withoutIds(fetch[1]) + "]}");
            talk.ask(
                    "fetched: " + fetch[0],
                    OFFSET_FETCH,
                    8,
                    LATEST,
                    "{groups:[{groupId:'edge-group',topics:[" + fetch[1] + "]}]}");
        }
        talk.ask(
                "fetched: of no group",
                OFFSET_FETCH,
                1,
                7,
                "{groupId:'',topics:[" + withoutIds(wanted.formatted("0")) + "]}");
        talk.ask(
                "fetched: of no group",
                OFFSET_FETCH,
                8,
                LATEST,
                "{groups:[{groupId:'',topics:[" + wanted.formatted("0") + "]},{groupId:'',topics:null}]}");
        talk.ask(
                "fetched: of a group twice",
                OFFSET_FETCH,
                8,
                LATEST,
                "{groups:[{groupId:'edge-group',topics:[" + wanted.formatted("0")
                        + "]},{groupId:'edge-group',topics:null}]}");
        String[][] deletions = {
            {"nothing", "topics:[]"},
            {"no partition", "topics:[{name:'edge-group-a',partitions:[]}]"},
            {"a partition twice", "topics:[{name:'edge-group-a',partitions:[{partitionIndex:1},{partitionIndex:1}]}]"},
            {"a name that can be none", "topics:[{name:'a/b',partitions:[{partitionIndex:1}]}]"},
        };
        for (String[] deletion : deletions) {
            talk.ask("deleted: " + deletion[0], OFFSET_DELETE, "{groupId:'edge-group'," + deletion[1] + "}");
        }
        talk.ask("described twice", DESCRIBE_GROUPS, "{groups:['edge-group','edge-group']}");
        talk.ask(
                "and what may be done to one that is not there",
                DESCRIBE_GROUPS,
                3,
                LATEST,
                "{groups:['edge-group-none'],includeAuthorizedOperations:true}");
        talk.ask("by a name of a group of the other kind", CONSUMER_GROUP_DESCRIBE, "{groupIds:['edge-group','']}");
        String join = "{groupId:'edge-group',sessionTimeoutMs:30000,rebalanceTimeoutMs:30000,memberId:'%s',"
                + "groupInstanceId:%s,protocolType:'consumer',protocols:[{name:'range',metadata:'AAEC'}]}";
        talk.ask("it comes by a name of nothing", JOIN_GROUP, 5, LATEST, join.formatted("m", "''"));
        talk.ask("it comes by a name that can be none", JOIN_GROUP, 5, LATEST, join.formatted("m", "'a/b'"));
        talk.ask("it comes by a name of dots", JOIN_GROUP, 5, LATEST, join.formatted("m", "'..'"));
        talk.ask(
                "it comes by a name too long", JOIN_GROUP, 5, LATEST, join.formatted("m", "'" + "x".repeat(250) + "'"));
        talk.ask("deleted twice", DELETE_GROUPS, 2, 2, "{groupsNames:['edge-group','edge-group']}");
    }
}
