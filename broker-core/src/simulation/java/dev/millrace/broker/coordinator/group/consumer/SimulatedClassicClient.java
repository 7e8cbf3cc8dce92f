package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.classic.Heartbeat;
import dev.millrace.broker.coordinator.group.classic.JoinGroup;
import dev.millrace.broker.coordinator.group.classic.LeaveGroup;
import dev.millrace.broker.coordinator.group.classic.SyncGroup;
import dev.millrace.broker.coordinator.group.record.Bytes;
import dev.millrace.broker.coordinator.group.shard.SimulatedShard;
import dev.millrace.broker.coordinator.group.shard.TestTopics;
import dev.millrace.broker.coordinator.group.subscription.ConsumerSubscription;
import dev.millrace.broker.simulation.RecordedTicket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.message.ConsumerProtocolAssignment;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.jspecify.annotations.Nullable;

/** A consumer of the classic protocol that gives up everything before it joins: eager rebalances. */
final class SimulatedClassicClient extends SimulatedClient {

    private static final String PROTOCOL = "range";

    private enum Phase {
        MUST_JOIN,
        JOINS,
        MUST_SYNC,
        SYNCS,
        READS
    }

    private final TestTopics topics;
    private List<String> subscription;
    private Phase phase = Phase.MUST_JOIN;
    private String memberId = "";
    private int generation = -1;
    private @Nullable JoinGroupResponseData joined;
    private @Nullable RecordedTicket<?> waiting;

    SimulatedClassicClient(SimulatedShard shard, Random random, TestTopics topics, List<String> subscription) {
        super(shard, random);
        this.topics = topics;
        this.subscription = subscription;
    }

    @Override
    String memberId() {
        return memberId;
    }

    @Override
    @Nullable
    String instanceId() {
        return null;
    }

    @Override
    int epoch() {
        return generation;
    }

    @Override
    void changeSubscription() {
        subscription = SimulatedClient.someTopics(random);
        mustJoin();
    }

    private void mustJoin() {
        owned.clear();
        if (phase != Phase.JOINS) {
            phase = Phase.MUST_JOIN;
        }
    }

    @Override
    void leave() {
        alive = false;
        owned.clear();
        if (!memberId.isEmpty()) {
            LeaveGroupRequestData request = new LeaveGroupRequestData()
                    .setGroupId(GROUP)
                    .setMembers(List.of(new MemberIdentity().setMemberId(memberId)));
            shard.<LeaveGroupResponseData>submit(
                    memberId + " leaves", ticket -> new LeaveGroup(request, ticket), answer -> {});
        }
    }

    @Override
    void step() {
        if (!alive) {
            return;
        }
        if (waiting != null && waiting.hasFailed()) {
            // The coordinator moved before it answered.
            waiting = null;
            owned.clear();
            phase = Phase.MUST_JOIN;
        }
        switch (phase) {
            case MUST_JOIN -> join();
            case MUST_SYNC -> sync();
            case READS -> heartbeat();
            default -> {
                // Somebody else is waited for.
            }
        }
    }

    private void join() {
        phase = Phase.JOINS;
        owned.clear();
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(GROUP)
                .setMemberId(memberId)
                .setProtocolType("consumer")
                .setSessionTimeoutMs(45_000)
                .setRebalanceTimeoutMs(60_000);
        request.protocols()
                .add(new JoinGroupRequestProtocol()
                        .setName(PROTOCOL)
                        .setMetadata(MessageUtil.toVersionPrefixedBytes(
                                (short) 3, new ConsumerProtocolSubscription().setTopics(subscription))));
        waiting = shard.submit(
                "classic " + memberId + " joins",
                ticket -> new JoinGroup(request, (short) 9, "classic", "/host", "c" + random.nextLong(), ticket),
                this::onJoined);
    }

