package dev.millrace.broker.api.cluster;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.UpdateFeatures;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.UpdateFeaturesRequest;
import org.jspecify.annotations.Nullable;

/** UpdateFeatures (key 57; KIP-584, KIP-778). */
final class UpdateFeaturesHandler implements ApiHandler<UpdateFeaturesRequest, UpdateFeaturesResponseData> {

    /** From this version on the answer has no part for each feature: it is all or nothing. */
    private static final short WITHOUT_RESULTS = 2;

    private final NodeView node;

    UpdateFeaturesHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.UPDATE_FEATURES;
    }

    @Override
    public void handle(ApiRequest<UpdateFeaturesRequest> request, Ticket<UpdateFeaturesResponseData> ticket) {
        UpdateFeaturesRequestData data = request.body().data();
        List<UpdateFeatures.Change> changes = new ArrayList<>();
        for (UpdateFeaturesRequestData.FeatureUpdateKey update : data.featureUpdates()) {
            changes.add(new UpdateFeatures.Change(
                    update.feature(), update.maxVersionLevel(), direction(update.upgradeType())));
        }
        Ticket<UpdateFeatures.Outcome> answered =
                new MappedTicket<>(ticket, outcome -> answer(outcome.error(), data, request.version()));
        node.metadata().submit(new UpdateFeatures(changes, data.validateOnly(), answered));
    }

    private static UpdateFeatures.Direction direction(byte upgradeType) {
        return switch (upgradeType) {
            case 1 -> UpdateFeatures.Direction.UPGRADE;
            case 2 -> UpdateFeatures.Direction.SAFE_DOWNGRADE;
            case 3 -> UpdateFeatures.Direction.UNSAFE_DOWNGRADE;
            default -> UpdateFeatures.Direction.UNKNOWN;
        };
    }

    private static UpdateFeaturesResponseData answer(
            @Nullable ApiException error, UpdateFeaturesRequestData asked, short version) {
        UpdateFeaturesResponseData answer = new UpdateFeaturesResponseData().setErrorMessage(null);
        if (error != null) {
            return answer.setErrorCode(Errors.forException(error).code())
                    .setErrorMessage("The update failed for all features since the following feature had an error: "
                            + error.getMessage());
        }
        if (version < WITHOUT_RESULTS) {
            for (UpdateFeaturesRequestData.FeatureUpdateKey update : asked.featureUpdates()) {
                answer.results()
                        .add(new UpdatableFeatureResult()
                                .setFeature(update.feature())
                                .setErrorMessage(Errors.NONE.message()));
            }
        }
        return answer;
    }
}
