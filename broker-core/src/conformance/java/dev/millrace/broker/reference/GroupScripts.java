package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.Conversation.LATEST;
import static dev.millrace.broker.reference.Conversation.manner;
import static org.apache.kafka.common.protocol.ApiKeys.CONSUMER_GROUP_DESCRIBE;
import static org.apache.kafka.common.protocol.ApiKeys.CONSUMER_GROUP_HEARTBEAT;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.FIND_COORDINATOR;
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
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData;

/** Groups of consumers, and what they have committed. */
final class GroupScripts {

    static final List<Script> ALL = List.of(
            new Script("coordinators", GroupScripts::coordinators),
            new Script("committed offsets", GroupScripts::offsets),
            new Script("classic groups", GroupScripts::classic),
            new Script("groups refused", GroupScripts::refused),
            new Script("consumer groups refused", GroupScripts::consumerRefused));

    private GroupScripts() {}

    /** Returns once the group's coordinator serves it. */
    static void awaitCoordinator(Conversation talk, String group) {
        talk.settle("a coordinator of " + group, () -> {
            FindCoordinatorResponseData found =
                    talk.aside(FIND_COORDINATOR, "{keyType:0,coordinatorKeys:['" + group + "']}");
            OffsetFetchResponseData offsets =
                    talk.aside(OFFSET_FETCH, "{groups:[{groupId:'" + group + "',topics:[]}]}");
            return found.coordinators().get(0).errorCode() == 0
                    && offsets.groups().get(0).errorCode() == 0;
        });
    }

    private static void coordinators(Conversation talk) throws IOException {
        awaitCoordinator(talk, "coordinated");
        talk.ask("of a group", FIND_COORDINATOR, 0, 3, "{key:'coordinated'}");
        talk.ask("of groups", FIND_COORDINATOR, 4, LATEST, "{coordinatorKeys:['coordinated','other']}");
        talk.ask("of nothing", FIND_COORDINATOR, 4, LATEST, "{coordinatorKeys:[]}");
        talk.ask("of a kind nobody knows", FIND_COORDINATOR, 1, 3, "{key:'coordinated',keyType:9}");
        talk.ask("of a kind nobody knows", FIND_COORDINATOR, 4, LATEST, "{coordinatorKeys:['coordinated'],keyType:9}");
        talk.ask("of a share group too early", FIND_COORDINATOR, 4, 5, "{coordinatorKeys:['coordinated'],keyType:2}");
        talk.ask(
                "of a share group by a bad key", FIND_COORDINATOR, 6, 6, "{coordinatorKeys:['coordinated'],keyType:2}");
    }

