package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.shard.Joining;
import dev.millrace.broker.simulation.RecordedTicket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** A client of the classic protocol, that takes one step whenever it is told to. */
final class SimulatedMember {

    static final int HEARTBEAT_MS = 3_000;
    static final int SESSION_MS = 10_000;

    private final GroupSimulation world;
    private final String name;
    private final @Nullable String instanceId;
    private final String groupId;
    private final int version;
    private List<String> protocols = List.of("range", "sticky");
    private int subscription;
    private String memberId = "";
    private int generation = -1;
    private @Nullable RecordedTicket<JoinGroupResponseData> joining;
    private @Nullable RecordedTicket<SyncGroupResponseData> syncing;
    private boolean assigned;
    private boolean alive = true;
    private long nextHeartbeatMs;
    private long busyUntilMs;

    SimulatedMember(GroupSimulation world, String name, @Nullable String instanceId, String groupId, int version) {
        this.world = world;
        this.name = name;
        this.instanceId = instanceId;
        this.groupId = groupId;
        this.version = version;
    }

    String name() {
        return name;
    }

    String groupId() {
        return groupId;
    }

    boolean isAlive() {
        return alive;
    }

    /** Whether it has its part of the group's work, as far as it knows. */
    boolean isAssigned() {
        return alive && assigned;
    }

    String memberId() {
        return memberId;
    }

    int generation() {
        return generation;
    }

    /** It is gone, and whoever answers it talks to nobody. */
    void crash() {
        alive = false;
    }

    void leave() {
        alive = false;
        MemberIdentity identity = new MemberIdentity().setMemberId(memberId).setGroupInstanceId(instanceId);
        world.<LeaveGroupResponseData>submit(
                name + " leaves",
                ticket -> new LeaveGroup(
                        new LeaveGroupRequestData().setGroupId(groupId).setMembers(List.of(identity)), ticket));
    }

    void changeSubscription(Random random) {
        protocols = random.nextBoolean() ? List.of("sticky", "range") : List.of("range");
        subscription = random.nextInt(3);
        rejoin();
    }

    /** Sends its request once more, though the first may be answered yet. */
    void repeat() {
        if (joining != null && joining.isOpen() && !memberId.isEmpty()) {
            join();
        } else if (syncing != null && syncing.isOpen()) {
            sync(List.of());
        }
    }

    /** The connection breaks: what it asked last it asks again, and never learns of the first answer. */
    void loseConnection() {
        joining = null;
        syncing = null;
    }

    /** Its application does not come back to it for a while, so that it can't join; it goes on showing that it lives. */
    void beBusy(long durationMs) {
        busyUntilMs = world.nowMs() + durationMs;
    }

    void endWork() {
        busyUntilMs = 0;
    }

    private boolean isBusy() {
        return world.nowMs() < busyUntilMs;
    }

    void step() {
        if (!alive) {
            return;
        }
        if (joining != null) {
            if (!joining.isOpen()) {
                onJoined();
            }
        } else if (syncing != null && !syncing.isOpen()) {
            onSynced();
        } else if (syncing != null || assigned) {
            maybeHeartbeat();
        } else if (!isBusy()) {
            join();
        }
    }

    private void maybeHeartbeat() {
        if (world.nowMs() >= nextHeartbeatMs) {
            heartbeat();
        }
    }

    private void rejoin() {
        assigned = false;
        joining = null;
        syncing = null;
    }

    private void startOver() {
        memberId = "";
        generation = -1;
        rejoin();
    }

    private void join() {
        Joining request = Joining.client(name)
                .group(groupId)
                .version(version)
                .memberId(memberId)
                .instance(instanceId)
                .protocols()
                .sessionMs(SESSION_MS)
                .rebalanceMs(world.rebalanceTimeoutMs());
        protocols.forEach(
                protocol -> request.protocol(protocol, (protocol + subscription).getBytes(StandardCharsets.UTF_8)));
        joining = world.submit(name + " joins", ticket -> request.command(world.uniqueId(), ticket));
    }

