package dev.millrace.broker.coordinator.group.classic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.Group;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.coordinator.group.offset.CommitOffsets;
import dev.millrace.broker.coordinator.group.offset.CommitTransactionalOffsets;
import dev.millrace.broker.coordinator.group.offset.ForgetTopics;
import dev.millrace.broker.coordinator.group.shard.DeleteGroups;
import dev.millrace.broker.coordinator.group.shard.Offsets;
import dev.millrace.broker.coordinator.group.shard.SimulatedShard;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.simulation.RecordedTicket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;

/**
 * One shard, and clients that join, leave, crash, come back, repeat themselves, lose connections, are busy and commit offsets
 * at random, while the shard moves from host to host. Everything follows from the seed. After every step the invariants are checked:
 *
 * <ul>
 *   <li>every ticket is answered once, or held by a member that waits;
 *   <li>in one generation a partition is assigned to one owner;
 *   <li>a shard that is read from the log equals this one in all that must survive, also if the log was compacted;
 *   <li>deciding changes nothing;
 *   <li>whatever a group waits for has a timer.
 * </ul>
 */
final class GroupSimulation {

    static final int PARTITIONS = 8;

    private static final List<String> GROUPS = List.of("g", "h");
    private static final List<String> TOPICS = List.of("t", "u");
    private static final int MAX_MEMBERS = 7;
    private static final int BUSY_MS_MAX = 60_000;
    private static final int SETTLE_MS_MAX = 3 * SimulatedMember.SESSION_MS;
    private static final GroupConfig CONFIG = new GroupConfig(6_000, 1_800_000, 3_000, 5, 4096, 600_000, 60_000);

    private final Random random;
    private final int rebalanceTimeoutMs;
    private final SimulatedShard shard = new SimulatedShard(CONFIG, ClusterTopics.NONE);
    private final List<SimulatedMember> members = new ArrayList<>();
    private final Map<String, String> ownersByAssignment = new HashMap<>();
    private final Set<Long> openTransactions = new HashSet<>();
    private int names;

    GroupSimulation(long seed) {
        random = new Random(seed);
        rebalanceTimeoutMs = random.nextBoolean() ? 30_000 : 300_000;
    }

    /** What happened, in words: the same for the same seed. */
    String trace() {
        return shard.trace();
    }

    long nowMs() {
        return shard.nowMs();
    }

    int rebalanceTimeoutMs() {
        return rebalanceTimeoutMs;
    }

