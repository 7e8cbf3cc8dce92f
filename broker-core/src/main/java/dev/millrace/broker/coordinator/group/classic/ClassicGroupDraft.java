package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.classic.Phase.PreparingRebalance.Growth;
import dev.millrace.broker.machine.Deadline;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A decision about one group in the making. Each step is decided upon what the steps before it lead to, so its events are
 * tried on a copy of the group; the shard's own group changes when the host applies them.
 */
final class ClassicGroupDraft {

    private static final Logger LOG = LoggerFactory.getLogger(ClassicGroupDraft.class);

    /**
     * How long a newcomer's request is believed to have somebody at its other end. It has no member id yet, so it sends no
     * heartbeats, and the end of a connection is not seen here; somebody who is still there joins again. Not
     * configurable in Kafka either.
     */
    static final int NEWCOMER_TIMEOUT_MS = 5 * 60_000;

    private final GroupConfig config;
    private final long nowMs;
    private final ClassicGroup group;
    private final Decision.Builder<GroupEvent> decision;

    ClassicGroupDraft(ClassicGroup group, GroupConfig config, long nowMs) {
        this(group, config, nowMs, Decision.builder());
    }

    /** @param decision that has begun with something else: a group that has another protocol until here */
    ClassicGroupDraft(ClassicGroup group, GroupConfig config, long nowMs, Decision.Builder<GroupEvent> decision) {
        this.decision = decision;
        this.group = group.copy();
        this.config = config;
        this.nowMs = nowMs;
    }

    /** The group as the steps so far lead to. Not to be changed but through this draft. */
    ClassicGroup group() {
        return group;
    }

    Decision<GroupEvent> decision() {
        return decision.build();
    }

    void record(ClassicGroupEvent event) {
        decision.event(event);
        event.applyTo(group);
    }

    <R> void answer(Ticket<R> ticket, R value) {
        decision.answer(ticket, value);
    }

    /** The member was heard of. */
    void extendSession(Member member) {
        extendSession(member.id(), member.timeouts().sessionMs());
    }

    void extendSession(String memberId, int timeoutMs) {
        decision.schedule(new ExpireSession(group.id(), memberId), after(timeoutMs));
    }

    void endSession(String memberId) {
        decision.cancel(new ExpireSession(group.id(), memberId));
    }

    /** Takes a member, or an id that was given out, from the group; its request, if one waits, is told so. */
    void remove(String memberId) {
        Member member = group.member(memberId);
        if (member != null) {
            refuse(member, Errors.UNKNOWN_MEMBER_ID, "");
        }
        endSession(memberId);
        record(new MemberRemoved(group.id(), memberId));
    }

    /** Answers whatever request of the member is waiting, with an error. */
    void refuse(Member member, Errors error, String memberId) {
        refuse(member, error, memberId, decision);
    }

    static void refuse(Member member, Errors error, String memberId, Decision.Builder<GroupEvent> decision) {
        if (member.waiting() instanceof Waiting.ToJoin join) {
            decision.answer(join.ticket(), JoinGroup.refusal(memberId, error));
        } else if (member.waiting() instanceof Waiting.ToSync sync) {
            decision.answer(sync.ticket(), new SyncGroupResponseData().setErrorCode(error.code()));
        }
    }

    /** For a group that comes to its end as a classic one. */
    static void cancelTimers(ClassicGroup group, Decision.Builder<GroupEvent> decision) {
        decision.cancel(new ExpireJoin(group.id()));
        decision.cancel(new ExpireSync(group.id(), group.generation()));
        group.members().forEach(member -> decision.cancel(new ExpireSession(group.id(), member.id())));
        group.reservedMemberIds().forEach(memberId -> decision.cancel(new ExpireSession(group.id(), memberId)));
    }

    /** Members have changed: a rebalance begins, unless one is under way, which may now be able to end. */
    void rebalance(String reason) {
        if (group.isPreparing()) {
            maybeCompleteJoin();
        } else {
            startRebalance(reason);
        }
    }

    /** From any phase but {@link Phase.PreparingRebalance}. */
    void startRebalance(String reason) {
        LOG.info("rebalance starts: group={} generation={} reason={}", group.id(), group.generation(), reason);
        if (group.isCompleting()) {
            for (Member member : group.members()) {
                if (member.waiting() instanceof Waiting.ToSync) {
                    refuse(member, Errors.REBALANCE_IN_PROGRESS, member.id());
                    extendSession(member);
                }
            }
        }
        decision.cancel(new ExpireSync(group.id(), group.generation()));
        if (group.isEmpty()) {
            int delayMs = config.initialRebalanceDelayMs();
            long limitMs = after(Math.max(group.rebalanceTimeoutMs(), delayMs));
            record(new RebalanceStarted(group.id(), new Growth(limitMs, false), nowMs));
            decision.schedule(new ExpireJoin(group.id()), after(delayMs));
        } else {
            record(new RebalanceStarted(group.id(), null, nowMs));
            if (group.hasEverybodyJoined()) {
                completeJoin();
            } else {
                decision.schedule(new ExpireJoin(group.id()), after(group.rebalanceTimeoutMs()));
            }
        }
    }