    private void onJoined(JoinGroupResponseData answer) {
        if (!alive) {
            return;
        }
        switch (Errors.forCode(answer.errorCode())) {
            case NONE -> {
                memberId = answer.memberId();
                generation = answer.generationId();
                joined = answer;
                phase = Phase.MUST_SYNC;
            }
            case MEMBER_ID_REQUIRED -> {
                memberId = answer.memberId();
                phase = Phase.MUST_JOIN;
            }
            case UNKNOWN_MEMBER_ID -> {
                memberId = "";
                phase = Phase.MUST_JOIN;
            }
            case GROUP_MAX_SIZE_REACHED -> alive = false;
            default -> phase = Phase.MUST_JOIN;
        }
    }

    private void sync() {
        phase = Phase.SYNCS;
        SyncGroupRequestData request = new SyncGroupRequestData()
                .setGroupId(GROUP)
                .setMemberId(memberId)
                .setGenerationId(generation)
                .setProtocolType("consumer")
                .setProtocolName(PROTOCOL);
        if (joined != null && memberId.equals(joined.leader())) {
            assign(joined.members(), request.assignments());
        }
        waiting = shard.submit(
                "classic " + memberId + " syncs", ticket -> new SyncGroup(request, ticket), this::onSynced);
    }

    /** Every partition to the next of those who have subscribed to its topic. */
    private void assign(List<JoinGroupResponseMember> members, List<SyncGroupRequestAssignment> assignments) {
        Map<String, Map<String, List<Integer>>> byMember = new TreeMap<>();
        members.forEach(member -> byMember.put(member.memberId(), new TreeMap<>()));
        for (ClusterTopics.Topic topic : topics.all()) {
            List<String> subscribers = members.stream()
                    .filter(member -> {
                        Set<String> names = ConsumerSubscription.topics(new Bytes(member.metadata()));
                        return names != null && names.contains(topic.name());
                    })
                    .map(JoinGroupResponseMember::memberId)
                    .toList();
            for (int i = 0; i < topic.partitions() && !subscribers.isEmpty(); i++) {
                byMember.get(subscribers.get(i % subscribers.size()))
                        .computeIfAbsent(topic.name(), name -> new ArrayList<>())
                        .add(i);
            }
        }
        byMember.forEach((member, partitions) -> {
            ConsumerProtocolAssignment assignment = new ConsumerProtocolAssignment();
            partitions.forEach((name, indexes) -> assignment
                    .assignedPartitions()
                    .add(new ConsumerProtocolAssignment.TopicPartition()
                            .setTopic(name)
                            .setPartitions(indexes)));
            assignments.add(new SyncGroupRequestAssignment()
                    .setMemberId(member)
                    .setAssignment(MessageUtil.toVersionPrefixedBytes((short) 3, assignment)));
        });
    }

    private void onSynced(SyncGroupResponseData answer) {
        if (!alive || phase != Phase.SYNCS) {
            return;
        }
        if (answer.errorCode() != Errors.NONE.code()) {
            onError(Errors.forCode(answer.errorCode()));
            return;
        }
        phase = Phase.READS;
        owned = new TreeSet<>();
        if (answer.assignment().length > 0) {
            ByteBuffer buffer = ByteBuffer.wrap(answer.assignment());
            short version = buffer.getShort();
            new ConsumerProtocolAssignment(new ByteBufferAccessor(buffer), version)
                    .assignedPartitions()
                    .forEach(topic -> {
                        ClusterTopics.Topic known = topics.named(topic.topic());
                        if (known != null) {
                            topic.partitions().forEach(partition -> owned.add(known.id() + ":" + partition));
                        }
                    });
        }
    }

    private void heartbeat() {
        HeartbeatRequestData request = new HeartbeatRequestData()
                .setGroupId(GROUP)
                .setMemberId(memberId)
                .setGenerationId(generation);
        shard.<HeartbeatResponseData>submit(
                "classic " + memberId + " lives", ticket -> new Heartbeat(request, ticket), answer -> {
                    if (answer.errorCode() != Errors.NONE.code()) {
                        onError(Errors.forCode(answer.errorCode()));
                    }
                });
    }

    private void onError(Errors error) {
        owned.clear();
        phase = Phase.MUST_JOIN;
        if (error == Errors.UNKNOWN_MEMBER_ID) {
            memberId = "";
        }
    }
}
