package dev.millrace.broker.coordinator.group.shard;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.coordinator.group.classic.ClassicGroup;
import dev.millrace.broker.coordinator.group.classic.Heartbeat;
import dev.millrace.broker.coordinator.group.classic.LeaveGroup;
import dev.millrace.broker.coordinator.group.classic.SyncGroup;
import dev.millrace.broker.coordinator.group.consumer.ConsumerGroupHeartbeat;
import dev.millrace.broker.coordinator.group.offset.TransactionEnded;
import dev.millrace.broker.machine.Answer;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.ShardRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/** Hosts one shard as the broker does, in virtual time and with a log in memory. */
public final class TestHost {

    public static final String GROUP = "g";

    /** Strongly held, so that its level stays: rebalances are what the tests are about. */
    private static final Logger QUIET = Logger.getLogger("dev.millrace.broker.coordinator.group");

    static {
        QUIET.setLevel(Level.SEVERE);
    }

    public final GroupShard shard;
    public final List<GroupEvent> log = new ArrayList<>();
    private final CommandTimers timers = new CommandTimers();
    public long nowMs = 1_000_000;
    public Decision<GroupEvent> last = Decision.none();
    private final GroupConfig config;
    private final ClusterTopics topics;
    private int ids;

    public TestHost() {
        this(GroupConfig.DEFAULT);
    }

    public TestHost(GroupConfig config) {
        this(config, ClusterTopics.NONE);
    }

    public TestHost(GroupConfig config, ClusterTopics topics) {
        this.config = config;
        this.topics = topics;
        shard = new GroupShard(config, topics);
    }

    /** When which command is due. */
    public Map<Object, Long> timers() {
        return timers.deadlines();
    }

    /** What a new host makes of this one's log. */
    public TestHost reloaded() {
        return reloaded(config);
    }

    public TestHost reloaded(GroupConfig newConfig) {
        TestHost host = new TestHost(newConfig, topics);
        host.nowMs = nowMs;
        host.replay(log);
        host.timers.take(host.shard.onLoaded(nowMs));
        return host;
    }

    private void replay(List<GroupEvent> events) {
        GroupEventCodec codec = new GroupEventCodec();
        for (GroupEvent event : events) {
            ShardRecord encoded = codec.encode(event);
            if (encoded != null) {
                ByteBuffer value = encoded.value() == null ? null : ByteBuffer.wrap(encoded.value());
                given(codec.decode(ByteBuffer.wrap(encoded.key()), value, encoded.producer()));
            } else if (event instanceof TransactionEnded) {
                given(event);
            }
        }
    }

    public TestHost given(GroupEvent event) {
        log.add(event);
        shard.apply(event);
        return this;
    }

    public Decision<GroupEvent> submit(GroupCommand command) {
        Decision<GroupEvent> decision = shard.decide(command, nowMs);
        decision.events().forEach(this::given);
        timers.take(decision.timers());
        decision.answers().forEach(TestHost::deliver);
        last = decision;
        return decision;
    }

    private static <R> void deliver(Answer<R> answer) {
        answer.ticket().answer(answer.value());
    }

    /** Lets the time pass, and fires what becomes due on the way. */
    public void advance(long durationMs) {
        long untilMs = nowMs + durationMs;
        for (Optional<CommandTimers.Due> due = timers.next(untilMs); due.isPresent(); due = timers.next(untilMs)) {
            GroupCommand command = due.get().command();
            nowMs = Math.max(nowMs, due.get().deadlineMs());
            submit(command);
        }
        nowMs = untilMs;
    }

    public ClassicGroup group() {
        return Objects.requireNonNullElseGet(
                shard.groups().get(GROUP, ClassicGroup.class), () -> new ClassicGroup(GROUP));
    }

    public Groups groups() {
        return shard.groups();
    }

    /** What makes an end of the group, if it is a classic one. */
    public static GroupEvent groupDeleted() {
        return new ClassicGroup(GROUP).deletion().get(0);
    }

    public String phase() {
        return group().state();
    }

    public String uniqueId() {
        return "uuid" + ++ids;
    }