    private static void offsets(Conversation talk) throws IOException {
        Uuid id = talk.topic("committed-a", 2);
        awaitCoordinator(talk, "committed");
        for (int version = 2; version <= OFFSET_COMMIT.latestVersion(); version++) {
            awaitCoordinator(talk, "committed-" + version);
        }
        String topic = "{name:'committed-a',topicId:'%s',partitions:[%s]}";
        String commit = "{groupId:'committed-#',topics:[" + topic + "]}";
        String one = "{partitionIndex:0,committedOffset:5,committedLeaderEpoch:0,committedMetadata:'by #'}";
        talk.ask("an offset", OFFSET_COMMIT, commit.formatted(id, one));
        talk.ask(
                "of a partition that is not there",
                OFFSET_COMMIT,
                commit.formatted(id, one.replace("partitionIndex:0", "partitionIndex:9")));
        talk.ask(
                "of a topic that is not there",
                OFFSET_COMMIT,
                commit.formatted(new Uuid(7, 7), one).replace("committed-a", "committed-none"));
        talk.ask("with too much metadata", OFFSET_COMMIT, commit.formatted(id, one.replace("by #", "x".repeat(4097))));
        talk.ask(
                "with no metadata",
                OFFSET_COMMIT,
                commit.formatted(id, "{partitionIndex:1,committedOffset:5,committedMetadata:null}"));
        talk.ask("a negative offset", OFFSET_COMMIT, commit.formatted(id, "{partitionIndex:1,committedOffset:-7}"));
        talk.ask(
                "by a member of an empty group",
                OFFSET_COMMIT,
                commit.formatted(id, one)
                        .replace("'committed-#',", "'committed-#',memberId:'m',generationIdOrMemberEpoch:3,"));
        talk.ask("of no group", OFFSET_COMMIT, commit.formatted(id, one).replace("committed-#", ""));
        talk.ask("of no topic", OFFSET_COMMIT, "{groupId:'committed-#'}");
        talk.aside(OFFSET_COMMIT, "{groupId:'committed',topics:[" + topic.formatted(id, one.replace("#", "me")) + "]}");
        talk.ask(
                "what was committed",
                OFFSET_FETCH,
                1,
                7,
                "{groupId:'committed',topics:[{name:'committed-a',partitionIndexes:[0,1,9]}]}");
        talk.ask("all that was committed", OFFSET_FETCH, 2, 7, "{groupId:'committed',topics:null}");
        talk.ask("nothing", OFFSET_FETCH, 1, 7, "{groupId:'committed',topics:[]}");
        talk.ask(
                "of a group that is not there",
                OFFSET_FETCH,
                1,
                7,
                "{groupId:'committed-none',topics:[{name:'committed-a',partitionIndexes:[0]}]}");
        talk.ask(
                "of a topic that is not there",
                OFFSET_FETCH,
                1,
                7,
                "{groupId:'committed',topics:[{name:'committed-none',partitionIndexes:[0]}]}");
        talk.ask(
                "and is stable",
                OFFSET_FETCH,
                7,
                7,
                "{groupId:'committed',requireStable:true,topics:[{name:'committed-a',partitionIndexes:[0]}]}");
        String groups = "{groups:[{groupId:'committed',topics:[{name:'committed-a',topicId:'" + id
                + "',partitionIndexes:[0,1,9]}]}]}";
        talk.ask("of groups", OFFSET_FETCH, 8, LATEST, groups);
        talk.ask(
                "all of groups",
                OFFSET_FETCH,
                8,
                LATEST,
                "{groups:[{groupId:'committed',topics:null},{groupId:'committed-none',topics:null}]}");
        talk.ask(
                "of groups and is stable",
                OFFSET_FETCH,
                8,
                LATEST,
                groups.replace("{groups", "{requireStable:true,groups"));
        talk.ask("of no group", OFFSET_FETCH, 8, LATEST, "{groups:[]}");
        talk.ask(
                "of a group and a topic that are not there",
                OFFSET_FETCH,
                8,
                LATEST,
                "{groups:[{groupId:'committed-none',topics:[{name:'committed-none',topicId:'" + new Uuid(7, 7)
                        + "',partitionIndexes:[0]}]}]}");
        talk.ask(
                "of a member that is none",
                OFFSET_FETCH,
                9,
                LATEST,
                groups.replace("groupId:'committed'", "groupId:'committed',memberId:'m',memberEpoch:3"));
        talk.ask(
                "offsets deleted",
                OFFSET_DELETE,
                "{groupId:'committed',topics:[{name:'committed-a',partitions:[{partitionIndex:0},{partitionIndex:9}]},{name:'committed-none',partitions:[{partitionIndex:0}]}]}");
        talk.ask(
                "offsets of a group that is not there deleted",
                OFFSET_DELETE,
                "{groupId:'committed-none',topics:[{name:'committed-a',partitions:[{partitionIndex:0}]}]}");
        talk.ask("groups deleted", DELETE_GROUPS, "{groupsNames:['committed-#','committed-none','']}");
    }

    private static void classic(Conversation talk) throws IOException {
        for (int version = 0; version <= JOIN_GROUP.latestVersion(); version++) {
            oneMember(talk, version);
        }
        talk.ask("groups", LIST_GROUPS, 0, LATEST, "{}", manner().seenAs(GroupScripts::ofThisScript));
        talk.ask(
                "empty groups",
                LIST_GROUPS,
                4,
                LATEST,
                "{statesFilter:['Empty']}",
                manner().seenAs(GroupScripts::ofThisScript));
        talk.ask(
                "groups in a state nobody knows",
                LIST_GROUPS,
                4,
                LATEST,
                "{statesFilter:['Nope']}",
                manner().seenAs(GroupScripts::ofThisScript));
        talk.ask(
                "groups of a type",
                LIST_GROUPS,
                5,
                LATEST,
                "{typesFilter:['classic']}",
                manner().seenAs(GroupScripts::ofThisScript));
        talk.ask(
                "groups of a type nobody knows",
                LIST_GROUPS,
                5,
                LATEST,
                "{typesFilter:['Nope']}",
                manner().seenAs(GroupScripts::ofThisScript));
        talk.ask("groups deleted", DELETE_GROUPS, 0, 0, "{groupsNames:['classic-0','classic-1']}");
        talk.ask("groups deleted", DELETE_GROUPS, 1, 1, "{groupsNames:['classic-2','classic-3','classic-4']}");
        talk.ask(
                "groups deleted",
                DELETE_GROUPS,
                2,
                2,
                "{groupsNames:['classic-5','classic-6','classic-7','classic-8','classic-9','classic-0']}");
    }

