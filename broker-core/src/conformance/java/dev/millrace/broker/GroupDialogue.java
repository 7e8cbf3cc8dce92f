package dev.millrace.broker;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.ConsumerProtocolAssignment;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * One side of a talk about groups, request by request, and what the other side answered: a broker of this project or
 * Apache Kafka. What differs from run to run is left out; topics are told by their names.
 *
 * <p>{@code main} records what a running Apache Kafka answers.
 */
final class GroupDialogue implements AutoCloseable {

    /** @param args bootstrap servers of the reference, and the file to write */
    public static void main(String[] args) throws Exception {
        try (GroupDialogue dialogue = new GroupDialogue(args[0])) {
            Files.writeString(Path.of(args[1]), dialogue.all());
        }
    }

    private static final short V1 = 1;

    private final Admin admin;
    private final Socket socket;
    private final StringBuilder transcript = new StringBuilder();
    private final Map<Uuid, String> names = new HashMap<>();
    private final Map<String, Uuid> ids = new HashMap<>();
    private final Map<String, String> memberNames = new HashMap<>();
    /** Groups and topics of another run do not disturb. */
    private final String run = Long.toString(System.nanoTime(), 36);

    private int correlationId;

    GroupDialogue(String bootstrapServers) throws IOException {
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        String[] address = bootstrapServers.split(":");
        socket = new Socket(address[0], Integer.parseInt(address[1]));
    }

    String all() throws Exception {
        createTopic("t", 4);
        createTopic("u", 2);
        findCoordinator();
        refusals();
        sharing();
        fencing();
        instances();
        expressions();
        offsets();
        classicMembers();
        upgrade();
        administration();
        return transcript.toString();
    }

    @Override
    public void close() throws IOException {
        admin.close();
        socket.close();
    }

    // What is talked about.

    private void refusals() throws Exception {
        begin("refusals");
        refused("no group", request -> request.setGroupId(""));
        refused("no member", request -> request.setMemberId(""));
        refused("no member in version 0", request -> request.setMemberId("").setMemberEpoch(3), (short) 0);
        refused("blank instance", request -> request.setInstanceId(""));
        refused("blank rack", request -> request.setRackId(""));
        refused("no timeout", request -> request.setRebalanceTimeoutMs(-1));
        refused("no partitions", request -> request.setTopicPartitions(null));
        refused("no subscription", request -> request.setSubscribedTopicNames(null));
        refused("epoch -3", request -> request.setMemberEpoch(-3));
        refused("epoch -2 without instance", request -> request.setMemberEpoch(-2));
        refused("another assignor", request -> request.setServerAssignor("best"));
        refused("an expression that cannot be read", request -> request.setSubscribedTopicNames(null)
                .setSubscribedTopicRegex("["));
        refused("epoch 5 of a group that is not there", request -> request.setMemberEpoch(5));
        refused("leave of a group that is not there", request -> request.setMemberEpoch(-1));
    }

    private void refused(String what, Consumer<ConsumerGroupHeartbeatRequestData> change) throws Exception {
        refused(what, change, V1);
    }

    private void refused(String what, Consumer<ConsumerGroupHeartbeatRequestData> change, short version)
            throws Exception {
        ConsumerGroupHeartbeatRequestData request = joining("refused", "m", "t");
        change.accept(request);
        ConsumerGroupHeartbeatResponseData answer = send(ApiKeys.CONSUMER_GROUP_HEARTBEAT, version, request);
        say(what + ": " + Errors.forCode(answer.errorCode()));
    }

