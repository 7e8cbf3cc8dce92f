package dev.millrace.broker.api.cluster;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import java.util.List;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AddRaftVoterRequest;
import org.apache.kafka.common.requests.RemoveRaftVoterRequest;
import org.jspecify.annotations.Nullable;

/**
 * AddRaftVoter and RemoveRaftVoter (keys 80, 81): the quorum of the metadata log is this node, which can't be joined and
 * can't be left.
 */
final class RaftVoterApis {

    private RaftVoterApis() {}

    static List<ApiHandler<?, ?>> handlers(NodeView node) {
        return List.of(new Add(node), new Remove(node));
    }

    private static boolean isAnother(NodeView node, @Nullable String clusterId) {
        return clusterId != null && !clusterId.equals(node.image().clusterId());
    }

    private record Add(NodeView node) implements ApiHandler<AddRaftVoterRequest, AddRaftVoterResponseData> {
        @Override
        public ApiKeys key() {
            return ApiKeys.ADD_RAFT_VOTER;
        }

        @Override
        public void handle(ApiRequest<AddRaftVoterRequest> request, Ticket<AddRaftVoterResponseData> ticket) {
            AddRaftVoterRequestData wanted = request.body().data();
            AddRaftVoterResponseData response = new AddRaftVoterResponseData();
            if (isAnother(node, wanted.clusterId())) {
                ticket.answer(response.setErrorCode(Errors.INCONSISTENT_CLUSTER_ID.code())
                        .setErrorMessage("This is cluster " + node.image().clusterId() + "."));
            } else if (wanted.voterId() == node.nodeId()) {
                ticket.answer(response.setErrorCode(Errors.DUPLICATE_VOTER.code())
                        .setErrorMessage("Node " + wanted.voterId() + " is the voter of this quorum already."));
            } else {
                ticket.answer(response.setErrorCode(Errors.UNSUPPORTED_VERSION.code())
                        .setErrorMessage("This cluster is one node: its quorum takes no other voter."));
            }
        }
    }

    private record Remove(NodeView node) implements ApiHandler<RemoveRaftVoterRequest, RemoveRaftVoterResponseData> {
        @Override
        public ApiKeys key() {
            return ApiKeys.REMOVE_RAFT_VOTER;
        }

        @Override
        public void handle(ApiRequest<RemoveRaftVoterRequest> request, Ticket<RemoveRaftVoterResponseData> ticket) {
            RemoveRaftVoterRequestData wanted = request.body().data();
            RemoveRaftVoterResponseData response = new RemoveRaftVoterResponseData();
            if (isAnother(node, wanted.clusterId())) {
                ticket.answer(response.setErrorCode(Errors.INCONSISTENT_CLUSTER_ID.code())
                        .setErrorMessage("This is cluster " + node.image().clusterId() + "."));
            } else if (wanted.voterId() != node.nodeId()) {
                ticket.answer(response.setErrorCode(Errors.VOTER_NOT_FOUND.code())
                        .setErrorMessage("Node " + wanted.voterId() + " is no voter of this quorum."));
            } else {
                ticket.answer(response.setErrorCode(Errors.INVALID_REQUEST.code())
                        .setErrorMessage(
                                "Node " + wanted.voterId() + " is the only voter: without it there is no quorum."));
            }
        }
    }
}