    private static JsonNode ofThisScript(JsonNode answer) {
        for (Iterator<JsonNode> groups = ((ArrayNode) answer.get("groups")).elements(); groups.hasNext(); ) {
            if (!groups.next().get("groupId").asText().startsWith("classic-")) {
                groups.remove();
            }
        }
        return answer;
    }

    private static void oneMember(Conversation talk, int version) throws IOException {
        String group = "classic-" + version;
        awaitCoordinator(talk, group);
        String join = "{groupId:'" + group + "',sessionTimeoutMs:30000,rebalanceTimeoutMs:30000,memberId:'%s',"
                + "protocolType:'consumer',protocols:[{name:'range',metadata:'AAEC'},{name:'other',metadata:''}]}";
        JoinGroupResponseData joined = talk.one("a member comes", JOIN_GROUP, version, join.formatted(""));
        if (joined.errorCode() == 79) {
            joined = talk.one("with the id that it was given", JOIN_GROUP, version, join.formatted(joined.memberId()));
        }
        String member = joined.memberId();
        int generation = joined.generationId();
        int sync = Math.min(version, SYNC_GROUP.latestVersion());
        int beat = Math.min(version, HEARTBEAT.latestVersion());
        int leave = Math.min(version, LEAVE_GROUP.latestVersion());
        int describe = Math.min(version, DESCRIBE_GROUPS.latestVersion());
        String in = "{groupId:'%s',memberId:'%s',generationId:%d".formatted(group, member, generation);
        String of = " in group " + version;
        talk.one("too early" + of, HEARTBEAT, beat, in + "}");
        talk.one("described while it forms" + of, DESCRIBE_GROUPS, describe, "{groups:['" + group + "']}");
        talk.one(
                "assigned" + of,
                SYNC_GROUP,
                sync,
                in
                        + ",protocolType:'consumer',protocolName:'range',assignments:[{memberId:'%s',assignment:'AQID'}]}"
                                .formatted(member));
        talk.one("assigned again" + of, SYNC_GROUP, sync, in + ",protocolType:'consumer',protocolName:'range'}");
        if (sync >= 5) {
            talk.one(
                    "assigned by another protocol" + of,
                    SYNC_GROUP,
                    sync,
                    in + ",protocolType:'consumer',protocolName:'other'}");
            talk.one(
                    "assigned by another type" + of,
                    SYNC_GROUP,
                    sync,
                    in + ",protocolType:'connect',protocolName:'range'}");
        }
        talk.one("in time" + of, HEARTBEAT, beat, in + "}");
        talk.one(
                "of the last generation" + of,
                HEARTBEAT,
                beat,
                in.replace("generationId:" + generation, "generationId:" + (generation - 1)) + "}");
        talk.one(
                "of another member" + of,
                HEARTBEAT,
                beat,
                "{groupId:'%s',memberId:'nope',generationId:%d}".formatted(group, generation));
        talk.one(
                "described" + of,
                DESCRIBE_GROUPS,
                describe,
                "{groups:['" + group + "'],includeAuthorizedOperations:true}");
        talk.one("deleted while it has members" + of, DELETE_GROUPS, "{groupsNames:['" + group + "']}");
        talk.one("it joins again as it was" + of, JOIN_GROUP, version, join.formatted(member));
        talk.one(
                "of another type" + of,
                JOIN_GROUP,
                version,
                join.formatted(member).replace("'consumer'", "'connect'"));
        talk.one(
                "of no common protocol" + of,
                JOIN_GROUP,
                version,
                join.formatted("").replace("range", "strange").replace("other", "stranger"));
        talk.one(
                "one who is none leaves" + of,
                LEAVE_GROUP,
                leave,
                "{groupId:'%s',memberId:'nope',members:[{memberId:'nope'}]}".formatted(group));
        talk.one(
                "it leaves" + of,
                LEAVE_GROUP,
                leave,
                "{groupId:'%s',memberId:'%s',members:[{memberId:'%s'}]}".formatted(group, member, member));
        talk.one(
                "described when it is empty" + of,
                DESCRIBE_GROUPS,
                describe,
                "{groups:['" + group + "','classic-none']}");
    }