    private void sharing() throws Exception {
        begin("two members share");
        eager("share");
        heartbeat("a joins", joining("share", "a", "t").setServerAssignor("range"));
        describe("share");
        heartbeat("a", at("share", "a", 2));
        heartbeat("a in full", joining("share", "a", "t").setMemberEpoch(2).setTopicPartitions(owned("t", 0, 1, 2, 3)));
        heartbeat("b joins", joining("share", "b", "t").setServerAssignor("range"));
        describe("share");
        heartbeat("a", at("share", "a", 2));
        heartbeat("b", at("share", "b", 3));
        heartbeat("a has all still", at("share", "a", 2).setTopicPartitions(owned("t", 0, 1, 2, 3)));
        heartbeat("a gave up", at("share", "a", 2).setTopicPartitions(owned("t", 0, 1)));
        describe("share");
        heartbeat("b", at("share", "b", 3));
        heartbeat("b acknowledges", at("share", "b", 3).setTopicPartitions(owned("t", 2, 3)));
        describe("share");
        heartbeat("c joins", joining("share", "c", "t", "u").setServerAssignor("range"));
        heartbeat(
                "b reads u instead",
                joining("share", "b", "u").setMemberEpoch(3).setTopicPartitions(owned("t", 2, 3)));
        describe("share");
        heartbeat("b gave up", at("share", "b", 3).setTopicPartitions(owned("t")));
        heartbeat("b leaves", at("share", "b", -1));
        describe("share");
        heartbeat("a leaves", at("share", "a", -1));
        heartbeat("c", at("share", "c", 4));
        heartbeat("c leaves", at("share", "c", -1));
        describe("share");
        heartbeat("c is gone", at("share", "c", 4));

        begin("partitions are added");
        eager("more");
        heartbeat("a joins", joining("more", "a", "u").setServerAssignor("range"));
        admin.createPartitions(Map.of(topic("u"), NewPartitions.increaseTo(3)))
                .all()
                .get();
        until("a", at("more", "a", 2), answer -> answer.assignment() != null);
    }

    private void fencing() throws Exception {
        begin("epochs");
        eager("fence");
        heartbeat("a joins", joining("fence", "a", "t").setServerAssignor("range"));
        heartbeat("a joins again", joining("fence", "a", "t").setServerAssignor("range"));
        heartbeat("a is ahead", at("fence", "a", 3));
        heartbeat("b joins", joining("fence", "b", "t").setServerAssignor("range"));
        heartbeat("a gave up", at("fence", "a", 2).setTopicPartitions(owned("t", 0, 1)));
        heartbeat("a missed its epoch", at("fence", "a", 2).setTopicPartitions(owned("t", 0, 1)));
        heartbeat("a missed its epoch and has too much", at("fence", "a", 2).setTopicPartitions(owned("t", 0, 3)));
        heartbeat("a does not say what it has", at("fence", "a", 2));
        heartbeat("a is far behind", at("fence", "a", 0));
        heartbeat("nobody", at("fence", "x", 2));
        heartbeat("nobody leaves", at("fence", "x", -1));
    }

    private void instances() throws Exception {
        begin("instances");
        eager("static");
        heartbeat("a joins", joining("static", "a", "t").setInstanceId("i"));
        heartbeat("a2 joins", joining("static", "a2", "t").setInstanceId("i"));
        heartbeat("a leaves for a while", at("static", "a", -2).setInstanceId("i"));
        describe("static");
        heartbeat("a2 joins", joining("static", "a2", "t").setInstanceId("i"));
        describe("static");
        heartbeat("a", at("static", "a", 2).setInstanceId("i"));
        heartbeat("a2", at("static", "a2", 2).setInstanceId("i"));
        heartbeat("another instance", at("static", "a2", 2).setInstanceId("j"));
        heartbeat("a leaves", at("static", "a", -1).setInstanceId("i"));
        heartbeat("a2 leaves", at("static", "a2", -1).setInstanceId("i"));
        describe("static");
    }

    private void expressions() throws Exception {
        begin("expressions");
        eager("regex");
        createTopic("x1", 1);
        ConsumerGroupHeartbeatRequestData joining = joining("regex", "a");
        joining.setSubscribedTopicNames(null).setSubscribedTopicRegex(topic("x[12]"));
        send(ApiKeys.CONSUMER_GROUP_HEARTBEAT, V1, joining);
        // Apache Kafka matches in the background.
        until("a", joining, answer -> !answer.assignment().topicPartitions().isEmpty());
        heartbeat("b", joining("regex", "b").setSubscribedTopicNames(null).setSubscribedTopicRegex("(("));
    }