    /** A group that fills up waits for its delay to pass, whoever has joined. */
    void maybeCompleteJoin() {
        boolean growing = group.phase() instanceof Phase.PreparingRebalance preparing && preparing.growth() != null;
        boolean complete = growing ? group.size() == 0 && !group.hasReservations() : group.hasEverybodyJoined();
        if (group.isPreparing() && complete) {
            completeJoin();
        }
    }

    /** A member that was not waiting for others has let the time pass that it had for this. */
    void expireSync() {
        for (String memberId : group.unsynced()) {
            LOG.info("member did not sync in time: group={} member={}", group.id(), memberId);
            remove(memberId);
        }
        startRebalance("members did not sync in time");
    }

    /** Gives a group that fills up more time if it grew since last; completes the join otherwise. */
    void expireJoin() {
        if (group.phase() instanceof Phase.PreparingRebalance preparing
                && preparing.growth() != null
                && preparing.growth().newcomers()
                && nowMs < preparing.growth().limitMs()) {
            long limitMs = preparing.growth().limitMs();
            record(new RebalanceStarted(group.id(), new Growth(limitMs, false), nowMs));
            decision.schedule(new ExpireJoin(group.id()), Math.min(after(config.initialRebalanceDelayMs()), limitMs));
        } else if (group.isPreparing()) {
            completeJoin();
        }
    }

    /** Whoever has not joined by now is left out, save static members: they have until their session ends. */
    private void completeJoin() {
        decision.cancel(new ExpireJoin(group.id()));
        for (Member member : List.copyOf(group.members())) {
            if (!member.isJoining() && !member.isStatic()) {
                LOG.info("member did not join in time: group={} member={}", group.id(), member.id());
                remove(member.id());
            }
        }
        String leaderId = group.electLeader();
        if (leaderId != null) {
            startGeneration(leaderId);
        } else if (group.size() > 0) {
            LOG.warn("nobody joined in time: group={} staticMembers={}", group.id(), group.size());
            decision.schedule(new ExpireJoin(group.id()), after(group.rebalanceTimeoutMs()));
        } else {
            LOG.info("group is empty: group={} generation={}", group.id(), group.generation() + 1);
            String protocolType = group.protocolType() == null ? "" : group.protocolType();
            record(new GroupStored(group.id(), protocolType, group.generation() + 1, null, null, nowMs, List.of()));
        }
    }

    private void startGeneration(String leaderId) {
        List<Member> joined = List.copyOf(group.members());
        String protocol = group.electProtocol(leaderId);
        record(new GenerationStarted(group.id(), group.generation() + 1, protocol, leaderId, nowMs));
        LOG.info(
                "generation starts: group={} generation={} members={} protocol={} leader={}",
                group.id(),
                group.generation(),
                joined.size(),
                protocol,
                leaderId);
        for (Member member : joined) {
            if (member.waiting() instanceof Waiting.ToJoin join) {
                answer(join.ticket(), joined(member.id()));
            }
            extendSession(member);
        }
        decision.schedule(new ExpireSync(group.id(), group.generation()), after(group.rebalanceTimeoutMs()));
    }

    /** The generation as a member is told of it; only the leader learns of the others. */
    JoinGroupResponseData joined(String memberId) {
        List<JoinGroupResponseMember> members = new ArrayList<>();
        if (group.isLeader(memberId)) {
            for (Member member : group.members()) {
                members.add(new JoinGroupResponseMember()
                        .setMemberId(member.id())
                        .setGroupInstanceId(member.identity().instanceId())
                        .setMetadata(member.metadata(group.protocol()).value()));
            }
        }
        return new JoinGroupResponseData()
                .setMemberId(memberId)
                .setGenerationId(group.generation())
                .setProtocolType(group.protocolType())
                .setProtocolName(group.protocol())
                .setLeader(group.leaderId() == null ? "" : group.leaderId())
                .setMembers(members);
    }

    /** The member has asked for its assignment; once all have, nobody is waited for. */
    void synced(String memberId, Waiting waiting) {
        record(new MemberSynced(group.id(), memberId, waiting));
        if (group.unsynced().isEmpty()) {
            decision.cancel(new ExpireSync(group.id(), group.generation()));
        }
    }

    private long after(int durationMs) {
        return Deadline.after(nowMs, durationMs).atMs();
    }
}
