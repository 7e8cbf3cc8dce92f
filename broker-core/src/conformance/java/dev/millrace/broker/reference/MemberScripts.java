package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.Conversation.LATEST;
import static org.apache.kafka.common.protocol.ApiKeys.ADD_OFFSETS_TO_TXN;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.END_TXN;
import static org.apache.kafka.common.protocol.ApiKeys.HEARTBEAT;
import static org.apache.kafka.common.protocol.ApiKeys.INIT_PRODUCER_ID;
import static org.apache.kafka.common.protocol.ApiKeys.JOIN_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.LEAVE_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_COMMIT;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_DELETE;
import static org.apache.kafka.common.protocol.ApiKeys.SYNC_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.TXN_OFFSET_COMMIT;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;

/** Members of classic groups that keep their place while they are away (KIP-345), and what members may commit. */
final class MemberScripts {

    static final List<Script> ALL = List.of(
            new Script("static members", MemberScripts::statics), new Script("commits", MemberScripts::commits));

    /** The first version of each that knows of instances. */
    private static final int JOIN_STATIC = 5;

    private static final int HEARTBEAT_STATIC = 3;
    private static final int SYNC_STATIC = 3;
    private static final int LEAVE_STATIC = 3;
    private static final int COMMIT_STATIC = 7;
    private static final int TXN_COMMIT_BY_MEMBERS = 3;

    private MemberScripts() {}

    private static String join(String group, String member, String instance) {
        return ("{groupId:'%s',sessionTimeoutMs:30000,rebalanceTimeoutMs:30000,memberId:'%s',groupInstanceId:%s,"
                        + "protocolType:'consumer',protocols:[{name:'range',metadata:'AAEC'}]}")
                .formatted(group, member, instance);
    }

    private static void statics(Conversation talk) throws IOException {
        Uuid id = talk.topic("static-a", 1);
        for (int version = JOIN_STATIC; version <= JOIN_GROUP.latestVersion(); version++) {
            statics(talk, "static-" + version, version, id);
        }
    }

    private static void statics(Conversation talk, String group, int version, Uuid topic) throws IOException {
        GroupScripts.awaitCoordinator(talk, group);
        String of = " of version " + version;
        JoinGroupResponseData joined = talk.one("it comes" + of, JOIN_GROUP, version, join(group, "", "'i'"));
        String in = "{groupId:'%s',generationId:%d,memberId:'%s',groupInstanceId:'%s'";
        String member = in.formatted(group, joined.generationId(), joined.memberId(), "i");
        String other = in.formatted(group, joined.generationId(), "m", "i");
        String stranger = in.formatted(group, joined.generationId(), joined.memberId(), "j");
        String assigned =
                ",protocolType:'consumer',protocolName:'range',assignments:[{memberId:'%s',assignment:'AQID'}]}"
                        .formatted(joined.memberId());
        talk.one("it is assigned" + of, SYNC_GROUP, Math.min(version, 5), member + assigned);
        talk.ask("another is assigned" + of, SYNC_GROUP, SYNC_STATIC, LATEST, other + assigned);
        talk.ask("an unknown instance is assigned" + of, SYNC_GROUP, SYNC_STATIC, LATEST, stranger + assigned);
        talk.ask("it is there" + of, HEARTBEAT, HEARTBEAT_STATIC, LATEST, member + "}");
        talk.ask("another is there" + of, HEARTBEAT, HEARTBEAT_STATIC, LATEST, other + "}");
        talk.ask("an unknown instance is there" + of, HEARTBEAT, HEARTBEAT_STATIC, LATEST, stranger + "}");
        String offsets = ",topics:[{name:'static-a',topicId:'" + topic
                + "',partitions:[{partitionIndex:0,committedOffset:5}]}]}";
        talk.ask("it commits" + of, OFFSET_COMMIT, COMMIT_STATIC, LATEST, committing(member) + offsets);
        talk.ask("another commits" + of, OFFSET_COMMIT, COMMIT_STATIC, LATEST, committing(other) + offsets);
        talk.ask(
                "an unknown instance commits" + of,
                OFFSET_COMMIT,
                COMMIT_STATIC,
                LATEST,
                committing(stranger) + offsets);
        talk.one("described" + of, DESCRIBE_GROUPS, 4, "{groups:['" + group + "']}");
        talk.one("another comes by its name" + of, JOIN_GROUP, version, join(group, "m", "'i'"));
        talk.one(
                "an unknown instance comes by its id" + of, JOIN_GROUP, version, join(group, joined.memberId(), "'j'"));
        JoinGroupResponseData again = talk.one("it comes anew" + of, JOIN_GROUP, version, join(group, "", "'i'"));
        talk.ask("what it was is there" + of, HEARTBEAT, HEARTBEAT_STATIC, LATEST, member + "}");
        talk.one(
                "what it is, is there" + of,
                HEARTBEAT,
                4,
                in.formatted(group, again.generationId(), again.memberId(), "i") + "}");
        String leave = "{groupId:'" + group + "',members:[{memberId:'%s',groupInstanceId:'%s'}]}";
        talk.ask("another leaves" + of, LEAVE_GROUP, LEAVE_STATIC, LATEST, leave.formatted("m", "i"));
        talk.ask("an unknown instance leaves" + of, LEAVE_GROUP, LEAVE_STATIC, LATEST, leave.formatted("", "j"));
        talk.one("it leaves" + of, LEAVE_GROUP, 5, leave.formatted("", "i"));
        talk.one("described without it" + of, DESCRIBE_GROUPS, 4, "{groups:['" + group + "']}");
    }

