package dev.millrace.broker.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.shard.SimulatedShard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** A client of the consumer protocol, one heartbeat a step. What it has it gives up before it says so. */
final class SimulatedConsumer extends SimulatedClient {

    private final @Nullable String instanceId;
    private final String memberId;
    private List<String> topics;
    private @Nullable String regex;
    private @Nullable Set<String> told;
    private int epoch;
    private boolean tells;
    private boolean tellsAll;

    SimulatedConsumer(
            SimulatedShard shard, Random random, String memberId, @Nullable String instanceId, List<String> topics) {
        super(shard, random);
        this.memberId = memberId;
        this.instanceId = instanceId;
        this.topics = topics;
    }

    @Override
    String memberId() {
        return memberId;
    }

    @Override
    int epoch() {
        return epoch;
    }

    @Override
    @Nullable
    String instanceId() {
        return instanceId;
    }

    @Override
    void changeSubscription() {
        regex = random.nextInt(3) == 0 ? "[tu]" : null;
        topics = regex == null ? SimulatedClient.someTopics(random) : List.of();
        tellsAll = true;
    }

    @Override
    void leave() {
        boolean forAWhile = instanceId != null && random.nextBoolean();
        owned.clear();
        alive = false;
        send(new ConsumerGroupHeartbeatRequestData().setMemberEpoch(forAWhile ? -2 : -1), answer -> {});
    }

    @Override
    void step() {
        if (!alive) {
            return;
        }
        if (told != null) {
            owned = told;
            told = null;
            tells = true;
        }
        ConsumerGroupHeartbeatRequestData request = new ConsumerGroupHeartbeatRequestData().setMemberEpoch(epoch);
        if (epoch == 0 || tellsAll) {
            request.setRebalanceTimeoutMs(30_000)
                    .setSubscribedTopicNames(topics)
                    .setSubscribedTopicRegex(regex == null ? "" : regex)
                    .setTopicPartitions(partitions());
        } else if (tells) {
            request.setTopicPartitions(partitions());
        }
        tells = false;
        tellsAll = false;
        boolean lost = random.nextInt(20) == 0;
        send(request, answer -> {
            if (lost) {
                shard.say("the answer is lost");
                tellsAll = true;
            } else {
                take(answer);
            }
        });
    }

    private void send(
            ConsumerGroupHeartbeatRequestData request,
            java.util.function.Consumer<ConsumerGroupHeartbeatResponseData> onAnswer) {
        request.setGroupId(SimulatedClient.GROUP).setMemberId(memberId).setInstanceId(instanceId);
        shard.submit(
                memberId + " " + request,
                ticket -> new ConsumerGroupHeartbeat(request, (short) 1, "client", "/host", "unused", ticket),
                onAnswer);
    }

    private void take(ConsumerGroupHeartbeatResponseData answer) {
        switch (Errors.forCode(answer.errorCode())) {
            case NONE -> {
                epoch = answer.memberEpoch();
                if (answer.assignment() != null) {
                    told = new TreeSet<>();
                    answer.assignment().topicPartitions().forEach(topic -> topic.partitions()
                            .forEach(partition -> told.add(topic.topicId() + ":" + partition)));
                    // What was not there before comes only with what had to go.
                    owned.retainAll(told);
                }
            }
            case FENCED_MEMBER_EPOCH, UNKNOWN_MEMBER_ID, GROUP_ID_NOT_FOUND -> {
                // The group may have become a classic one without it; but whatever the group is, it may join.
                assertThat(epoch == 0 && answer.errorCode() == Errors.GROUP_ID_NOT_FOUND.code())
                        .as("%s joins, and is told %s", memberId, answer)
                        .isFalse();
                owned.clear();
                told = null;
                epoch = 0;
            }
            default -> {
                owned.clear();
                alive = false;
            }
        }
    }

    private List<TopicPartitions> partitions() {
        Map<String, TopicPartitions> byTopic = new TreeMap<>();
        for (String partition : epoch == 0 ? Set.<String>of() : owned) {
            String[] parts = partition.split(":", 2);
            byTopic.computeIfAbsent(parts[0], id -> new TopicPartitions().setTopicId(Uuid.fromString(id)))
                    .partitions()
                    .add(Integer.parseInt(parts[1]));
        }
        return new ArrayList<>(byTopic.values());
    }
}