    public HeldTicket<JoinGroupResponseData> join(Joining request) {
        HeldTicket<JoinGroupResponseData> ticket = new HeldTicket<>();
        submit(request.command(uniqueId(), ticket));
        return ticket;
    }

    /** Joins with a version in which an id is given out at once, and without delay if the group is empty. */
    public JoinGroupResponseData joinAlone(Joining request) {
        HeldTicket<JoinGroupResponseData> ticket = join(request.version(3));
        advance(config.initialRebalanceDelayMs());
        return ticket.value();
    }

    public HeldTicket<SyncGroupResponseData> sync(SyncGroupRequestData request) {
        HeldTicket<SyncGroupResponseData> ticket = new HeldTicket<>();
        submit(new SyncGroup(request, ticket));
        return ticket;
    }

    public HeldTicket<SyncGroupResponseData> sync(JoinGroupResponseData joined, String... assignedMemberIds) {
        return sync(syncRequest(joined.memberId(), joined.generationId(), assignedMemberIds));
    }

    /** Assigns to each of the members {@code to} and its id. */
    public static SyncGroupRequestData syncRequest(String memberId, int generation, String... assignedMemberIds) {
        SyncGroupRequestData request = new SyncGroupRequestData()
                .setGroupId(GROUP)
                .setMemberId(memberId)
                .setGenerationId(generation);
        for (String assigned : assignedMemberIds) {
            request.assignments()
                    .add(new SyncGroupRequestAssignment()
                            .setMemberId(assigned)
                            .setAssignment(("to " + assigned).getBytes(StandardCharsets.UTF_8)));
        }
        return request;
    }

    public ConsumerGroupHeartbeatResponseData heartbeat(ConsumerGroupHeartbeatRequestData request) {
        HeldTicket<ConsumerGroupHeartbeatResponseData> ticket = new HeldTicket<>();
        submit(new ConsumerGroupHeartbeat(request, (short) 1, "client", "/127.0.0.1", uniqueId(), ticket));
        return ticket.value();
    }

    public Errors heartbeat(String memberId, int generation) {
        return heartbeat(memberId, generation, null);
    }

    public Errors heartbeat(String memberId, int generation, String instanceId) {
        HeldTicket<HeartbeatResponseData> ticket = new HeldTicket<>();
        submit(new Heartbeat(
                new HeartbeatRequestData()
                        .setGroupId(GROUP)
                        .setMemberId(memberId)
                        .setGenerationId(generation)
                        .setGroupInstanceId(instanceId),
                ticket));
        return Errors.forCode(ticket.value().errorCode());
    }

    public LeaveGroupResponseData leave(MemberIdentity... members) {
        HeldTicket<LeaveGroupResponseData> ticket = new HeldTicket<>();
        submit(new LeaveGroup(new LeaveGroupRequestData().setGroupId(GROUP).setMembers(List.of(members)), ticket));
        return ticket.value();
    }

    public LeaveGroupResponseData leave(String memberId) {
        return leave(new MemberIdentity().setMemberId(memberId));
    }

    /** A stable group of members that joined with version 3 in this order; the first of them leads. */
    public static TestHost stable(GroupConfig config, Joining... joinings) {
        TestHost host = new TestHost(config);
        List<HeldTicket<JoinGroupResponseData>> joined = new ArrayList<>();
        for (Joining joining : joinings) {
            joined.add(host.join(joining.version(3)));
        }
        host.advance(config.initialRebalanceDelayMs());
        while (joined.stream().anyMatch(HeldTicket::isOpen)) {
            host.advance(config.initialRebalanceDelayMs());
        }
        String[] memberIds =
                joined.stream().map(ticket -> ticket.value().memberId()).toArray(String[]::new);
        joined.forEach(ticket -> host.sync(ticket.value(), memberIds));
        return host;
    }

    public static TestHost stable(Joining... joinings) {
        return stable(GroupConfig.DEFAULT, joinings);
    }

    /** The id of the nth member, from 0, of a group that {@link #stable} made. */
    public String memberId(int n) {
        return group().members().stream().skip(n).findFirst().orElseThrow().id();
    }
}