    private static String committing(String member) {
        return member.replace("generationId", "generationIdOrMemberEpoch");
    }

    private static void commits(Conversation talk) throws IOException {
        Uuid id = talk.topic("commits-a", 1);
        GroupScripts.awaitCoordinator(talk, "commits");
        JoinGroupResponseData asked = talk.one("it comes", JOIN_GROUP, 9, join("commits", "", "null"));
        JoinGroupResponseData joined =
                talk.one("it comes by its id", JOIN_GROUP, 9, join("commits", asked.memberId(), "null"));
        String offsets =
                ",topics:[{name:'commits-a',topicId:'" + id + "',partitions:[{partitionIndex:0,committedOffset:5}]}]}";
        String by = "{groupId:'commits',generationIdOrMemberEpoch:%d,memberId:'%s'";
        int generation = joined.generationId();
        String member = joined.memberId();
        talk.ask("before it is assigned", OFFSET_COMMIT, by.formatted(generation, member) + offsets);
        talk.one(
                "it is assigned",
                SYNC_GROUP,
                5,
                ("{groupId:'commits',generationId:%d,memberId:'%s',protocolType:'consumer',protocolName:'range',"
                                + "assignments:[{memberId:'%s',assignment:'AQID'}]}")
                        .formatted(generation, member, member));
        talk.ask("when it is assigned", OFFSET_COMMIT, by.formatted(generation, member) + offsets);
        talk.ask("of the last generation", OFFSET_COMMIT, by.formatted(generation - 1, member) + offsets);
        talk.ask("of the next generation", OFFSET_COMMIT, by.formatted(generation + 1, member) + offsets);
        talk.ask("by nobody", OFFSET_COMMIT, by.formatted(-1, "") + offsets);
        talk.ask("by another", OFFSET_COMMIT, by.formatted(generation, "m") + offsets);
        TransactionScripts.awaitCoordinator(talk, "commits");
        InitProducerIdResponseData producer = talk.one(
                "a transaction", INIT_PRODUCER_ID, 4, "{transactionalId:'commits',transactionTimeoutMs:60000}");
        String who = "transactionalId:'commits',producerId:%d,producerEpoch:%d"
                .formatted(producer.producerId(), producer.producerEpoch());
        talk.one("of the group", ADD_OFFSETS_TO_TXN, 3, "{" + who + ",groupId:'commits'}");
        String transactional = "{" + who + ",groupId:'commits',"
                + "generationId:%d,memberId:'%s',topics:[{name:'commits-a',partitions:[{partitionIndex:0,committedOffset:1}]}]}";
        talk.ask(
                "of the last generation, in a transaction",
                TXN_OFFSET_COMMIT,
                TXN_COMMIT_BY_MEMBERS,
                4,
                transactional.formatted(generation - 1, member));
        talk.ask(
                "by another, in a transaction",
                TXN_OFFSET_COMMIT,
                TXN_COMMIT_BY_MEMBERS,
                4,
                transactional.formatted(generation, "m"));
        talk.ask(
                "in a transaction of no group",
                TXN_OFFSET_COMMIT,
                TXN_COMMIT_BY_MEMBERS,
                4,
                transactional.formatted(-1, "").replace("groupId:'commits'", "groupId:''"));
        talk.ask(
                "when it is assigned, in a transaction",
                TXN_OFFSET_COMMIT,
                TXN_COMMIT_BY_MEMBERS,
                4,
                transactional.formatted(generation, member));
        talk.one("the end", END_TXN, 3, "{" + who + ",committed:false}");
        String delete = "{groupId:'%s',topics:[{name:'commits-a',partitions:[{partitionIndex:0}]}]}";
        talk.ask("what a member reads is deleted", OFFSET_DELETE, delete.formatted("commits"));
        talk.ask("what no group reads is deleted", OFFSET_DELETE, delete.formatted(""));
        talk.one("it leaves", LEAVE_GROUP, 5, "{groupId:'commits',members:[{memberId:'" + member + "'}]}");
        talk.ask("when it has left", OFFSET_COMMIT, by.formatted(generation, member) + offsets);
    }
}
