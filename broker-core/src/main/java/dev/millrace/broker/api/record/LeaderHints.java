package dev.millrace.broker.api.record;

import dev.millrace.broker.metadata.BrokerImage;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.PartitionImage;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Tells a client that came to the wrong broker where the leader is, so that it need not ask (KIP-951). */
final class LeaderHints {

    private static final int PRODUCE_VERSION_MIN = 10;
    private static final int FETCH_VERSION_MIN = 16;

    private LeaderHints() {}

    private static boolean applies(Errors error) {
        return error == Errors.NOT_LEADER_OR_FOLLOWER || error == Errors.FENCED_LEADER_EPOCH;
    }

    static void add(
            int version,
            ProduceResponseData response,
            ProduceResponseData.PartitionProduceResponse partition,
            Errors error,
            ClusterImage image,
            PartitionImage known,
            String listener) {
        BrokerImage.Endpoint endpoint =
                version >= PRODUCE_VERSION_MIN && applies(error) ? endpoint(image, known.leader(), listener) : null;
        if (endpoint == null) {
            return;
        }
        partition.currentLeader().setLeaderId(known.leader()).setLeaderEpoch(known.leaderEpoch());
        if (response.nodeEndpoints().find(known.leader()) == null) {
            response.nodeEndpoints()
                    .add(new ProduceResponseData.NodeEndpoint()
                            .setNodeId(known.leader())
                            .setHost(endpoint.host())
                            .setPort(endpoint.port())
                            .setRack(rack(image, known.leader())));
        }
    }

    static void add(
            int version,
            FetchResponseData response,
            FetchResponseData.PartitionData partition,
            Errors error,
            ClusterImage image,
            PartitionImage known,
            String listener) {
        BrokerImage.Endpoint endpoint =
                version >= FETCH_VERSION_MIN && applies(error) ? endpoint(image, known.leader(), listener) : null;
        if (endpoint == null) {
            return;
        }
        partition.currentLeader().setLeaderId(known.leader()).setLeaderEpoch(known.leaderEpoch());
        if (response.nodeEndpoints().find(known.leader()) == null) {
            response.nodeEndpoints()
                    .add(new FetchResponseData.NodeEndpoint()
                            .setNodeId(known.leader())
                            .setHost(endpoint.host())
                            .setPort(endpoint.port())
                            .setRack(rack(image, known.leader())));
        }
    }

    private static BrokerImage.@Nullable Endpoint endpoint(ClusterImage image, int leader, String listener) {
        BrokerImage broker = image.broker(leader);
        return broker == null ? null : broker.endpoint(listener);
    }

    private static @Nullable String rack(ClusterImage image, int leader) {
        BrokerImage broker = image.broker(leader);
        return broker == null ? null : broker.rack();
    }
}