    private static void refused(Conversation talk) throws IOException {
        awaitCoordinator(talk, "refused");
        String join = "{groupId:'refused',sessionTimeoutMs:30000,rebalanceTimeoutMs:30000,memberId:'',"
                + "protocolType:'consumer',protocols:[{name:'range',metadata:'AAEC'}]}";
        talk.ask("of a group of no name", JOIN_GROUP, join.replace("'refused'", "''"));
        talk.ask("with too short a timeout", JOIN_GROUP, join.replace("sessionTimeoutMs:30000", "sessionTimeoutMs:1"));
        talk.ask(
                "with too long a timeout",
                JOIN_GROUP,
                join.replace("sessionTimeoutMs:30000", "sessionTimeoutMs:99999999"));
        talk.ask("with no protocol", JOIN_GROUP, join.replace("{name:'range',metadata:'AAEC'}", ""));
        talk.ask("with no type", JOIN_GROUP, join.replace("'consumer'", "''"));
        talk.ask("as a member that is none", JOIN_GROUP, join.replace("memberId:''", "memberId:'nope'"));
        talk.ask(
                "a heartbeat of a group that is not there",
                HEARTBEAT,
                "{groupId:'refused-none',memberId:'m',generationId:1}");
        talk.ask("a heartbeat of no group", HEARTBEAT, "{groupId:'',memberId:'m',generationId:1}");
        talk.ask(
                "a sync of a group that is not there",
                SYNC_GROUP,
                "{groupId:'refused-none',memberId:'m',generationId:1,protocolType:'consumer',protocolName:'range'}");
        talk.ask(
                "a sync without its protocol",
                SYNC_GROUP,
                5,
                5,
                "{groupId:'refused-none',memberId:'m',generationId:1}");
        talk.ask(
                "a leave of a group that is not there",
                LEAVE_GROUP,
                "{groupId:'refused-none',memberId:'m',members:[{memberId:'m'}]}");
        talk.ask("a leave of nobody", LEAVE_GROUP, 3, LATEST, "{groupId:'refused-none',members:[]}");
        talk.ask("described though not there", DESCRIBE_GROUPS, "{groups:['refused-none','']}");
        talk.ask("described: none", DESCRIBE_GROUPS, "{groups:[]}");
        talk.ask("deleted: none", DELETE_GROUPS, "{groupsNames:[]}");
    }

    private static void consumerRefused(Conversation talk) throws IOException {
        awaitCoordinator(talk, "consumer-refused");
        String beat =
                "{groupId:'consumer-refused',memberId:'%s',memberEpoch:%d,rebalanceTimeoutMs:%d,subscribedTopicNames:['t'],topicPartitions:[]}";
        talk.ask(
                "of no group",
                CONSUMER_GROUP_HEARTBEAT,
                beat.formatted("m", 0, 1000).replace("consumer-refused", ""));
        talk.ask("no member id", CONSUMER_GROUP_HEARTBEAT, 1, 1, beat.formatted("", 0, 1000));
        talk.ask("no rebalance timeout", CONSUMER_GROUP_HEARTBEAT, beat.formatted("m", 0, -1));
        talk.ask(
                "an assignor nobody knows",
                CONSUMER_GROUP_HEARTBEAT,
                beat.formatted("m", 0, 1000).replace("topicPartitions", "serverAssignor:'nope',topicPartitions"));
        talk.ask("a member that is none", CONSUMER_GROUP_HEARTBEAT, beat.formatted("m", 3, 1000));
        talk.ask("an epoch that can't be", CONSUMER_GROUP_HEARTBEAT, beat.formatted("m", -9, 1000));
        talk.ask("described though not there", CONSUMER_GROUP_DESCRIBE, "{groupIds:['consumer-refused-none']}");
        talk.ask("described: none", CONSUMER_GROUP_DESCRIBE, "{groupIds:[]}");
    }
}
