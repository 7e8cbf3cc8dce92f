package dev.millrace.broker.api;

import dev.millrace.broker.log.AbortedTransaction;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.PartitionImage;
import dev.millrace.broker.metadata.TopicImage;
import dev.millrace.broker.partition.FetchedRecords;
import dev.millrace.broker.partition.Partition;
import dev.millrace.broker.partition.PendingFetch;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.jspecify.annotations.Nullable;

/**
 * Fetch (key 1). Reads below the published end right where it is called; only when there is less than the client wants, it
 * waits on the partitions' loops. Every answer is a full one, in session 0: no incremental sessions (KIP-227), which the
 * protocol leaves to the broker.
 */
public final class FetchHandler implements ApiHandler<FetchRequest, FetchResponseData> {

    private final NodeView node;

    public FetchHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.FETCH;
    }

    @Override
    public void handle(ApiRequest<FetchRequest> request, Ticket<FetchResponseData> ticket) {
        if (request.body().metadata().sessionId() != FetchMetadata.INVALID_SESSION_ID) {
            ticket.answer(new FetchResponseData().setErrorCode(Errors.FETCH_SESSION_ID_NOT_FOUND.code()));
            return;
        }
        new Fetching(request, ticket).start();
    }

    /** One request under way. */
    private final class Fetching {
        private final ApiRequest<FetchRequest> request;
        private final Ticket<FetchResponseData> ticket;
        private final IsolationLevel isolation;
        private final int maxBytes;
        private final int minBytes;

        Fetching(ApiRequest<FetchRequest> request, Ticket<FetchResponseData> ticket) {
            this.request = request;
            this.ticket = ticket;
            this.isolation = request.body().isolationLevel();
            this.maxBytes = Math.min(request.body().maxBytes(), node.fetchBytesMax());
            this.minBytes = Math.min(request.body().minBytes(), maxBytes);
        }

        void start() {
            long maxWaitMs = request.body().maxWait();
            Reading reading = new Reading();
            if (maxWaitMs <= 0 || reading.isEnough()) {
                ticket.answer(reading.response);
                return;
            }
            List<PendingFetch.Watch> watches = reading.watches;
            reading.release();
            long deadlineMs = watches.get(0).partition().loop().nowMs() + maxWaitMs;
            PendingFetch.start(watches, reading.missingBytes(), deadlineMs, this::tryAnswer);
        }

        private long tryAnswer(boolean last) {
            Reading reading = new Reading();
            if (last || reading.isEnough()) {
                ticket.answer(reading.response);
                return 0;
            }
            reading.release();
            return reading.missingBytes();
        }

        /** One look at all partitions. */
        private final class Reading {
            private final FetchResponseData response = new FetchResponseData();
            private final ClusterImage image = node.image();
            private final List<FetchedRecords> found = new ArrayList<>();
            private final List<PendingFetch.Watch> watches = new ArrayList<>();
            private long bytes;
            private boolean urgent;

            Reading() {
                try {
                    for (FetchRequestData.FetchTopic topic :
                            request.body().data().topics()) {
                        read(topic);
                    }
                } catch (RuntimeException e) {
                    release();
                    throw e;
                }
            }

            /** Whether the client shall have this at once. */
            boolean isEnough() {
                return urgent || bytes >= minBytes || watches.isEmpty();
            }

            long missingBytes() {
                return minBytes - bytes;
            }

            void release() {
                found.forEach(FetchedRecords::release);
            }

            private void read(FetchRequestData.FetchTopic topic) {
                FetchableTopicResponse answer =
                        new FetchableTopicResponse().setTopic(topic.topic()).setTopicId(topic.topicId());
                response.responses().add(answer);
                for (FetchRequestData.FetchPartition wanted : topic.partitions()) {
                    TopicImage known = null;
                    PartitionData data;
                    try {
                        known = node.topic(topic.topic(), topic.topicId());
                        data = read(node.partition(known, wanted.partition()), wanted);
                    } catch (ApiException e) {
                        urgent = true;
                        data = refused(known, wanted, Errors.forException(e));
                    }
                    answer.partitions().add(data);
                }
            }

            private PartitionData read(Partition partition, FetchRequestData.FetchPartition wanted) {
                int limit = (int) Math.min(wanted.partitionMaxBytes(), Math.max(0, maxBytes - bytes));
                FetchedRecords records = partition.read(
                        wanted.fetchOffset(),
                        limit,
                        bytes == 0,
                        isolation,
                        wanted.currentLeaderEpoch(),
                        wanted.lastFetchedEpoch());
                found.add(records);
                watches.add(new PendingFetch.Watch(partition, isolation, records.readableEnd()));
                bytes += records.sizeInBytes();
                PartitionData data = new PartitionData()
                        .setPartitionIndex(wanted.partition())
                        .setHighWatermark(records.highWatermark())
                        .setLastStableOffset(records.lastStableOffset())
                        .setLogStartOffset(records.logStartOffset())
                        .setAbortedTransactions(aborted(records.abortedTransactions()))
                        .setRecords(records.records());
                if (records.diverging() != null) {
                    urgent = true;
                    data.setDivergingEpoch(new FetchResponseData.EpochEndOffset()
                            .setEpoch(records.diverging().leaderEpoch())
                            .setEndOffset(records.diverging().endOffset()));
                }
                return data;
            }

            private PartitionData refused(
                    @Nullable TopicImage known, FetchRequestData.FetchPartition wanted, Errors error) {
                PartitionData data = FetchResponse.partitionResponse(wanted.partition(), error);
                PartitionImage partition = known == null ? null : known.partition(wanted.partition());
                if (partition != null) {
                    LeaderHints.add(
                            request.version(),
                            response,
                            data,
                            error,
                            image,
                            partition,
                            request.peer().listener());
                }
                return data;
            }
        }
    }

    private static @Nullable List<FetchResponseData.AbortedTransaction> aborted(
            @Nullable List<AbortedTransaction> transactions) {
        if (transactions == null) {
            return null;
        }
        List<FetchResponseData.AbortedTransaction> aborted = new ArrayList<>(transactions.size());
        for (AbortedTransaction transaction : transactions) {
            aborted.add(new FetchResponseData.AbortedTransaction()
                    .setProducerId(transaction.producerId())
                    .setFirstOffset(transaction.firstOffset()));
        }
        return aborted;
    }
}
