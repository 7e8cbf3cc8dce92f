package dev.millrace.broker.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.Group;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.coordinator.group.classic.ClassicGroup;
import dev.millrace.broker.coordinator.group.offset.CommitOffsets;
import dev.millrace.broker.coordinator.group.offset.ForgetTopics;
import dev.millrace.broker.coordinator.group.shard.Offsets;
import dev.millrace.broker.coordinator.group.shard.SimulatedShard;
import dev.millrace.broker.coordinator.group.shard.TestTopics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * One group, and clients of both protocols that join, leave, crash, come back, lose answers, change their minds and commit at
 * random, while topics come, go and grow, and the shard moves from host to host. Everything follows from the seed. After
 * every step the invariants are checked:
 *
 * <ul>
 *   <li>no partition is two members', for the coordinator or for the clients that it counts as members;
 *   <li>a member's epoch is not beyond the target's, nor the target's beyond the group's;
 *   <li>epochs never go back: the group's, its target's, and each member's;
 *   <li>no committed offset is lost;
 *   <li>a shard that is read from the log equals this one in all that must survive, also if the log was compacted;
 *   <li>every member has a session that ends.
 * </ul>
 */
final class ConsumerGroupSimulation {

    private static final int MAX_CLIENTS = 6;
    private static final int ROUND_MS = 2_000;

    /** When the sessions of those who are gone have ended, and what they were to give up is free. */
    private static final int ROUNDS_UNTIL_GIVEN_UP = (45_000 + 30_000) / ROUND_MS;

    /** How many heartbeats of each member the group needs then, at the most. */
    private static final int ROUNDS_UNTIL_SETTLED = 20;

    private static final String GROUP = SimulatedClient.GROUP;

    private final Random random;
    private final boolean mixed;
    private final TestTopics topics = new TestTopics().with("t", 4).with("u", 3);
    private final SimulatedShard shard = new SimulatedShard(GroupConfig.DEFAULT, topics);
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final Map<TopicPartition, Long> committed = new HashMap<>();
    /** The group's and the target's at the last look, and under their ids those of members. */
    private final Map<String, Integer> epochs = new HashMap<>();

    private int names;

    /** @param mixed whether there are clients of the classic protocol, too */
    ConsumerGroupSimulation(long seed, boolean mixed) {
        this.random = new Random(seed);
        this.mixed = mixed;
    }

