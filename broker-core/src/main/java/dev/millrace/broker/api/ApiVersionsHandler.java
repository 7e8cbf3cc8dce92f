package dev.millrace.broker.api;

import dev.millrace.broker.machine.Ticket;
import java.util.Map;
import org.apache.kafka.common.feature.SupportedVersionRange;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;

/** ApiVersions (key 18): what is served here, which every client asks first. */
public final class ApiVersionsHandler implements ApiHandler<ApiVersionsRequest, ApiVersionsResponseData> {

    /** The version from which on clients can read a feature whose supported levels start at 0 (KAFKA-17492). */
    private static final short LEVEL_ZERO_VERSION = 4;

    /** Features of the cluster (KIP-584). Called for every request. */
    public interface Features {

        /** Which levels this broker could run at. */
        Map<String, SupportedVersionRange> supported();

        /** Which level the cluster runs at; a feature at level 0 is left out. */
        Map<String, Short> finalized();

        /** Grows with every change; -1 when not known. */
        long epoch();
    }

    private final ApiTable table;
    private final Features features;

    ApiVersionsHandler(ApiTable table, Features features) {
        this.table = table;
        this.features = features;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.API_VERSIONS;
    }

    @Override
    public void handle(ApiRequest<ApiVersionsRequest> request, Ticket<ApiVersionsResponseData> ticket) {
        if (request.body().hasUnsupportedRequestVersion()) {
            ticket.fail(Errors.UNSUPPORTED_VERSION.exception());
        } else if (!request.body().isValid()) {
            ticket.fail(Errors.INVALID_REQUEST.exception());
        } else {
            ticket.answer(answer(request.version()));
        }
    }

    private ApiVersionsResponseData answer(short version) {
        return new ApiVersionsResponse.Builder()
                .setApiVersions(table.versions().advertised())
                .setSupportedFeatures(org.apache.kafka.common.feature.Features.supportedFeatures(features.supported()))
                .setFinalizedFeatures(features.finalized())
                .setFinalizedFeaturesEpoch(features.epoch())
                .setAlterFeatureLevel0(version < LEVEL_ZERO_VERSION)
                .build()
                .data();
    }
}
