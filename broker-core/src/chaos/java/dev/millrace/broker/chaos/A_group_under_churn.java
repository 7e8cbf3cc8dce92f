package dev.millrace.broker.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Its members come, go, vanish, return and change their minds, and its topics come, grow and go, by a plan that
 * {@code -Dmillrace.chaos.seed} has chosen as in an earlier run; {@code -Dmillrace.chaos.steps} says how long it is.
 */
@Tag("chaos")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class A_group_under_churn {

    /** What protocol the members that come speak. */
    enum Protocols {
        CLASSIC,
        NEW,
        /** One, then both at once, the other, and back. */
        CHANGING
    }

    private static final int STEPS = Integer.getInteger("millrace.chaos.steps", 60);
    private static final int MEMBERS_MIN = 2;
    private static final int MEMBERS_MAX = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int OUTPUT_LINES_MAX = 100;
    private static final String GROUP = "group";
    private static final List<String> REGEXES =
            List.of(ChurnedTopics.ALL, ChurnedTopics.ALL, "churn-a-.*", "churn-b-.*");

    /** Clients tell of every commit that is refused; held here, or the level would be forgotten. */
    private static final Logger CLIENTS = Logger.getLogger("org.apache.kafka");

    @TempDir
    Path folder;

    private final ProcessedRecords processed = new ProcessedRecords();
    private final List<ChurningMember> members = new ArrayList<>();
    private final List<ChurningMember> goneMembers = new ArrayList<>();
    private final List<String> vacantInstances = new ArrayList<>();

    /** Those of the classic protocol with an instance id that others had before. */
    private final Set<ChurningMember> returned = new HashSet<>();

    private Random random;
    private KillableBroker broker;
    private Admin admin;
    private ChurnedTopics topics;
    private int named;

    @ParameterizedTest
    @EnumSource
    void processes_every_record_and_has_one_owner_a_partition(Protocols protocols) throws Exception {
        CLIENTS.setLevel(Level.OFF);
        long seed =
                Long.getLong("millrace.chaos.seed", ThreadLocalRandom.current().nextLong());
        System.out.println(protocols + ", seed " + seed);
        random = new Random(seed);
        try {
            broker = new KillableBroker(folder, settings());
            broker.awaitReady();
            admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
            topics = new ChurnedTopics(broker.bootstrapServers(), admin, new Random(random.nextLong()));
            topics.create("a");
            topics.create("b");
            topics.start();
            for (int step = 0; step < STEPS; step++) {
                String did = members.size() < MEMBERS_MIN ? join(protocols, step) : act(protocols, step);
                System.out.println(step + ": " + did);
                check();
                awaitWhatIsDue(did);
            }
            settle(protocols == Protocols.CLASSIC);
            topics.end();
            until("everything is processed", () -> topics.missing(processed).isEmpty());
            assertThat(processed.violations()).isEmpty();
            System.out.println(processed.count() + " records processed");
            for (ChurningMember member : members) {
                member.end();
            }
        } finally {
            members.forEach(ChurningMember::close);
            goneMembers.forEach(ChurningMember::close);
            if (topics != null) {
                topics.close();
            }
            if (admin != null) {
                admin.close();
            }
            broker.close();
        }
    }

    private static Map<String, String> settings() {
        return Map.of(
                "process.roles", "broker,controller",
                // Or clients that still ask for a topic would bring it back.
                "auto.create.topics.enable", "false",
                "offsets.topic.num.partitions", "1",
                "group.initial.rebalance.delay.ms", "0",
                "group.min.session.timeout.ms", "1000",
                "group.consumer.min.heartbeat.interval.ms", "100",
                "group.consumer.heartbeat.interval.ms", "200",
                "group.consumer.min.session.timeout.ms", "1000",
                "group.consumer.session.timeout.ms", "2000",
                "group.consumer.migration.policy", "bidirectional");
    }

    private String act(Protocols protocols, int step) throws Exception {
        int dice = random.nextInt(10);
        if (dice < 3 && members.size() < MEMBERS_MAX) {
            return join(protocols, step);
        }
        if (dice < 5 && members.size() > MEMBERS_MIN) {
            return leave(dice == 4);
        }
        if (dice == 5) {
            return returnStatically(protocols, step);
        }
        if (dice < 8) {
            ChurningMember member = any();
            String regex = REGEXES.get(random.nextInt(REGEXES.size()));
            member.resubscribe(regex);
            return member.identity().name() + " wants " + regex;
        }
        // A consumer 4.3.1 of the new protocol asks for a topic by its id; told that there is none, its network thread
        // fails
        // with "Use errorsByTopicId()" and it never asks for metadata again, whoever the broker is.
        return topics.change(protocols == Protocols.CLASSIC);
    }

    private ChurningMember any() {
        return members.get(random.nextInt(members.size()));
    }

    private boolean newProtocol(Protocols protocols, int step) {
        if (protocols == Protocols.CHANGING) {
            int quarter = step * 4 / STEPS;
            return quarter == 1 || quarter == 2 ? random.nextInt(4) > 0 : random.nextInt(4) == 0;
        }
        return protocols == Protocols.NEW;
    }

    private String join(Protocols protocols, int step) {
        String name = "m" + named++;
        String instance = random.nextInt(3) > 0 ? "" : "i" + name;
        return start(new ChurningMember.Identity(name, instance, newProtocol(protocols, step)));
    }

    private String start(ChurningMember.Identity identity) {
        String regex = REGEXES.get(random.nextInt(REGEXES.size()));
        ChurningMember member = new ChurningMember(identity, broker.bootstrapServers(), GROUP, regex, processed);
        members.add(member);
        member.start();
        return identity + " joins for " + regex;
    }

    private String leave(boolean vanishes) throws Exception {
        ChurningMember member = any();
        members.remove(member);
        goneMembers.add(member);
        if (member.identity().isStatic()) {
            vacantInstances.add(member.identity().instanceId());
        }
        if (vanishes) {
            member.vanish();
            return member.identity().name() + " vanishes";
        }
        member.end();
        return member.identity().name() + " leaves";
    }

    /** One that has gone comes back, or one that is there is replaced under its feet. */
    private String returnStatically(Protocols protocols, int step) {
        if (!vacantInstances.isEmpty()) {
            String instance = vacantInstances.remove(random.nextInt(vacantInstances.size()));
            return startAgain(new ChurningMember.Identity("m" + named++, instance, newProtocol(protocols, step)));
        }
        List<ChurningMember> replaceable = members.stream()
                .filter(member ->
                        member.identity().isStatic() && !member.identity().newProtocol())
                .toList();
        if (replaceable.isEmpty()) {
            return join(protocols, step);
        }
        return replace(replaceable.get(random.nextInt(replaceable.size())));
    }

    /** Who comes last stays, and that may be the former: it is not known to have joined yet. */
    private String replace(ChurningMember former) {
        String did = startAgain(
                new ChurningMember.Identity("m" + named++, former.identity().instanceId(), false));
        ChurningMember latter = members.get(members.size() - 1);
        returned.add(former);
        until("one replaces the other after " + did, () -> former.isReplaced() || latter.isReplaced());
        ChurningMember replaced = former.isReplaced() ? former : latter;
        members.remove(replaced);
        goneMembers.add(replaced);
        return did;
    }

    private String startAgain(ChurningMember.Identity identity) {
        String did = start(identity);
        if (!identity.newProtocol()) {
            returned.add(members.get(members.size() - 1));
        }
        return did;
    }

    private void check() {
        topics.check();
        members.forEach(ChurningMember::check);
        goneMembers.forEach(ChurningMember::check);
        assertThat(processed.violations()).isEmpty();
    }

    /** Some actions follow upon each other, some wait until the group works on, and some until it has caught up. */
    private void awaitWhatIsDue(String after) {
        int dice = random.nextInt(6);
        long before = processed.count();
        if (dice < 3) {
            until("more is processed after " + after, () -> processed.count() > before + 20 || !isAllWanted());
        } else if (dice == 3) {
            List<String> missing = topics.missing(processed);
            until(
                    "what was written is processed after " + after,
                    () -> !isAllWanted()
                            || topics.missing(processed).stream().noneMatch(new HashSet<>(missing)::contains));
        }
    }

    /**
     * Whether there is somebody who reads every topic, whatever became of others. What a static member wants that returns
     * to a stable classic group is not heard before the next rebalance (KAFKA-12759).
     */
    private boolean isAllWanted() {
        return members.stream()
                .anyMatch(member -> !member.isReplaced()
                        && !returned.contains(member)
                        && member.regex().equals(ChurnedTopics.ALL));
    }

    /** In the end all want everything, and one at least is new, so that the group knows; nobody who has gone counts. */
    private void settle(boolean classic) throws Exception {
        do {
            start(new ChurningMember.Identity("m" + named++, "", !classic));
        } while (members.size() < MEMBERS_MIN + 1);
        members.forEach(member -> member.resubscribe(ChurnedTopics.ALL));
        until("the group settles", this::isSettled);
    }

    private boolean isSettled() throws Exception {
        check();
        ConsumerGroupDescription description;
        try {
            description = describe();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return false; // It changed its protocol between the questions that the client asks in either.
            }
            throw e;
        }
        Set<Set<TopicPartition>> described = description.members().stream()
                .map(member -> member.assignment().topicPartitions())
                .collect(Collectors.toSet());
        Set<Set<TopicPartition>> held =
                members.stream().map(ChurningMember::assignment).collect(Collectors.toSet());
        List<TopicPartition> all =
                members.stream().flatMap(member -> member.assignment().stream()).toList();
        return description.groupState() == GroupState.STABLE
                && description.members().size() == members.size()
                && described.equals(held)
                && all.size() == new HashSet<>(all).size()
                && new HashSet<>(all).equals(new HashSet<>(topics.partitions()));
    }

    private ConsumerGroupDescription describe() throws Exception {
        return admin.describeConsumerGroups(List.of(GROUP)).all().get().get(GROUP);
    }

    private void until(String what, Callable<Boolean> condition) {
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> {
                        check();
                        return condition.call();
                    });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("Not within " + PATIENCE + ": " + what + "\n" + standing(), e);
        }
    }

    private String standing() {
        StringBuilder lines = new StringBuilder();
        for (ChurningMember member : members) {
            lines.append(member.identity())
                    .append(member.isReplaced() ? " replaced " : " ")
                    .append(new TreeSet<>(
                            member.assignment().stream().map(String::valueOf).toList()))
                    .append('\n');
        }
        List<String> missing = topics.missing(processed);
        lines.append("partitions ").append(topics.partitions()).append('\n');
        lines.append(missing.size())
                .append(" missing, such as ")
                .append(missing.stream().limit(10).toList())
                .append('\n');
        try {
            lines.append(describe()).append('\n');
            // Whether the group rebalances without end, and why, or waits for somebody.
            List<String> output = Files.readAllLines(broker.output());
            output.subList(Math.max(0, output.size() - OUTPUT_LINES_MAX), output.size())
                    .forEach(line -> lines.append(line).append('\n'));
        } catch (Exception e) {
            lines.append(e);
        }
        return lines.toString();
    }
}