    String trace() {
        return shard.trace();
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            happen(random.nextInt(100));
            checkInvariants();
        }
    }

    private void happen(int what) {
        if (what < 8) {
            start();
        } else if (what < 11) {
            pick().ifPresent(SimulatedClient::leave);
        } else if (what < 13) {
            pick().ifPresent(SimulatedClient::crash);
        } else if (what < 16) {
            pick().ifPresent(SimulatedClient::changeSubscription);
        } else if (what < 18) {
            shard.move();
        } else if (what < 20) {
            changeTopics();
        } else if (what < 26) {
            pick().ifPresent(this::commit);
        } else if (what < 45) {
            shard.pass(random.nextInt(20) == 0 ? 20_000 : random.nextInt(1_500));
        } else {
            pick().ifPresent(SimulatedClient::step);
        }
    }

    private Optional<SimulatedClient> pick() {
        clients.removeIf(client -> !client.isAlive());
        return clients.isEmpty() ? Optional.empty() : Optional.of(clients.get(random.nextInt(clients.size())));
    }

    private void start() {
        if (clients.size() >= MAX_CLIENTS) {
            return;
        }
        List<String> subscription = SimulatedClient.someTopics(random);
        if (mixed && random.nextBoolean()) {
            clients.add(new SimulatedClassicClient(shard, random, topics, subscription));
        } else {
            String instanceId = random.nextInt(3) == 0 ? "i" + random.nextInt(2) : null;
            clients.add(new SimulatedConsumer(shard, random, "m" + ++names, instanceId, subscription));
        }
    }

    private void changeTopics() {
        String name = random.nextBoolean() ? "t" : "u";
        ClusterTopics.Topic topic = topics.named(name);
        if (topic == null || topic.partitions() < 6) {
            topics.with(name, topic == null ? 2 : topic.partitions() + 1);
        } else {
            topics.delete(name);
            shard.tell("deletion", new ForgetTopics(List.of(new ForgetTopics.DeletedTopic(name, topic.id()))));
            committed.keySet().removeIf(partition -> partition.topic().equals(name));
        }
        shard.tell("topics change", TestTopics.changed(name));
    }

    private void commit(SimulatedClient client) {
        String name = random.nextBoolean() ? "t" : "u";
        ClusterTopics.Topic topic = topics.named(name);
        if (topic == null) {
            return;
        }
        long offset = random.nextInt(1_000);
        OffsetCommitRequestData request = Offsets.request(name, offset)
                .setGroupId(GROUP)
                .setMemberId(client.memberId())
                .setGroupInstanceId(client.instanceId())
                .setGenerationIdOrMemberEpoch(client.epoch());
        request.topics().forEach(known -> known.setTopicId(topic.id()));
        shard.<OffsetCommitResponseData>submit(
                "commit by " + client.memberId(), ticket -> new CommitOffsets(request, (short) 9, ticket), answer -> {
                    short error = answer.topics().get(0).partitions().get(0).errorCode();
                    if (error == Errors.NONE.code()) {
                        committed.put(new TopicPartition(name, 0), offset);
                    }
                });
    }

    /** Nothing happens any more but what the clients that live do by themselves: in the end they share everything. */
    void settle() {
        int unsettled = 0;
        for (int i = 0; i < 150; i++) {
            shard.pass(ROUND_MS);
            clients.removeIf(client -> !client.isAlive());
            clients.forEach(SimulatedClient::step);
            checkInvariants();
            Group now = shard.groups().get(GROUP);
            if (now instanceof ConsumerGroup && !now.isEmpty() && !now.state().equals("Stable")) {
                unsettled = i + 1;
            }
        }
        assertThat(unsettled)
                .as("rounds until the group is settled")
                .isLessThanOrEqualTo(ROUNDS_UNTIL_GIVEN_UP + ROUNDS_UNTIL_SETTLED);
        Group group = shard.groups().get(GROUP);
        if (group == null) {
            assertThat(clients).isEmpty();
            return;
        }
        assertThat(group.state()).isEqualTo(clients.isEmpty() ? "Empty" : "Stable");
        Set<String> owned = new TreeSet<>();
        clients.forEach(client -> owned.addAll(client.owned()));
        Set<String> wanted = new TreeSet<>();
        for (ClusterTopics.Topic topic : topics.all()) {
            for (int i = 0; i < topic.partitions() && group.isSubscribedTo(topic.name()); i++) {
                wanted.add(topic.id() + ":" + i);
            }
        }
        // Leaders of a classic group notice new partitions by themselves; these here do not look.
        if (group instanceof ConsumerGroup) {
            assertThat(owned).as("every partition is owned").isEqualTo(wanted);
        }
    }

    private void checkInvariants() {
        Group group = shard.groups().get(GROUP);
        Map<String, SimulatedClient> owners = new HashMap<>();
        for (SimulatedClient client : clients) {
            if (isCounted(group, client)) {
                for (String partition : client.owned()) {
                    assertThat(owners.putIfAbsent(partition, client))
                            .as("other owner of %s than %s", partition, client.memberId())
                            .isNull();
                }
            }
        }
        if (group == null || group.isEmpty()) {
            // Whoever comes next may begin a new one.
            epochs.clear();
        }
        if (group instanceof ConsumerGroup consumerGroup) {
            checkGroup(consumerGroup);
            checkEpoch("the group", consumerGroup.epoch());
            checkEpoch("the target", consumerGroup.targetEpoch());
            consumerGroup
                    .members()
                    .forEach(member -> checkEpoch(
                            member.id(), consumerGroup.current(member.id()).memberEpoch()));
        }
        committed.forEach((partition, offset) -> assertThat(
                        Objects.requireNonNull(shard.groups().offsets().get(GROUP, partition))
                                .offset())
                .isEqualTo(offset));
        for (Groups reread : List.of(shard.reread(), shard.rereadCompacted())) {
            checkReread(group, reread);
        }
    }

    /** Somebody whom the group has given up on, and who does not know it yet, may read what others read. */
    private static boolean isCounted(Group group, SimulatedClient client) {
        if (group instanceof ConsumerGroup consumerGroup) {
            CurrentAssignment current = consumerGroup.current(client.memberId());
            return client.isAlive()
                    && consumerGroup.member(client.memberId()) != null
                    && client.epoch() > 0
                    && current.memberEpoch() >= client.epoch();
        }
        return group instanceof ClassicGroup classic
                && client.isAlive()
                && isStable(classic)
                && classic.members().stream().anyMatch(member -> member.id().equals(client.memberId()))
                && classic.generation() == client.epoch();
    }

    /** A member that joins, or is away for a while, has none to compare. */
    private void checkEpoch(String whose, int epoch) {
        if (epoch > 0) {
            Integer before = epochs.put(whose, epoch);
            assertThat(before == null ? 0 : before)
                    .as("former epoch of %s", whose)
                    .isLessThanOrEqualTo(epoch);
        }
    }

    private void checkGroup(ConsumerGroup group) {
        assertThat(group.targetEpoch()).isLessThanOrEqualTo(group.epoch());
        Map<Object, String> owners = new LinkedHashMap<>();
        for (ConsumerMember member : group.members()) {
            CurrentAssignment current = group.current(member.id());
            assertThat(current.memberEpoch()).isLessThanOrEqualTo(group.targetEpoch());
            Stream.concat(current.assigned().keySet().stream(), current.pendingRevocation().keySet().stream())
                    .forEach(partition -> {
                        assertThat(owners.putIfAbsent(partition, member.id()))
                                .as("other owner of %s", partition)
                                .isNull();
                        assertThat(group.owner(partition)).isEqualTo(member.id());
                    });
            assertThat(shard.timers())
                    .as("session of %s", member.id())
                    .containsKey(new ExpireConsumerSession(GROUP, member.id()));
            if (!member.isClassic() && current.state() == CurrentAssignment.State.UNREVOKED_PARTITIONS) {
                assertThat(shard.timers()).containsKey(new ExpireRevocation(GROUP, member.id()));
            }
            String instanceId = member.instanceId();
            if (instanceId != null) {
                assertThat(group.instance(instanceId)).isEqualTo(member);
            }
        }
    }

    private void checkReread(Group live, Groups reread) {
        committed.forEach((partition, offset) -> assertThat(
                        Objects.requireNonNull(reread.offsets().get(GROUP, partition))
                                .offset())
                .isEqualTo(offset));
        if (live instanceof ConsumerGroup group) {
            assertThat(surviving(reread.get(GROUP, ConsumerGroup.class))).isEqualTo(surviving(group));
        } else if (live instanceof ClassicGroup classic && isStable(classic)) {
            assertThat(surviving(Objects.requireNonNull(reread.get(GROUP, ClassicGroup.class))))
                    .isEqualTo(surviving(classic));
        }
    }

    private static boolean isStable(ClassicGroup group) {
        return group.state().equals("Stable");
    }

    private static List<Object> surviving(ClassicGroup group) {
        return List.of(
                group.generation(),
                Objects.requireNonNull(group.protocol()),
                group.members().stream()
                        .map(member -> List.of(
                                member.identity(),
                                member.timeouts(),
                                member.metadata(group.protocol()),
                                member.assignment()))
                        .toList());
    }

    private static Map<String, Object> surviving(ConsumerGroup group) {
        Map<String, Object> surviving = new TreeMap<>();
        surviving.put("epoch", List.of(group.epoch(), group.metadataHash()));
        surviving.put("target", List.of(group.targetEpoch(), group.targetComputedAtMs()));
        surviving.put("regexes", new TreeMap<>(group.regexes()));
        for (ConsumerMember member : group.members()) {
            surviving.put(
                    "member " + member.id(),
                    List.of(member, group.current(member.id()), Optional.ofNullable(group.target(member.id()))));
        }
        return surviving;
    }
}
