package dev.millrace.broker.coordinator.group.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/** A consumer as Kafka's own behaves: it has what it was told last, and says so when that has changed. */
public final class TestConsumer {

    public final String memberId;
    private final TestHost host;
    private final TestTopics topics;
    private String instanceId;
    private ConsumerGroupHeartbeatRequestData joining = new ConsumerGroupHeartbeatRequestData()
            .setRebalanceTimeoutMs(60_000)
            .setSubscribedTopicNames(List.of("t"))
            .setTopicPartitions(List.of());
    private int epoch;
    /** As topic and partition, in order. */
    private TreeSet<String> owned = new TreeSet<>();

    private boolean tells;
    private boolean stubborn;

    public TestConsumer(TestHost host, TestTopics topics, String memberId) {
        this.host = host;
        this.topics = topics;
        this.memberId = memberId;
    }

    public TestConsumer subscribe(String... names) {
        joining.setSubscribedTopicNames(List.of(names));
        return this;
    }

    public TestConsumer subscribeTo(String regex) {
        joining.setSubscribedTopicNames(null).setSubscribedTopicRegex(regex);
        return this;
    }

    public TestConsumer instance(String id) {
        instanceId = id;
        return this;
    }

    public TestConsumer assignor(String name) {
        joining.setServerAssignor(name);
        return this;
    }

    /** From now on it keeps what it was told to give up. */
    public TestConsumer keepsEverything() {
        stubborn = true;
        return this;
    }

    public int epoch() {
        return epoch;
    }

    /** What it reads, as {@code t-0 t-1}. */
    public String owned() {
        return String.join(" ", owned);
    }

    public ConsumerGroupHeartbeatResponseData join() {
        owned.clear();
        return take(send(joining.duplicate().setMemberEpoch(0)));
    }

    public ConsumerGroupHeartbeatResponseData heartbeat() {
        ConsumerGroupHeartbeatRequestData request = new ConsumerGroupHeartbeatRequestData().setMemberEpoch(epoch);
        if (tells) {
            request.setTopicPartitions(partitions());
            tells = false;
        }
        return take(send(request));
    }

    /** Tells everything that it knows, as after a connection was lost. */
    public ConsumerGroupHeartbeatResponseData heartbeatInFull() {
        return take(send(joining.duplicate().setMemberEpoch(epoch).setTopicPartitions(partitions())));
    }

    public ConsumerGroupHeartbeatResponseData leave() {
        return send(new ConsumerGroupHeartbeatRequestData().setMemberEpoch(-1));
    }

    public ConsumerGroupHeartbeatResponseData leaveForAWhile() {
        return send(new ConsumerGroupHeartbeatRequestData().setMemberEpoch(-2));
    }

    public ConsumerGroupHeartbeatResponseData send(ConsumerGroupHeartbeatRequestData request) {
        return host.heartbeat(
                request.setGroupId(TestHost.GROUP).setMemberId(memberId).setInstanceId(instanceId));
    }

    private ConsumerGroupHeartbeatResponseData take(ConsumerGroupHeartbeatResponseData answer) {
        if (answer.errorCode() != Errors.NONE.code()) {
            return answer;
        }
        epoch = answer.memberEpoch();
        if (answer.assignment() != null) {
            TreeSet<String> assigned = new TreeSet<>();
            answer.assignment().topicPartitions().forEach(topic -> topic.partitions()
                    .forEach(partition -> assigned.add(name(topic.topicId()) + "-" + partition)));
            if (stubborn) {
                assigned.addAll(owned);
            }
            tells = true;
            owned = assigned;
        }
        return answer;
    }

    private String name(Uuid topicId) {
        return topics.withId(topicId).name();
    }

    private List<TopicPartitions> partitions() {
        Map<String, TopicPartitions> byTopic = new java.util.TreeMap<>();
        for (String partition : owned) {
            String name = partition.substring(0, partition.lastIndexOf('-'));
            byTopic.computeIfAbsent(name, known -> new TopicPartitions().setTopicId(topics.id(known)))
                    .partitions()
                    .add(Integer.parseInt(partition.substring(name.length() + 1)));
        }
        return new ArrayList<>(byTopic.values());
    }
}