    private void offsets() throws Exception {
        begin("offsets");
        eager("offsets");
        heartbeat("a joins", joining("offsets", "a", "t").setServerAssignor("range"));
        heartbeat("b joins", joining("offsets", "b", "t").setServerAssignor("range"));
        heartbeat("a gave up", at("offsets", "a", 2).setTopicPartitions(owned("t", 0, 1)));
        heartbeat("a gave up", at("offsets", "a", 3).setTopicPartitions(owned("t", 0, 1)));
        heartbeat("b", at("offsets", "b", 3));
        commit("a at its epoch", "a", 3, 0, 9);
        commit("a behind, for what it had", "a", 2, 0, 9);
        commit("a behind, for what it has not", "a", 2, 3, 9);
        commit("b behind, for what it got since", "b", 2, 2, 9);
        commit("a ahead", "a", 4, 0, 9);
        commit("nobody", "x", 3, 0, 9);
        commit("a in version 8", "a", 3, 0, 8);
        commit("outside of the group", "", -1, 0, 9);
        commitById("a by id", topicId("t"), 3);
        commitById("a by an id that is not there", new Uuid(1, 1), 3);
        fetch("a at its epoch", "a", 3, 9);
        fetch("a behind", "a", 2, 9);
        fetch("nobody", "x", 3, 9);
        fetch("outside of the group", null, -1, 9);
        deleteOffset("while it is read");
        send(ApiKeys.CONSUMER_GROUP_HEARTBEAT, V1, at("offsets", "a", -1));
        send(ApiKeys.CONSUMER_GROUP_HEARTBEAT, V1, at("offsets", "b", -1));
        commit("outside of the empty group", "", -1, 1, 9);
        commit("a when it has left", "a", 3, 1, 9);
        fetch("a when it has left", "a", 3, 9);
        deleteOffset("when nobody reads it");
        OffsetCommitResponseData nowhere = send(ApiKeys.OFFSET_COMMIT, (short) 9, commitRequest("nowhere", "a", 1, 0));
        say("member of a group that is not there: " + error(nowhere));
    }

    private void classicMembers() throws Exception {
        begin("a classic member in a consumer group");
        eager("mixed");
        heartbeat("a joins", joining("mixed", "~a", "t").setServerAssignor("range"));
        JoinGroupResponseData first = join("worker", joinRequest("mixed", "").setProtocolType("connect"));
        first = join("c", joinRequest("mixed", ""));
        String memberId = first.memberId();
        memberNames.put(memberId, "c");
        JoinGroupResponseData joined = join("c with its id", joinRequest("mixed", memberId));
        sync("c", "mixed", joined);
        heartbeat("a", at("mixed", "~a", 2));
        heartbeat("a gave up", at("mixed", "~a", 2).setTopicPartitions(owned("t", 2, 3)));
        classicHeartbeat("c", "mixed", memberId, joined.generationId());
        classicHeartbeat("c at another generation", "mixed", memberId, 9);
        classicHeartbeat("nobody", "mixed", "x", 1);
        classicHeartbeat("a", "mixed", "~a", 3);
        joined = join("c again", joinRequest("mixed", memberId));
        sync("c", "mixed", joined);
        classicHeartbeat("c", "mixed", memberId, joined.generationId());
        describe("mixed");
        heartbeat("b joins", joining("mixed", "~b", "t"));
        leaveClassic("b by the classic protocol", "mixed", "~b");
        describe("mixed");
        heartbeat("a leaves", at("mixed", "~a", -1));
        list("classic", "mixed");
        leaveClassic("c", "mixed", memberId);
        list("classic", "mixed");
    }