    private void onJoined() {
        RecordedTicket<JoinGroupResponseData> ticket = joining;
        joining = null;
        if (ticket.hasFailed()) {
            return;
        }
        JoinGroupResponseData answer = ticket.answer();
        switch (Errors.forCode(answer.errorCode())) {
            case NONE -> {
                memberId = answer.memberId();
                generation = answer.generationId();
                nextHeartbeatMs = world.nowMs() + HEARTBEAT_MS;
                boolean leads = answer.leader().equals(memberId) && !answer.skipAssignment();
                sync(leads ? assign(answer.members()) : List.of());
            }
            case MEMBER_ID_REQUIRED -> memberId = answer.memberId();
            case FENCED_INSTANCE_ID, GROUP_MAX_SIZE_REACHED, INCONSISTENT_GROUP_PROTOCOL -> alive = false;
            case UNKNOWN_MEMBER_ID -> startOver();
            case REBALANCE_IN_PROGRESS -> rejoin();
            default -> throw new AssertionError(name + " can't make anything of " + answer);
        }
    }

    private List<SyncGroupRequestAssignment> assign(List<JoinGroupResponseMember> members) {
        List<SyncGroupRequestAssignment> assignments = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            StringBuilder partitions = new StringBuilder();
            for (int p = i; p < GroupSimulation.PARTITIONS; p += members.size()) {
                partitions.append(p).append(',');
            }
            assignments.add(new SyncGroupRequestAssignment()
                    .setMemberId(members.get(i).memberId())
                    .setAssignment(partitions.toString().getBytes(StandardCharsets.UTF_8)));
        }
        return assignments;
    }

    private void sync(List<SyncGroupRequestAssignment> assignments) {
        SyncGroupRequestData request = new SyncGroupRequestData()
                .setGroupId(groupId)
                .setMemberId(memberId)
                .setGroupInstanceId(instanceId)
                .setGenerationId(generation)
                .setAssignments(assignments);
        String owner = instanceId == null ? memberId : instanceId;
        int askedFor = generation;
        syncing = world.submit(
                name + " syncs",
                ticket -> new SyncGroup(request, ticket),
                answer -> world.onAssigned(
                        groupId, askedFor, owner, new String(answer.assignment(), StandardCharsets.UTF_8)));
    }

    private void onSynced() {
        RecordedTicket<SyncGroupResponseData> ticket = syncing;
        syncing = null;
        if (ticket.hasFailed()) {
            return;
        }
        SyncGroupResponseData answer = ticket.answer();
        switch (Errors.forCode(answer.errorCode())) {
            case NONE -> {
                assigned = true;
                nextHeartbeatMs = world.nowMs() + HEARTBEAT_MS;
            }
            case FENCED_INSTANCE_ID -> alive = false;
            case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> startOver();
            case REBALANCE_IN_PROGRESS -> rejoin();
            default -> throw new AssertionError(name + " can't make anything of " + answer);
        }
    }

    private void heartbeat() {
        nextHeartbeatMs = world.nowMs() + HEARTBEAT_MS;
        RecordedTicket<HeartbeatResponseData> ticket = world.submit(
                name + " beats",
                held -> new Heartbeat(
                        new HeartbeatRequestData()
                                .setGroupId(groupId)
                                .setMemberId(memberId)
                                .setGroupInstanceId(instanceId)
                                .setGenerationId(generation),
                        held));
        switch (Errors.forCode(ticket.answer().errorCode())) {
            case NONE -> {}
            case FENCED_INSTANCE_ID -> alive = false;
            case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> startOver();
            case REBALANCE_IN_PROGRESS -> {
                if (!isBusy()) {
                    rejoin();
                }
            }
            default -> throw new AssertionError(name + " can't make anything of " + ticket.answer());
        }
    }
}
