package dev.millrace.broker.api.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.api.AuthorizedOperations;
import dev.millrace.broker.api.group.GroupRequests.Reply;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class The_requests_about_groups {

    private final GroupRequests requests = new GroupRequests();

    private static AbstractRequest request(ApiKeys key, Message data, int version) {
        return AbstractRequest.parseRequest(
                        key,
                        (short) version,
                        new ByteBufferAccessor(MessageUtil.toByteBufferAccessor(data, (short) version)
                                .buffer()))
                .request;
    }

    private static JoinGroupRequestData join(String groupId) {
        return new JoinGroupRequestData()
                .setGroupId(groupId)
                .setProtocolType("consumer")
                .setSessionTimeoutMs(10_000)
                .setRebalanceTimeoutMs(60_000)
                .setProtocols(new JoinGroupRequestProtocolCollection(
                        List.of(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[] {1}))
                                .iterator()));
    }

    private static OffsetCommitRequestData commit(String groupId, String topic, Uuid id, int... partitions) {
        OffsetCommitRequestTopic committed =
                new OffsetCommitRequestTopic().setName(topic).setTopicId(id);
        for (int partition : partitions) {
            committed
                    .partitions()
                    .add(new OffsetCommitRequestPartition()
                            .setPartitionIndex(partition)
                            .setCommittedOffset(5)
                            .setCommittedMetadata(""));
        }
        return new OffsetCommitRequestData().setGroupId(groupId).setTopics(List.of(committed));
    }

    private OffsetCommitResponseData commit(OffsetCommitRequestData data, int version) {
        return requests.ask(request(ApiKeys.OFFSET_COMMIT, data, version), OffsetCommitResponseData.class);
    }

    private static OffsetFetchRequestGroup fetch(String groupId, String topic, Uuid id) {
        return new OffsetFetchRequestGroup()
                .setGroupId(groupId)
                .setTopics(List.of(new OffsetFetchRequestTopics()
                        .setName(topic)
                        .setTopicId(id)
                        .setPartitionIndexes(List.of(0))));
    }

    private OffsetFetchResponseData fetch(int version, OffsetFetchRequestGroup... groups) {
        return requests.ask(
                request(ApiKeys.OFFSET_FETCH, new OffsetFetchRequestData().setGroups(List.of(groups)), version),
                OffsetFetchResponseData.class);
    }

    private static TxnOffsetCommitRequestData transactional(String groupId, String topic, int... partitions) {
        TxnOffsetCommitRequestTopic committed = new TxnOffsetCommitRequestTopic().setName(topic);
        for (int partition : partitions) {
            committed
                    .partitions()
                    .add(new TxnOffsetCommitRequestPartition()
                            .setPartitionIndex(partition)
                            .setCommittedOffset(6)
                            .setCommittedMetadata(""));
        }
        return new TxnOffsetCommitRequestData()
                .setTransactionalId("txn")
                .setGroupId(groupId)
                .setProducerId(9)
                .setTopics(List.of(committed));
    }

    @Nested
    class can_be_answered_in_every_version {

        static Stream<Arguments> versions() {
            return Stream.of(
                            ApiKeys.JOIN_GROUP,
                            ApiKeys.SYNC_GROUP,
                            ApiKeys.HEARTBEAT,
                            ApiKeys.LEAVE_GROUP,
                            ApiKeys.OFFSET_COMMIT,
                            ApiKeys.TXN_OFFSET_COMMIT,
                            ApiKeys.OFFSET_FETCH,
                            ApiKeys.OFFSET_DELETE,
                            ApiKeys.DESCRIBE_GROUPS,
                            ApiKeys.LIST_GROUPS,
                            ApiKeys.DELETE_GROUPS)
                    .flatMap(key -> key.allVersions().stream().map(version -> Arguments.of(key, version)));
        }

        private AbstractRequest request(ApiKeys key, short version, String groupId, Uuid topicId) {
            return The_requests_about_groups.request(key, data(key, version, groupId, topicId), version);
        }

        private Message data(ApiKeys key, short version, String groupId, Uuid topicId) {
            return switch (key) {
                case JOIN_GROUP -> join(groupId);
                case SYNC_GROUP ->
                    new SyncGroupRequestData()
                            .setGroupId(groupId)
                            .setProtocolType("consumer")
                            .setProtocolName("range");
                case HEARTBEAT -> new HeartbeatRequestData().setGroupId(groupId);
                case LEAVE_GROUP ->
                    new LeaveGroupRequest.Builder(groupId, List.of(new MemberIdentity().setMemberId("m")))
                            .build(version)
                            .data();
                case OFFSET_COMMIT -> commit(groupId, "t", topicId, 0);
                case TXN_OFFSET_COMMIT -> transactional(groupId, "t", 0);
                case OFFSET_FETCH ->
                    version < 8
                            ? new OffsetFetchRequestData()
                                    .setGroupId(groupId)
                                    .setTopics(List.of(new OffsetFetchRequestTopic()
                                            .setName("t")
                                            .setPartitionIndexes(List.of(0))))
                            : new OffsetFetchRequestData().setGroups(List.of(fetch(groupId, "t", topicId)));
                case OFFSET_DELETE -> new OffsetDeleteRequestData().setGroupId(groupId);
                case DESCRIBE_GROUPS -> new DescribeGroupsRequestData().setGroups(List.of(groupId));
                case LIST_GROUPS -> new ListGroupsRequestData();
                case DELETE_GROUPS -> new DeleteGroupsRequestData().setGroupsNames(List.of(groupId));
                default -> throw new AssertionError(key);
            };
        }

        @ParameterizedTest
        @MethodSource("versions")
        void when_the_group_is_not_there(ApiKeys key, short version) {
            Uuid topicId = requests.createTopic("t", 1);
            Reply reply = requests.send(request(key, version, "g", topicId));

            requests.loop.advance(3_000);

            assertThat(reply.isOpen()).isFalse();
        }

        @ParameterizedTest
        @MethodSource("versions")
        void when_the_group_has_offsets(ApiKeys key, short version) {
            Uuid topicId = requests.createTopic("t", 1);
            commit(commit("g", "t", topicId, 0), 9);
            Reply reply = requests.send(request(key, version, "g", topicId));

            requests.loop.advance(3_000);

            assertThat(reply.isOpen()).isFalse();
        }

        @ParameterizedTest
        @MethodSource("versions")
        void when_this_broker_is_not_the_coordinator(ApiKeys key, short version) {
            Uuid topicId = requests.createTopic("t", 1);
            for (int shard = 0; shard < GroupRequests.SHARDS; shard++) {
                requests.host.onResigned(shard);
            }

            assertThat(requests.send(request(key, version, "g", topicId)).isOpen())
                    .isFalse();
        }
    }

    @Nested
    class to_join {

        @Test
        void lead_a_member_from_its_id_to_its_assignment() {
            JoinGroupResponseData first =
                    requests.ask(request(ApiKeys.JOIN_GROUP, join("g"), 9), JoinGroupResponseData.class);
            assertThat(first.errorCode()).isEqualTo(Errors.MEMBER_ID_REQUIRED.code());
            assertThat(first.memberId()).startsWith("client-");

            Reply joining = requests.send(request(ApiKeys.JOIN_GROUP, join("g").setMemberId(first.memberId()), 9));
            requests.loop.advance(3_000);
            JoinGroupResponseData joined = joining.read(JoinGroupResponseData.class);
            assertThat(joined.leader()).isEqualTo(first.memberId());

            SyncGroupResponseData synced = requests.ask(
                    request(
                            ApiKeys.SYNC_GROUP,
                            new SyncGroupRequestData()
                                    .setGroupId("g")
                                    .setMemberId(first.memberId())
                                    .setGenerationId(joined.generationId())
                                    .setProtocolType("consumer")
                                    .setProtocolName("range"),
                            5),
                    SyncGroupResponseData.class);
            assertThat(synced.errorCode()).isEqualTo(Errors.NONE.code());
        }

        @Test
        void name_a_static_member_after_its_instance() {
            Reply joining = requests.send(request(ApiKeys.JOIN_GROUP, join("g").setGroupInstanceId("i"), 9));
            requests.loop.advance(3_000);

            assertThat(joining.read(JoinGroupResponseData.class).memberId()).startsWith("i-");
        }

        @Test
        void need_to_name_the_protocol_when_they_sync_since_version_5() {
            SyncGroupResponseData answer = requests.ask(
                    request(ApiKeys.SYNC_GROUP, new SyncGroupRequestData().setGroupId("g"), 5),
                    SyncGroupResponseData.class);

            assertThat(answer.errorCode()).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL.code());
        }

        @Test
        void are_told_of_a_stranger_that_leaves_on_top_before_version_3_and_by_member_since() {
            LeaveGroupResponseData before = requests.ask(
                    new LeaveGroupRequest.Builder("g", List.of(new MemberIdentity().setMemberId("m"))).build((short) 2),
                    LeaveGroupResponseData.class);
            LeaveGroupResponseData since = requests.ask(
                    new LeaveGroupRequest.Builder("g", List.of(new MemberIdentity().setMemberId("m"))).build((short) 3),
                    LeaveGroupResponseData.class);

            assertThat(before.errorCode()).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
            assertThat(since.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(since.members().get(0).errorCode()).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
        }

        @Test
        void let_heartbeats_pass_while_the_coordinator_loads() {
            requests.startLoading(requests.host.partitionFor("g"));

            HeartbeatResponseData answer = requests.ask(
                    request(ApiKeys.HEARTBEAT, new HeartbeatRequestData().setGroupId("g"), 4),
                    HeartbeatResponseData.class);

            assertThat(answer.errorCode()).isEqualTo(Errors.NONE.code());
        }

        @Test
        void have_everything_else_wait_while_the_coordinator_loads() {
            requests.startLoading(requests.host.partitionFor("g"));

            JoinGroupResponseData answer =
                    requests.ask(request(ApiKeys.JOIN_GROUP, join("g"), 9), JoinGroupResponseData.class);

            assertThat(answer.errorCode()).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS.code());
        }
    }

    @Nested
    class to_commit_offsets {

        @Test
        void refuse_what_is_not_there_and_commit_the_rest() {
            requests.createTopic("t", 2);
            OffsetCommitRequestData data = commit("g", "t", Uuid.ZERO_UUID, 0, 7, 1);
            data = data.setTopics(List.of(
                    data.topics().get(0),
                    commit("g", "nowhere", Uuid.ZERO_UUID, 0).topics().get(0)));

            OffsetCommitResponseData answer = commit(data, 9);

            assertThat(answer.topics()).hasSize(2);
            assertThat(answer.topics())
                    .filteredOn(topic -> topic.name().equals("t"))
                    .singleElement()
                    .satisfies(topic -> assertThat(topic.partitions())
                            .containsExactlyInAnyOrder(
                                    new OffsetCommitResponsePartition().setPartitionIndex(0),
                                    new OffsetCommitResponsePartition().setPartitionIndex(1),
                                    new OffsetCommitResponsePartition()
                                            .setPartitionIndex(7)
                                            .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())));
            assertThat(answer.topics())
                    .filteredOn(topic -> topic.name().equals("nowhere"))
                    .singleElement()
                    .satisfies(topic -> assertThat(topic.partitions().get(0).errorCode())
                            .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code()));
        }

        @Test
        void make_no_group_for_what_is_not_there() {
            commit(commit("g", "nowhere", Uuid.ZERO_UUID, 0), 9);

            assertThat(requests.ask(
                                    request(ApiKeys.LIST_GROUPS, new ListGroupsRequestData(), 5),
                                    ListGroupsResponseData.class)
                            .groups())
                    .isEmpty();
        }

        @Test
        void name_topics_by_id_since_version_10() {
            Uuid id = requests.createTopic("t", 1);

            OffsetCommitResponseData answer = commit(commit("g", "", id, 0), 10);

            assertThat(answer.topics().get(0).topicId()).isEqualTo(id);
            assertThat(answer.topics().get(0).partitions().get(0).errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(fetch(9, fetch("g", "t", Uuid.ZERO_UUID))
                            .groups()
                            .get(0)
                            .topics()
                            .get(0)
                            .partitions()
                            .get(0)
                            .committedOffset())
                    .isEqualTo(5);
        }

        @Test
        void do_not_know_every_id() {
            OffsetCommitResponseData answer = commit(commit("g", "", new Uuid(1, 1), 0), 10);

            assertThat(answer.topics().get(0).partitions().get(0).errorCode())
                    .isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        }

        @Test
        void in_a_transaction_refuse_what_is_not_there_and_commit_the_rest() {
            requests.createTopic("t", 1);

            TxnOffsetCommitResponseData answer = requests.ask(
                    request(ApiKeys.TXN_OFFSET_COMMIT, transactional("g", "t", 0, 7), 4),
                    TxnOffsetCommitResponseData.class);

            assertThat(answer.topics().get(0).partitions())
                    .extracting(partition -> Errors.forCode(partition.errorCode()))
                    .containsExactlyInAnyOrder(Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }

        @Test
        void in_a_transaction_hide_from_old_producers_that_the_coordinator_loads() {
            requests.createTopic("t", 1);
            requests.startLoading(requests.host.partitionFor("g"));

            assertThat(error(1)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
            assertThat(error(2)).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        }

        private Errors error(int version) {
            TxnOffsetCommitResponseData answer = requests.ask(
                    request(ApiKeys.TXN_OFFSET_COMMIT, transactional("g", "t", 0), version),
                    TxnOffsetCommitResponseData.class);
            return Errors.forCode(answer.topics().get(0).partitions().get(0).errorCode());
        }
    }

    @Nested
    class to_fetch_offsets {

        private final String here = requests.groupOn(0);
        private final String elsewhere = requests.groupOn(1);

        @Test
        void concern_several_groups_and_tell_of_each() {
            requests.createTopic("t", 1);
            commit(commit(here, "t", Uuid.ZERO_UUID, 0), 9);
            requests.host.onResigned(1);

            OffsetFetchResponseData answer =
                    fetch(8, fetch(here, "t", Uuid.ZERO_UUID), fetch(elsewhere, "t", Uuid.ZERO_UUID));

            assertThat(answer.groups()).hasSize(2);
            assertThat(answer.groups()
                            .get(0)
                            .topics()
                            .get(0)
                            .partitions()
                            .get(0)
                            .committedOffset())
                    .isEqualTo(5);
            assertThat(answer.groups().get(1).groupId()).isEqualTo(elsewhere);
            assertThat(answer.groups().get(1).errorCode()).isEqualTo(Errors.NOT_COORDINATOR.code());
        }

        @Test
        void name_topics_by_id_since_version_10() {
            Uuid id = requests.createTopic("t", 1);
            commit(commit("g", "t", Uuid.ZERO_UUID, 0), 9);

            List<OffsetFetchResponseTopics> topics =
                    fetch(10, fetch("g", "", id)).groups().get(0).topics();

            assertThat(topics.get(0).topicId()).isEqualTo(id);
            assertThat(topics.get(0).partitions().get(0).committedOffset()).isEqualTo(5);
        }

        @Test
        void do_not_know_every_id() {
            List<OffsetFetchResponseTopics> topics =
                    fetch(10, fetch("g", "", new Uuid(1, 1))).groups().get(0).topics();

            assertThat(topics.get(0).topicId()).isEqualTo(new Uuid(1, 1));
            assertThat(topics.get(0).partitions().get(0).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        }

        @Test
        void of_everything_tell_ids_since_version_10() {
            Uuid id = requests.createTopic("t", 1);
            commit(commit("g", "t", Uuid.ZERO_UUID, 0), 9);

            OffsetFetchRequestGroup all =
                    new OffsetFetchRequestGroup().setGroupId("g").setTopics(null);

            assertThat(fetch(10, all).groups().get(0).topics().get(0).topicId()).isEqualTo(id);
            assertThat(fetch(9, all).groups().get(0).topics().get(0).name()).isEqualTo("t");
        }

        @Test
        void find_nothing_of_a_topic_that_was_deleted_and_created_anew() {
            Uuid former = requests.createTopic("t", 1);
            commit(commit("g", "t", Uuid.ZERO_UUID, 0), 9);

            requests.deleteTopic(former);
            requests.createTopic("t", 1);

            assertThat(fetch(9, fetch("g", "t", Uuid.ZERO_UUID))
                            .groups()
                            .get(0)
                            .topics()
                            .get(0)
                            .partitions()
                            .get(0)
                            .committedOffset())
                    .isEqualTo(-1);
        }
    }

    @Nested
    class to_administrate {

        private final String first = requests.groupOn(0);
        private final String second = requests.groupOn(1);
        private final String third = requests.groupOn(2);

        private void commitEverywhere() {
            requests.createTopic("t", 1);
            for (String groupId : List.of(first, second, third)) {
                commit(commit(groupId, "t", Uuid.ZERO_UUID, 0), 9);
            }
        }

        @Test
        void list_the_groups_of_all_shards() {
            commitEverywhere();

            ListGroupsResponseData answer = requests.ask(
                    request(ApiKeys.LIST_GROUPS, new ListGroupsRequestData(), 5), ListGroupsResponseData.class);

            assertThat(answer.groups())
                    .extracting(ListedGroup::groupId)
                    .containsExactlyInAnyOrder(first, second, third);
        }

        @Test
        void list_no_groups_while_one_shard_loads() {
            requests.startLoading(2);

            ListGroupsResponseData answer = requests.ask(
                    request(ApiKeys.LIST_GROUPS, new ListGroupsRequestData(), 5), ListGroupsResponseData.class);

            assertThat(answer.errorCode()).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS.code());
        }

        @Test
        void describe_groups_of_several_shards() {
            commitEverywhere();
            requests.host.onResigned(1);

            DescribeGroupsResponseData answer = requests.ask(
                    request(
                            ApiKeys.DESCRIBE_GROUPS,
                            new DescribeGroupsRequestData()
                                    .setGroups(List.of(first, second, third))
                                    .setIncludeAuthorizedOperations(true),
                            6),
                    DescribeGroupsResponseData.class);

            assertThat(answer.groups()).extracting(DescribedGroup::groupId).containsExactly(first, second, third);
            assertThat(answer.groups())
                    .extracting(DescribedGroup::errorCode)
                    .containsExactly(Errors.NONE.code(), Errors.NOT_COORDINATOR.code(), Errors.NONE.code());
            assertThat(answer.groups().get(0).authorizedOperations()).isEqualTo(AuthorizedOperations.GROUP);
        }

        @Test
        void delete_groups_of_several_shards_each_once() {
            commitEverywhere();
            requests.host.onResigned(1);

            DeleteGroupsResponseData answer = requests.ask(
                    request(
                            ApiKeys.DELETE_GROUPS,
                            new DeleteGroupsRequestData().setGroupsNames(List.of(first, second, first, "nowhere")),
                            2),
                    DeleteGroupsResponseData.class);

            assertThat(Set.copyOf(answer.results()))
                    .containsExactlyInAnyOrder(
                            new DeletableGroupResult().setGroupId(first),
                            new DeletableGroupResult().setGroupId(second).setErrorCode(Errors.NOT_COORDINATOR.code()),
                            new DeletableGroupResult()
                                    .setGroupId("nowhere")
                                    .setErrorCode(
                                            requests.host.partitionFor("nowhere") == 1
                                                    ? Errors.NOT_COORDINATOR.code()
                                                    : Errors.GROUP_ID_NOT_FOUND.code()));
        }

        @Test
        void delete_offsets_of_partitions_that_are_there() {
            commitEverywhere();

            OffsetDeleteResponseData answer = requests.ask(
                    request(
                            ApiKeys.OFFSET_DELETE,
                            new OffsetDeleteRequestData()
                                    .setGroupId(first)
                                    .setTopics(new OffsetDeleteRequestTopicCollection(
                                            List.of(new OffsetDeleteRequestTopic()
                                                            .setName("t")
                                                            .setPartitions(List.of(
                                                                    new OffsetDeleteRequestPartition()
                                                                            .setPartitionIndex(0),
                                                                    new OffsetDeleteRequestPartition()
                                                                            .setPartitionIndex(7))))
                                                    .iterator())),
                            0),
                    OffsetDeleteResponseData.class);

            assertThat(answer.topics().find("t").partitions().find(0).errorCode())
                    .isEqualTo(Errors.NONE.code());
            assertThat(answer.topics().find("t").partitions().find(7).errorCode())
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
    }
}