    private void upgrade() throws Exception {
        begin("a consumer in a classic group");
        eager("up");
        heartbeat("a without joining", at("up", "a", 1));
        String memberId = join("c", joinRequest("up", "")).memberId();
        memberNames.put(memberId, "c");
        JoinGroupResponseData joined = join("c with its id", joinRequest("up", memberId));
        SyncGroupRequestData assigning = syncRequest("up", memberId, joined.generationId());
        ConsumerProtocolAssignment assignment = new ConsumerProtocolAssignment();
        assignment
                .assignedPartitions()
                .add(new ConsumerProtocolAssignment.TopicPartition()
                        .setTopic(topic("t"))
                        .setPartitions(List.of(0, 1, 2, 3)));
        assigning
                .assignments()
                .add(new SyncGroupRequestData.SyncGroupRequestAssignment()
                        .setMemberId(memberId)
                        .setAssignment(MessageUtil.toVersionPrefixedBytes((short) 3, assignment)));
        send(ApiKeys.SYNC_GROUP, (short) 5, assigning);
        heartbeat("a without joining", at("up", "a", 1));
        heartbeat("a leaves", at("up", "a", -1));
        heartbeat("a joins", joining("up", "a", "t").setServerAssignor("range"));
        describe("up");
        classicHeartbeat("c", "up", memberId, joined.generationId());
        joined = join("c again", joinRequest("up", memberId));
        sync("c", "up", joined);
        heartbeat("a", at("up", "a", 2));
        describe("up");
        leaveClassic("c", "up", memberId);
        describe("up");
    }

    private void administration() throws Exception {
        begin("administration");
        eager("admin");
        heartbeat("a joins", joining("admin", "a", "t"));
        for (short version = 5; version <= 6; version++) {
            describeClassic("of the new protocol", "admin", version);
            describeClassic("of none", "none", version);
        }
        describe("none");
        send(ApiKeys.OFFSET_COMMIT, (short) 9, commitRequest("simple", "", -1, 0));
        describe("simple");
        list("consumer", "admin");
        list("classic", "admin");
        delete("with a member", "admin");
        heartbeat("a leaves", at("admin", "a", -1));
        list("consumer", "admin");
        delete("without one", "admin");
        delete("once more", "admin");
        heartbeat("the place of a group that only commits", joining("simple", "a", "t"));
        list("consumer", "simple");
    }

    // How it is said.

    private void begin(String what) {
        transcript.append("# ").append(what).append('\n');
    }

    private void say(String what) {
        transcript.append(what).append('\n');
    }

    private String group(String name) {
        return name + "-" + run;
    }

    private String topic(String name) {
        return name + "-" + run;
    }

    private Uuid topicId(String name) {
        return Objects.requireNonNull(ids.get(topic(name)));
    }

    private void createTopic(String name, int partitions) throws Exception {
        Uuid id = admin.createTopics(List.of(new NewTopic(topic(name), partitions, (short) 1)))
                .topicId(topic(name))
                .get();
        names.put(id, name);
        ids.put(topic(name), id);
    }

