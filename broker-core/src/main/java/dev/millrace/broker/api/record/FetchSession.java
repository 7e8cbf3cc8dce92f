package dev.millrace.broker.api.record;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;

/**
 * What one reader follows, and what it was told last. Any thread, though one at a time is the rule: a client waits for its
 * answer before it asks on.
 */
final class FetchSession {

    private static final int TOPIC_ID_VERSION_MIN = 13;

    /** A partition as requests name it: by id from version 13 on, by name before. */
    private record Key(String topic, Uuid topicId, int partition) {}

    /** A partition that is followed, as it was asked for last, and what was told of it. */
    private static final class Followed {
        private FetchPartition wanted;
        private long toldHighWatermark = -1;
        private long toldLogStart = -1;

        Followed(FetchPartition wanted) {
            this.wanted = wanted;
        }
    }

    private final int id;
    private final boolean usesTopicIds;
    private final boolean privileged;
    private final long createdMs;

    /** Those that had records last come last, so that under a limit each gets its turn. */
    private final Map<Key, Followed> followed = new LinkedHashMap<>();

    private int epoch;

    FetchSession(int id, FetchRequest request, FetchResponseData first, long nowMs) {
        this.id = id;
        this.usesTopicIds = request.version() >= TOPIC_ID_VERSION_MIN;
        this.privileged = request.isFromFollower();
        this.createdMs = nowMs;
        this.epoch = FetchMetadata.nextEpoch(FetchMetadata.INITIAL_EPOCH);
        follow(request.data());
        for (FetchResponseData.FetchableTopicResponse topic : first.responses()) {
            for (PartitionData told : topic.partitions()) {
                Followed partition = followed.get(new Key(topic.topic(), topic.topicId(), told.partitionIndex()));
                if (partition != null) {
                    remember(partition, told);
                }
            }
        }
    }

    int id() {
        return id;
    }

    long createdMs() {
        return createdMs;
    }

    /** Whether it is a follower's, by its own word. */
    boolean isPrivileged() {
        return privileged;
    }

    synchronized int size() {
        return followed.size();
    }

    synchronized boolean isEmpty() {
        return followed.isEmpty();
    }

    /** Takes in what has changed on the reader's side; an error changes nothing. */
    synchronized Errors update(FetchRequest request) {
        if (usesTopicIds != (request.version() >= TOPIC_ID_VERSION_MIN)) {
            return Errors.FETCH_SESSION_TOPIC_ID_ERROR;
        }
        if (request.metadata().epoch() != epoch) {
            return Errors.INVALID_FETCH_SESSION_EPOCH;
        }
        for (FetchRequestData.ForgottenTopic topic : request.data().forgottenTopicsData()) {
            topic.partitions()
                    .forEach(partition -> followed.remove(new Key(topic.topic(), topic.topicId(), partition)));
        }
        follow(request.data());
        epoch = FetchMetadata.nextEpoch(epoch);
        return Errors.NONE;
    }

    private void follow(FetchRequestData request) {
        for (FetchRequestData.FetchTopic topic : request.topics()) {
            for (FetchPartition wanted : topic.partitions()) {
                Key key = new Key(topic.topic(), topic.topicId(), wanted.partition());
                followed.computeIfAbsent(key, unused -> new Followed(wanted)).wanted = wanted;
            }
        }
    }

    /** Everything that is followed, in the order in which it is to be read. */
    synchronized List<FetchRequestData.FetchTopic> wanted() {
        List<FetchRequestData.FetchTopic> topics = new ArrayList<>();
        FetchRequestData.FetchTopic last = null;
        for (Map.Entry<Key, Followed> entry : followed.entrySet()) {
            Key key = entry.getKey();
            if (last == null
                    || !last.topic().equals(key.topic())
                    || !last.topicId().equals(key.topicId())) {
                last = new FetchRequestData.FetchTopic().setTopic(key.topic()).setTopicId(key.topicId());
                topics.add(last);
            }
            last.partitions().add(entry.getValue().wanted);
        }
        return topics;
    }

    /** Leaves in a full answer what the reader does not know yet. */
    synchronized void leaveNews(FetchResponseData answer) {
        answer.setSessionId(id);
        answer.responses().removeIf(topic -> {
            topic.partitions()
                    .removeIf(told -> !isNews(new Key(topic.topic(), topic.topicId(), told.partitionIndex()), told));
            return topic.partitions().isEmpty();
        });
    }

    private boolean isNews(Key key, PartitionData told) {
        Followed partition = followed.get(key);
        if (partition == null) {
            return true; // it was forgotten meanwhile
        }
        boolean hasRecords = FetchResponse.recordsSize(told) > 0;
        boolean news = hasRecords
                || told.errorCode() != Errors.NONE.code()
                || FetchResponse.isDivergingEpoch(told)
                || told.highWatermark() != partition.toldHighWatermark
                || told.logStartOffset() != partition.toldLogStart;
        remember(partition, told);
        if (hasRecords) {
            followed.remove(key);
            followed.put(key, partition);
        }
        return news;
    }

    private static void remember(Followed partition, PartitionData told) {
        // After an error the reader knows nothing: what is the case then is news.
        boolean known = told.errorCode() == Errors.NONE.code();
        partition.toldHighWatermark = known ? told.highWatermark() : -1;
        partition.toldLogStart = known ? told.logStartOffset() : -1;
    }
}
