package dev.millrace.broker.api.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.broker.api.DataRequests;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.UpdateFeaturesResponse;
import org.junit.jupiter.api.Test;

/** UpdateFeatures, from the bytes of the request to what has become of the cluster. */
final class The_requests_about_features {

    private static final String TRANSACTION = "transaction.version";
    private static final int UPGRADE = 1;
    private static final int SAFE_DOWNGRADE = 2;
    private static final int UNSAFE_DOWNGRADE = 3;

    private final DataRequests requests = new DataRequests();

    private static FeatureUpdateKey update(String feature, int level, int type) {
        return new FeatureUpdateKey()
                .setFeature(feature)
                .setMaxVersionLevel((short) level)
                .setUpgradeType((byte) type);
    }

    private static UpdateFeaturesRequestData request(FeatureUpdateKey... updates) {
        UpdateFeaturesRequestData request = new UpdateFeaturesRequestData();
        for (FeatureUpdateKey update : updates) {
            request.featureUpdates().add(update);
        }
        return request;
    }

    private UpdateFeaturesResponseData ask(UpdateFeaturesRequestData request, int version) {
        return requests.ask(request, version, UpdateFeaturesResponse.class).data();
    }

    private Errors ask(FeatureUpdateKey... updates) {
        return Errors.forCode(ask(request(updates), 2).errorCode());
    }

    private int level() {
        return requests.metadata.image().featureLevel(TRANSACTION);
    }

    @Test
    void lower_a_level_when_that_is_meant_to_be_safe() {
        assertThat(ask(update(TRANSACTION, 1, SAFE_DOWNGRADE))).isEqualTo(Errors.NONE);

        assertThat(level()).isEqualTo(1);
    }

    @Test
    void lower_a_level_when_that_may_be_unsafe() {
        assertThat(ask(update(TRANSACTION, 0, UNSAFE_DOWNGRADE))).isEqualTo(Errors.NONE);

        assertThat(level()).isZero();
    }

    @Test
    void raise_a_level_again() {
        ask(update(TRANSACTION, 1, SAFE_DOWNGRADE));

        assertThat(ask(update(TRANSACTION, 2, UPGRADE))).isEqualTo(Errors.NONE);

        assertThat(level()).isEqualTo(2);
    }

    @Test
    void lower_no_level_by_an_upgrade() {
        assertThat(ask(update(TRANSACTION, 1, UPGRADE))).isEqualTo(Errors.INVALID_UPDATE_VERSION);

        assertThat(level()).isEqualTo(2);
    }

    @Test
    void raise_no_level_by_a_downgrade() {
        ask(update(TRANSACTION, 1, SAFE_DOWNGRADE));

        assertThat(ask(update(TRANSACTION, 2, SAFE_DOWNGRADE))).isEqualTo(Errors.INVALID_UPDATE_VERSION);
        assertThat(ask(update(TRANSACTION, 2, UNSAFE_DOWNGRADE))).isEqualTo(Errors.INVALID_UPDATE_VERSION);

        assertThat(level()).isEqualTo(1);
    }

    @Test
    void know_three_directions() {
        assertThat(ask(update(TRANSACTION, 1, 0))).isEqualTo(Errors.INVALID_UPDATE_VERSION);
        assertThat(ask(update(TRANSACTION, 1, 4))).isEqualTo(Errors.INVALID_UPDATE_VERSION);

        assertThat(level()).isEqualTo(2);
    }

    @Test
    void stay_within_the_levels_that_are_supported() {
        assertThat(ask(update(TRANSACTION, 3, UPGRADE))).isEqualTo(Errors.INVALID_UPDATE_VERSION);
        assertThat(ask(update(TRANSACTION, -1, SAFE_DOWNGRADE))).isEqualTo(Errors.INVALID_UPDATE_VERSION);

        assertThat(level()).isEqualTo(2);
    }

    @Test
    void name_the_feature_that_is_not_known_and_change_nothing_else() {
        UpdateFeaturesResponseData answer =
                ask(request(update(TRANSACTION, 1, SAFE_DOWNGRADE), update("time.travel", 1, UPGRADE)), 2);

        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.INVALID_UPDATE_VERSION);
        assertThat(answer.errorMessage()).contains("time.travel").doesNotContain(TRANSACTION);
        assertThat(level()).isEqualTo(2);
    }

    @Test
    void change_nothing_when_they_only_ask() {
        UpdateFeaturesRequestData dry =
                request(update(TRANSACTION, 1, SAFE_DOWNGRADE)).setValidateOnly(true);
        UpdateFeaturesRequestData wrong =
                request(update(TRANSACTION, 1, UPGRADE)).setValidateOnly(true);

        assertThat(Errors.forCode(ask(dry, 2).errorCode())).isEqualTo(Errors.NONE);
        assertThat(Errors.forCode(ask(wrong, 2).errorCode())).isEqualTo(Errors.INVALID_UPDATE_VERSION);
        assertThat(level()).isEqualTo(2);
    }

    @Test
    void tell_of_every_feature_before_version_2_alone() {
        assertThat(ask(request(update(TRANSACTION, 1, SAFE_DOWNGRADE)), 1).results())
                .extracting(UpdatableFeatureResult::feature, UpdatableFeatureResult::errorCode)
                .containsExactly(tuple(TRANSACTION, Errors.NONE.code()));
        assertThat(ask(request(update(TRANSACTION, 1, SAFE_DOWNGRADE)), 2).results())
                .isEmpty();
    }
}