    /** Targets are computed at every change. */
    private void eager(String name) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group(name));
        ConfigEntry entry = new ConfigEntry("consumer.assignment.interval.ms", "0");
        admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    private void findCoordinator() throws Exception {
        FindCoordinatorRequestData request =
                new FindCoordinatorRequestData().setKeyType((byte) 0).setKey(group("any"));
        for (int i = 0; i < 100; i++) {
            send(ApiKeys.FIND_COORDINATOR, (short) 3, request);
            ConsumerGroupHeartbeatResponseData answer = send(ApiKeys.CONSUMER_GROUP_HEARTBEAT, V1, at("any", "a", 1));
            if (answer.errorCode() == Errors.GROUP_ID_NOT_FOUND.code()) {
                return;
            }
            Thread.onSpinWait();
            admin.describeCluster().nodes().get();
        }
    }

    private ConsumerGroupHeartbeatRequestData joining(String group, String memberId, String... topics) {
        return at(group, memberId, 0)
                .setRebalanceTimeoutMs(300_000)
                .setSubscribedTopicNames(
                        List.of(topics).stream().map(this::topic).toList())
                .setTopicPartitions(List.of());
    }

    private ConsumerGroupHeartbeatRequestData at(String group, String memberId, int epoch) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group(group))
                .setMemberId(memberId)
                .setMemberEpoch(epoch);
    }

    private List<ConsumerGroupHeartbeatRequestData.TopicPartitions> owned(String topic, Integer... partitions) {
        return partitions.length == 0
                ? List.of()
                : List.of(new ConsumerGroupHeartbeatRequestData.TopicPartitions()
                        .setTopicId(topicId(topic))
                        .setPartitions(List.of(partitions)));
    }

    private ConsumerGroupHeartbeatResponseData heartbeat(String what, ConsumerGroupHeartbeatRequestData request)
            throws IOException {
        ConsumerGroupHeartbeatResponseData answer = send(ApiKeys.CONSUMER_GROUP_HEARTBEAT, V1, request);
        say(what + ": " + told(answer));
        return answer;
    }

    private void until(
            String what,
            ConsumerGroupHeartbeatRequestData request,
            Predicate<ConsumerGroupHeartbeatResponseData> condition)
            throws Exception {
        ConsumerGroupHeartbeatResponseData answer = send(ApiKeys.CONSUMER_GROUP_HEARTBEAT, V1, request);
        for (int i = 0; i < 20_000 && !condition.test(answer); i++) {
            admin.describeCluster().nodes().get();
            answer = send(ApiKeys.CONSUMER_GROUP_HEARTBEAT, V1, request);
        }
        say(what + " in the end: " + told(answer));
    }

    private String told(ConsumerGroupHeartbeatResponseData answer) {
        if (answer.errorCode() != Errors.NONE.code()) {
            return Errors.forCode(answer.errorCode()).toString();
        }
        String assignment = answer.assignment() == null
                ? ""
                : " has "
                        + told(answer.assignment().topicPartitions().stream()
                                .collect(Collectors.toMap(
                                        partitions -> partitions.topicId(), partitions -> partitions.partitions())));
        return answer.memberId() + " at " + answer.memberEpoch() + assignment;
    }

    private String told(Map<Uuid, List<Integer>> partitions) {
        Map<String, List<Integer>> byName = new TreeMap<>();
        partitions.forEach((id, indexes) -> byName.put(
                names.getOrDefault(id, "?"), indexes.stream().sorted().toList()));
        return byName.toString();
    }

    private void describe(String name) throws IOException {
        ConsumerGroupDescribeResponseData answer = send(
                ApiKeys.CONSUMER_GROUP_DESCRIBE,
                V1,
                new ConsumerGroupDescribeRequestData().setGroupIds(List.of(group(name))));
        ConsumerGroupDescribeResponseData.DescribedGroup group = answer.groups().get(0);
        if (group.errorCode() != Errors.NONE.code()) {
            say("described: " + Errors.forCode(group.errorCode()));
            return;
        }
        List<String> members = new ArrayList<>();
        for (ConsumerGroupDescribeResponseData.Member member : group.members()) {
            members.add(memberNames.getOrDefault(member.memberId(), member.memberId())
                    + "/" + member.instanceId()
                    + " at " + member.memberEpoch()
                    + " type " + member.memberType()
                    + " has " + told(member.assignment())
                    + " of " + told(member.targetAssignment()));
        }
        members.sort(null);
        say("described: " + group.groupState() + " epochs " + group.groupEpoch() + " " + group.assignmentEpoch() + " "
                + group.assignorName() + " " + members);
    }

    private String told(ConsumerGroupDescribeResponseData.Assignment assignment) {
        return told(assignment.topicPartitions().stream()
                .collect(Collectors.toMap(partitions -> partitions.topicId(), partitions -> partitions.partitions())));
    }

    private OffsetCommitRequestData commitRequest(String group, String memberId, int epoch, int partition) {
        return new OffsetCommitRequestData()
                .setGroupId(group(group))
                .setMemberId(memberId)
                .setGenerationIdOrMemberEpoch(epoch)
                .setTopics(List.of(new OffsetCommitRequestData.OffsetCommitRequestTopic()
                        .setName(topic("t"))
                        .setPartitions(List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition()
                                .setPartitionIndex(partition)
                                .setCommittedOffset(5)
                                .setCommittedMetadata("")))));
    }

    private void commit(String what, String memberId, int epoch, int partition, int version) throws IOException {
        say("commit " + what + ": "
                + error(this.<OffsetCommitResponseData>send(
                        ApiKeys.OFFSET_COMMIT, (short) version, commitRequest("offsets", memberId, epoch, partition))));
    }

    private void commitById(String what, Uuid id, int epoch) throws IOException {
        OffsetCommitRequestData request = commitRequest("offsets", "a", epoch, 0);
        request.topics().get(0).setName("").setTopicId(id);
        say("commit " + what + ": "
                + error(this.<OffsetCommitResponseData>send(ApiKeys.OFFSET_COMMIT, (short) 10, request)));
    }

    private static Errors error(OffsetCommitResponseData answer) {
        return Errors.forCode(answer.topics().get(0).partitions().get(0).errorCode());
    }

    private void fetch(String what, String memberId, int epoch, int version) throws IOException {
        OffsetFetchRequestData.OffsetFetchRequestGroup wanted = new OffsetFetchRequestData.OffsetFetchRequestGroup()
                .setGroupId(group("offsets"))
                .setMemberId(memberId)
                .setMemberEpoch(epoch)
                .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopics()
                        .setName(topic("t"))
                        .setPartitionIndexes(List.of(0, 3))));
        OffsetFetchResponseData answer =
                send(ApiKeys.OFFSET_FETCH, (short) version, new OffsetFetchRequestData().setGroups(List.of(wanted)));
        OffsetFetchResponseData.OffsetFetchResponseGroup group = answer.groups().get(0);
        String offsets = group.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .map(partition -> partition.partitionIndex() + "=" + partition.committedOffset())
                .collect(Collectors.joining(" "));
        say("fetch " + what + ": " + Errors.forCode(group.errorCode()) + " " + offsets);
    }

    private void deleteOffset(String what) throws IOException {
        OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection topics =
                new OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection();
        topics.add(new OffsetDeleteRequestData.OffsetDeleteRequestTopic()
                .setName(topic("t"))
                .setPartitions(
                        List.of(new OffsetDeleteRequestData.OffsetDeleteRequestPartition().setPartitionIndex(0))));
        OffsetDeleteResponseData answer = send(
                ApiKeys.OFFSET_DELETE,
                (short) 0,
                new OffsetDeleteRequestData().setGroupId(group("offsets")).setTopics(topics));
        say("delete an offset " + what + ": " + Errors.forCode(answer.errorCode()) + " "
                + Errors.forCode(answer.topics()
                        .iterator()
                        .next()
                        .partitions()
                        .iterator()
                        .next()
                        .errorCode()));
    }

    private JoinGroupRequestData joinRequest(String group, String memberId) {
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(group(group))
                .setMemberId(memberId)
                .setProtocolType("consumer")
                .setSessionTimeoutMs(45_000)
                .setRebalanceTimeoutMs(300_000);
        request.protocols()
                .add(new JoinGroupRequestData.JoinGroupRequestProtocol()
                        .setName("range")
                        .setMetadata(MessageUtil.toVersionPrefixedBytes(
                                (short) 3, new ConsumerProtocolSubscription().setTopics(List.of(topic("t"))))));
        return request;
    }

    private JoinGroupResponseData join(String what, JoinGroupRequestData request) throws IOException {
        JoinGroupResponseData answer = send(ApiKeys.JOIN_GROUP, (short) 9, request);
        String leader =
                answer.leader().isEmpty() ? "nobody" : answer.leader().equals(answer.memberId()) ? "it" : "other";
        say("join " + what + ": " + Errors.forCode(answer.errorCode())
                + " generation " + answer.generationId()
                + " " + answer.protocolType() + "/" + answer.protocolName()
                + " leader " + leader);
        return answer;
    }

    private SyncGroupRequestData syncRequest(String group, String memberId, int generation) {
        return new SyncGroupRequestData()
                .setGroupId(group(group))
                .setMemberId(memberId)
                .setGenerationId(generation)
                .setProtocolType("consumer")
                .setProtocolName("range");
    }

    private void sync(String what, String group, JoinGroupResponseData joined) throws IOException {
        SyncGroupResponseData answer =
                send(ApiKeys.SYNC_GROUP, (short) 5, syncRequest(group, joined.memberId(), joined.generationId()));
        String assigned = "";
        if (answer.assignment().length > 0) {
            ByteBuffer buffer = ByteBuffer.wrap(answer.assignment());
            short version = buffer.getShort();
            assigned = " version " + version + " "
                    + new ConsumerProtocolAssignment(new ByteBufferAccessor(buffer), version)
                            .assignedPartitions().stream()
                                    .map(topic -> topic.topic().substring(0, 1) + topic.partitions())
                                    .toList();
        }
        say("sync " + what + ": " + Errors.forCode(answer.errorCode()) + assigned);
    }

    private void classicHeartbeat(String what, String group, String memberId, int generation) throws IOException {
        HeartbeatResponseData answer = send(
                ApiKeys.HEARTBEAT,
                (short) 4,
                new HeartbeatRequestData()
                        .setGroupId(group(group))
                        .setMemberId(memberId)
                        .setGenerationId(generation));
        say("classic heartbeat of " + what + ": " + Errors.forCode(answer.errorCode()));
    }

    private void leaveClassic(String what, String group, String memberId) throws IOException {
        LeaveGroupResponseData answer = send(
                ApiKeys.LEAVE_GROUP,
                (short) 5,
                new LeaveGroupRequestData()
                        .setGroupId(group(group))
                        .setMembers(List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId(memberId))));
        say("leave " + what + ": " + Errors.forCode(answer.errorCode()) + " "
                + answer.members().stream()
                        .map(member -> Errors.forCode(member.errorCode()))
                        .toList());
    }

    private void describeClassic(String what, String name, short version) throws IOException {
        DescribeGroupsResponseData answer =
                send(ApiKeys.DESCRIBE_GROUPS, version, new DescribeGroupsRequestData().setGroups(List.of(group(name))));
        DescribeGroupsResponseData.DescribedGroup group = answer.groups().get(0);
        say("described as classic in version " + version + " " + what + ": " + Errors.forCode(group.errorCode()) + " "
                + group.groupState());
    }

    private void list(String type, String name) throws IOException {
        ListGroupsResponseData answer =
                send(ApiKeys.LIST_GROUPS, (short) 5, new ListGroupsRequestData().setTypesFilter(List.of(type)));
        say("listed as " + type + ": "
                + answer.groups().stream()
                        .filter(group -> group.groupId().equals(group(name)))
                        .map(group -> group.groupState() + " " + group.groupType() + " " + group.protocolType())
                        .toList());
    }

    private void delete(String what, String name) throws IOException {
        DeleteGroupsResponseData answer = send(
                ApiKeys.DELETE_GROUPS, (short) 2, new DeleteGroupsRequestData().setGroupsNames(List.of(group(name))));
        say("delete " + what + ": "
                + Errors.forCode(answer.results().iterator().next().errorCode()));
    }

    @SuppressWarnings("unchecked") // The key says what comes back.
    private <R extends ApiMessage> R send(ApiKeys key, short version, ApiMessage data) throws IOException {
        RequestHeader header = new RequestHeader(key, version, "client", ++correlationId);
        ByteBuffer body = MessageUtil.toByteBufferAccessor(data, version).buffer();
        AbstractRequest request = AbstractRequest.parseRequest(key, version, new ByteBufferAccessor(body)).request;
        ByteBuffer frame = request.serializeWithHeader(header);
        ByteBuffer framed = ByteBuffer.allocate(Integer.BYTES + frame.remaining());
        framed.putInt(frame.remaining()).put(frame).flip();
        socket.getOutputStream().write(framed.array(), 0, framed.limit());
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] answer = new byte[in.readInt()];
        in.readFully(answer);
        return (R)
                AbstractResponse.parseResponse(ByteBuffer.wrap(answer), header).data();
    }
}
