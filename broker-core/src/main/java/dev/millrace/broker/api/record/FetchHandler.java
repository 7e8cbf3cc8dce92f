package dev.millrace.broker.api.record;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.log.AbortedTransaction;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.PartitionImage;
import dev.millrace.broker.metadata.TopicImage;
import dev.millrace.broker.partition.FetchedRecords;
import dev.millrace.broker.partition.Partition;
import dev.millrace.broker.partition.PendingFetch;
import dev.millrace.broker.security.ClientQuotas;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.jspecify.annotations.Nullable;

/**
 * Fetch (key 1). Reads below the published end right where it is called; only when there is less than the client wants, it
 * waits on the partitions' loops. In a session (KIP-227) it reads all that is followed and tells what is new.
 */
final class FetchHandler implements ApiHandler<FetchRequest, FetchResponseData> {

    private static final int TOPIC_ID_VERSION_MIN = 13;

    private final NodeView node;
    private final FetchSessions sessions;

    FetchHandler(NodeView node, FetchSessions sessions) {
        this.node = node;
        this.sessions = sessions;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.FETCH;
    }

    @Override
    public void handle(ApiRequest<FetchRequest> request, Ticket<FetchResponseData> ticket) {
        new Fetching(
                        request,
                        ticket,
                        sessions.begin(request.body(), node.nowMs().getAsLong()))
                .start();
    }

    /** One request under way. */
    private final class Fetching {
        private final ApiRequest<FetchRequest> request;
        private final Ticket<FetchResponseData> ticket;
        private final FetchContext context;
        private final List<FetchRequestData.FetchTopic> wanted;
        private final IsolationLevel isolation;
        private final int maxBytes;
        private final int minBytes;

        Fetching(ApiRequest<FetchRequest> request, Ticket<FetchResponseData> ticket, FetchContext context) {
            this.request = request;
            this.ticket = ticket;
            this.context = context;
            this.wanted = context.wanted();
            this.isolation = Isolation.of(request.body().data().isolationLevel());
            this.maxBytes = Math.min(request.body().maxBytes(), bytesMax(request));
            this.minBytes = Math.min(request.body().minBytes(), maxBytes);
        }

        /** No more than a quota allows over all its windows: a single answer beyond that could never be given. */
        private int bytesMax(ApiRequest<FetchRequest> request) {
            if (node.quotas().isEmpty()) {
                return node.fetchBytesMax();
            }
            double quota = node.quotas()
                    .amountMax(ClientQuotas.Kind.FETCHED_BYTES, request.peer().principal(), request.clientId());
            return (int) Math.min(node.fetchBytesMax(), Math.max(1, quota));
        }

        void start() {
            long maxWaitMs = request.body().maxWait();
            Reading reading = new Reading();
            if (maxWaitMs <= 0 || reading.isEnough()) {
                answer(reading);
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
                answer(reading);
                return 0;
            }
            reading.release();
            return reading.missingBytes();
        }

        private void answer(Reading reading) {
            int heldUpMs = node.quotas().isEmpty() ? 0 : useQuota(reading);
            if (heldUpMs > 0) {
                // It gets nothing now, and the same when it asks again after that time.
                reading.release();
                ticket.answer(context.heldUp().setThrottleTimeMs(heldUpMs));
                return;
            }
            context.finish(reading.response);
            ticket.answer(reading.response);
        }

        private int useQuota(Reading reading) {
            return node.quotas()
                    .tryUse(
                            ClientQuotas.Kind.FETCHED_BYTES,
                            request.peer().principal(),
                            request.clientId(),
                            (double) reading.bytes,
                            node.nowMs().getAsLong());
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
                    wanted.forEach(this::read);
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
                        known = known(topic);
                        Partition partition = node.partition(known, wanted.partition());
                        checkReplica(partition, wanted);
                        data = read(partition, wanted);
                    } catch (ApiException e) {
                        urgent = true;
                        data = refused(known, wanted, Errors.forException(e));
                    }
                    answer.partitions().add(data);
                }
            }

            private TopicImage known(FetchRequestData.FetchTopic topic) {
                if (request.version() >= TOPIC_ID_VERSION_MIN && topic.topicId().equals(Uuid.ZERO_UUID)) {
                    throw new UnknownTopicIdException("The topic ID is zero.");
                }
                return node.topic(topic.topic(), topic.topicId());
            }

            private void checkReplica(Partition partition, FetchRequestData.FetchPartition wanted) {
                int replica = FetchRequest.replicaId(request.body().data());
                if (replica >= 0) {
                    partition.reads().requireLeading(wanted.currentLeaderEpoch());
                    throw new NotLeaderOrFollowerException("Broker " + replica + " is no replica of the partition.");
                }
            }

            private PartitionData read(Partition partition, FetchRequestData.FetchPartition wanted) {
                int limit = (int) Math.min(wanted.partitionMaxBytes(), Math.max(0, maxBytes - bytes));
                FetchedRecords records = partition
                        .reads()
                        .read(
                                wanted.fetchOffset(),
                                limit,
                                bytes == 0,
                                isolation,
                                wanted.currentLeaderEpoch(),
                                wanted.lastFetchedEpoch());
                found.add(records);
                watches.add(new PendingFetch.Watch(partition, isolation, records.readableEnd()));
                bytes += records.sizeInBytes();
                // Of one without an error it has empty records already, which a client takes better than none.
                PartitionData data = FetchResponse.partitionResponse(wanted.partition(), Errors.NONE)
                        .setHighWatermark(records.highWatermark())
                        .setLastStableOffset(records.lastStableOffset())
                        .setLogStartOffset(records.logStartOffset())
                        .setAbortedTransactions(aborted(records.abortedTransactions()));
                if (records.records() != null) {
                    data.setRecords(records.records());
                }
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
                    data.setAbortedTransactions(null);
                    LeaderHints.add(
                            request.version(),
                            response,
                            data,
                            error,
                            image,
                            partition,
                            request.peer().listener());
                    if (request.body().isFromFollower()) {
                        // A broker knows where its peers are. Kafka tells clients alone.
                        response.nodeEndpoints().clear();
                    }
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