    String uniqueId() {
        return "id" + ++names;
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            happen(random.nextInt(100));
            checkInvariants();
        }
    }

    /**
     * Nothing happens any more but what the clients that live do by themselves: all of them have work before long, and
     * keep it. Others that are gone keep them waiting while their sessions last, once to join and once more to assign, but
     * never as long as a member may take to join.
     */
    void settle() {
        members.forEach(SimulatedMember::endWork);
        pass(SETTLE_MS_MAX);
        checkSettled();
        List<Integer> generations = generations();
        pass(2 * SETTLE_MS_MAX);
        checkSettled();
        assertThat(generations()).as("generations").isEqualTo(generations);
        assertThat(shard.openTickets()).isEmpty();
    }

    private void pass(int durationMs) {
        for (int ms = 0; ms < durationMs; ms += 1_000) {
            shard.pass(1_000);
            members.forEach(SimulatedMember::step);
            checkInvariants();
        }
    }

    private void checkSettled() {
        members.removeIf(member -> !member.isAlive());
        for (String groupId : GROUPS) {
            ClassicGroup group = ClassicGroup.orNew(shard.groups(), groupId);
            List<String> living = members.stream()
                    .filter(member -> member.groupId().equals(groupId))
                    .map(SimulatedMember::memberId)
                    .toList();
            assertThat(group.phase().title()).isEqualTo(living.isEmpty() ? "Empty" : "Stable");
            assertThat(group.members()).extracting(Member::id).containsExactlyInAnyOrderElementsOf(living);
        }
        assertThat(members).allMatch(SimulatedMember::isAssigned);
    }

    private List<Integer> generations() {
        return members.stream().map(SimulatedMember::generation).toList();
    }

    private void happen(int what) {
        if (what < 12) {
            start();
        } else if (what < 15) {
            pick().ifPresent(SimulatedMember::crash);
        } else if (what < 18) {
            pick().ifPresent(SimulatedMember::leave);
        } else if (what < 20) {
            pick().ifPresent(member -> member.changeSubscription(random));
        } else if (what < 23) {
            pick().ifPresent(SimulatedMember::repeat);
        } else if (what < 25) {
            shard.move();
        } else if (what < 31) {
            commit();
        } else if (what < 36) {
            commitInTransaction();
        } else if (what < 39) {
            endTransaction();
        } else if (what < 40) {
            administrate();
        } else if (what < 42) {
            pick().ifPresent(SimulatedMember::loseConnection);
        } else if (what < 43) {
            pick().ifPresent(member -> member.beBusy(random.nextInt(BUSY_MS_MAX)));
        } else if (what < 60) {
            shard.pass(random.nextInt(20) == 0 ? 20_000 : random.nextInt(2_000));
            List.copyOf(members).forEach(SimulatedMember::step);
        } else {
            pick().ifPresent(SimulatedMember::step);
        }
    }

    private Optional<SimulatedMember> pick() {
        members.removeIf(member -> !member.isAlive());
        return members.isEmpty() ? Optional.empty() : Optional.of(members.get(random.nextInt(members.size())));
    }

    private void start() {
        if (members.size() < MAX_MEMBERS) {
            String instanceId = random.nextInt(3) == 0 ? "i" + random.nextInt(3) : null;
            String groupId = GROUPS.get(random.nextInt(4) == 0 ? 1 : 0);
            int version = instanceId == null && random.nextInt(4) == 0 ? 3 : 5 + random.nextInt(5);
            members.add(new SimulatedMember(this, "m" + ++names, instanceId, groupId, version));
        }
    }

    private void commit() {
        String topic = TOPICS.get(random.nextInt(TOPICS.size()));
        SimulatedMember member = pick().filter(SimulatedMember::isAssigned).orElse(null);
        var request = Offsets.request(topic, random.nextInt(1_000));
        if (member != null) {
            request.setGroupId(member.groupId())
                    .setMemberId(member.memberId())
                    .setGenerationIdOrMemberEpoch(member.generation());
        }
        this.<OffsetCommitResponseData>submit(
                "commit of " + topic, ticket -> new CommitOffsets(request, (short) 9, ticket));
    }

    private void commitInTransaction() {
        String topic = TOPICS.get(random.nextInt(TOPICS.size()));
        long producerId = random.nextInt(3);
        var request = Offsets.transactional(topic, random.nextInt(1_000)).setProducerId(producerId);
        openTransactions.add(producerId);
        this.<TxnOffsetCommitResponseData>submit(
                "commit of " + topic + " by producer " + producerId,
                ticket -> new CommitTransactionalOffsets(request, Map.of(), ticket));
    }

    private void endTransaction() {
        long producerId = random.nextInt(3);
        if (openTransactions.remove(producerId)) {
            boolean committed = random.nextBoolean();
            shard.endTransaction(producerId, committed);
        }
    }

    private void administrate() {
        String groupId = GROUPS.get(random.nextInt(GROUPS.size()));
        switch (random.nextInt(3)) {
            case 0 ->
                this.<List<DeletableGroupResult>>submit(
                        "deletion of " + groupId, ticket -> new DeleteGroups(Set.of(groupId), ticket));
            case 1 ->
                shard.tell(
                        "deletion of t", new ForgetTopics(List.of(new ForgetTopics.DeletedTopic("t", Uuid.ZERO_UUID))));
            default -> shard.pass(700_000);
        }
    }

    <R> RecordedTicket<R> submit(String what, Function<Ticket<R>, GroupCommand> command) {
        return shard.submit(what, command);
    }

    <R> RecordedTicket<R> submit(String what, Function<Ticket<R>, GroupCommand> command, Consumer<R> onAnswer) {
        return shard.submit(what, command, onAnswer);
    }

    /** @param owner an instance, whatever its member id, or a member that is not static */
    void onAssigned(String groupId, int generation, String owner, String partitions) {
        // Generations begin anew when a group was deleted.
        long life = shard.durableEvents().stream()
                .filter(event -> event instanceof GroupDeleted deleted
                        && deleted.groupId().equals(groupId))
                .count();
        for (String partition : partitions.isEmpty() ? new String[0] : partitions.split(",")) {
            String assignment = groupId + "/" + life + "/" + generation + "/" + partition;
            String other = ownersByAssignment.putIfAbsent(assignment, owner);
            assertThat(other).as("owner of %s", assignment).isIn(null, owner);
        }
    }

    private void checkInvariants() {
        Set<Object> held = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Group any : shard.groups().all()) {
            ClassicGroup group = (ClassicGroup) any;
            checkGroup(group, held);
        }
        assertThat(shard.openTickets()).as("open tickets").hasSameSizeAs(held).allMatch(held::contains);
        assertThat(surviving(shard.reread())).isEqualTo(surviving(shard.groups()));
        // A pending offset that was forgotten comes back when the tombstone gives way to a later commit; it stays
        // without effect, for that commit is the later one.
        Map<String, Object> cleaned = surviving(shard.rereadCompacted());
        Map<String, Object> live = surviving(shard.groups());
        cleaned.keySet().removeIf(key -> key.startsWith("pending"));
        live.keySet().removeIf(key -> key.startsWith("pending"));
        assertThat(cleaned).isEqualTo(live);
    }

    private void checkGroup(ClassicGroup group, Set<Object> held) {
        int joining = 0;
        for (Member member : group.members()) {
            if (member.waiting() instanceof Waiting.ToJoin join) {
                joining++;
                held.add(join.ticket());
            } else if (member.waiting() instanceof Waiting.ToSync sync) {
                held.add(sync.ticket());
            }
            assertThat(member.isExcusedFromHeartbeat()
                            || shard.timers().containsKey(new ExpireSession(group.id(), member.id())))
                    .as("session of %s", member.id())
                    .isTrue();
            assertThat(group.isReserved(member.id())).isFalse();
            String instanceId = member.identity().instanceId();
            if (instanceId != null) {
                assertThat(group.memberIdOf(instanceId)).isEqualTo(member.id());
            }
        }
        assertThat(group.joining()).isEqualTo(joining);
        // Somebody may have left, while somebody else is about to join.
        assertThat(group.size() == 0).as("nobody in %s", group.phase()).isIn(group.isEmpty(), group.isPreparing());
        assertThat(group.leaderId() == null).as("no leader").isEqualTo(group.size() == 0);
        assertThat(group.leaderId() == null || group.member(group.leaderId()) != null)
                .as("the leader is a member")
                .isTrue();
        assertThat(group.unsynced()).allMatch(memberId -> group.member(memberId) != null);
        assertThat(shard.timers().containsKey(new ExpireJoin(group.id())))
                .as("timer of %s", group.phase())
                .isEqualTo(group.isPreparing());
        assertThat(shard.timers().containsKey(new ExpireSync(group.id(), group.generation())))
                .as("timer of %s", group.phase())
                .isEqualTo(!group.unsynced().isEmpty());
    }

    /** What must survive of a shard, in a form that can be compared. */
    private Map<String, Object> surviving(Groups groups) {
        Map<String, Object> surviving = new TreeMap<>();
        Map<String, GroupStored> stored = new HashMap<>();
        for (GroupEvent event : shard.durableEvents()) {
            if (event instanceof GroupStored group) {
                stored.put(group.groupId(), group);
            } else if (event instanceof GroupDeleted group) {
                stored.remove(group.groupId());
            }
        }
        for (String groupId : GROUPS) {
            ClassicGroup group = ClassicGroup.orNew(groups, groupId);
            // What the group is on its way to does not survive; the last generation that it agreed on does.
            boolean settled = group.isStable() || group.isEmpty();
            GroupStored agreed = stored.getOrDefault(groupId, new ClassicGroup(groupId).stored());
            surviving.put(groupId, settled ? group.stored() : agreed);
            groups.offsets().forEach(groupId, (partition, offset) -> surviving.put(groupId + partition, offset));
            for (TopicPartition partition : groups.offsets().partitions(groupId)) {
                surviving.put("pending " + groupId + partition, groups.offsets().isPending(groupId, partition));
            }
        }
        return surviving;
    }
}
