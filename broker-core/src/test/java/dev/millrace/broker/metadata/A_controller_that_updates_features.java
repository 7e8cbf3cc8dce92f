package dev.millrace.broker.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.metadata.UpdateFeatures.Direction;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class A_controller_that_updates_features {

    private static final String TRANSACTION = ClusterFeatures.TRANSACTION_VERSION;

    private final ControllerSpec spec = new ControllerSpec();

    private static UpdateFeatures.Change change(String feature, int level, Direction direction) {
        return new UpdateFeatures.Change(feature, (short) level, direction);
    }

    private String refusal(UpdateFeatures.Change... changes) {
        UpdateFeatures.Outcome outcome = spec.when(ticket -> new UpdateFeatures(List.of(changes), false, ticket));
        return outcome.error() == null ? "none" : outcome.error().getMessage();
    }

    private void register(int incarnation) {
        spec.<Long>when(ticket -> new RegisterBroker(1, ControllerSpec.id(incarnation), null, List.of(), ticket));
    }

    private static MetadataEvent changed(String feature, int level) {
        return new MetadataEvent.FeatureLevelChanged(feature, (short) level);
    }

    @Nested
    class of_a_new_cluster {

        @Test
        void speaks_the_highest_levels() {
            assertThat(spec.image().featureLevel(TRANSACTION)).isEqualTo((short) 2);
            assertThat(spec.image().featureLevel("nonsense")).isZero();
        }

        @Test
        void writes_them_down_when_its_first_broker_registers() {
            register(1);

            assertThat(spec.events(MetadataEvent.FeatureLevelChanged.class))
                    .hasSize(ClusterFeatures.all().size())
                    .contains((MetadataEvent.FeatureLevelChanged) changed(TRANSACTION, 2));
        }

        @Test
        void writes_them_down_once() {
            register(1);
            register(2);

            assertThat(spec.events(MetadataEvent.FeatureLevelChanged.class)).isEmpty();
        }
    }

    @Nested
    class whose_eligible_leader_replicas_count {

        private static final ConfigResource ALL = broker("");

        private static ConfigResource broker(String name) {
            return new ConfigResource(ConfigResource.Type.BROKER, name);
        }

        private static MetadataEvent minInSync(ConfigResource of, @Nullable String value) {
            return new MetadataEvent.ConfigChanged(of, "min.insync.replicas", value);
        }

        @Test
        void sets_for_the_cluster_what_holds_by_default() {
            register(1);

            assertThat(spec.events(MetadataEvent.ConfigChanged.class))
                    .containsExactly((MetadataEvent.ConfigChanged) minInSync(ALL, "1"));
        }

        @Test
        void sets_for_the_cluster_what_the_brokers_file_says() {
            ControllerSpec of2 =
                    new ControllerSpec(new ControllerSettings(1, (short) 1, true, Map.of("min.insync.replicas", "2")));

            of2.<Long>when(ticket -> new RegisterBroker(1, ControllerSpec.id(1), null, List.of(), ticket));

            assertThat(of2.image().configs(ALL)).containsEntry("min.insync.replicas", "2");
        }

        @Test
        void does_so_too_when_they_begin_to_and_takes_back_what_one_broker_has_of_its_own() {
            spec.given(changed(EligibleLeaderReplicas.FEATURE, 0), minInSync(broker("1"), "3"));

            refusal(change(EligibleLeaderReplicas.FEATURE, 1, Direction.UPGRADE));

            assertThat(spec.image().configs(ALL)).containsEntry("min.insync.replicas", "1");
            assertThat(spec.image().configs(broker("1"))).isEmpty();
        }

        @Test
        void leaves_what_is_set_for_the_cluster_already() {
            spec.given(changed(EligibleLeaderReplicas.FEATURE, 0), minInSync(ALL, "2"));

            refusal(change(EligibleLeaderReplicas.FEATURE, 1, Direction.UPGRADE));

            assertThat(spec.events()).containsExactly(changed(EligibleLeaderReplicas.FEATURE, 1));
        }
    }

    @Nested
    class going_down {

        @Test
        void does_so_when_the_operator_says_that_is_meant() {
            assertThat(refusal(change(TRANSACTION, 1, Direction.SAFE_DOWNGRADE)))
                    .isEqualTo("none");
            assertThat(spec.events()).containsExactly(changed(TRANSACTION, 1));
            assertThat(spec.image().featureLevel(TRANSACTION)).isEqualTo((short) 1);
        }

        @Test
        void refuses_what_was_meant_as_an_upgrade() {
            assertThat(refusal(change(TRANSACTION, 1, Direction.UPGRADE))).contains("Can't downgrade the version");
            assertThat(spec.events()).isEmpty();
        }

        @Test
        void goes_down_to_nothing() {
            refusal(change(TRANSACTION, 0, Direction.UNSAFE_DOWNGRADE));

            assertThat(spec.image().featureLevel(TRANSACTION)).isZero();
        }

        @Test
        void refuses_it_for_the_metadata() {
            assertThat(refusal(change("metadata.version", 29, Direction.SAFE_DOWNGRADE)))
                    .contains("Unsupported metadata.version downgrade from 30 to 29", "delete metadata");
            assertThat(refusal(change("metadata.version", 29, Direction.UNSAFE_DOWNGRADE)))
                    .contains("Unsafe metadata downgrade is not supported");
            assertThat(refusal(change("kraft.version", 0, Direction.UNSAFE_DOWNGRADE)))
                    .contains("Can't downgrade the version of this feature.");
        }
    }

    @Nested
    class going_up {

        @Test
        void goes_back_to_where_it_was() {
            spec.given(changed(TRANSACTION, 0));

            assertThat(refusal(change(TRANSACTION, 2, Direction.UPGRADE))).isEqualTo("none");
            assertThat(spec.image().featureLevel(TRANSACTION)).isEqualTo((short) 2);
        }

        @Test
        void refuses_what_was_meant_as_a_downgrade() {
            spec.given(changed(TRANSACTION, 0));

            assertThat(refusal(change(TRANSACTION, 2, Direction.SAFE_DOWNGRADE)))
                    .contains("Can't downgrade to a newer version.");
        }

        @Test
        void refuses_levels_that_this_release_does_not_know() {
            assertThat(refusal(change(TRANSACTION, 3, Direction.UPGRADE))).contains("only supports versions 0-2");
            assertThat(refusal(change("metadata.version", 6, Direction.UNSAFE_DOWNGRADE)))
                    .contains("only supports versions 7-30");
            assertThat(refusal(change(TRANSACTION, -1, Direction.UPGRADE))).contains("cannot be less than 0");
        }

        @Test
        void refuses_features_that_this_release_does_not_know() {
            assertThat(refusal(change("foo.version", 1, Direction.UPGRADE))).contains("foo.version", "not support");
            assertThat(refusal(change("foo.version", 0, Direction.SAFE_DOWNGRADE)))
                    .contains("not found");
        }

        @Test
        void refuses_a_direction_that_nobody_knows() {
            assertThat(refusal(change(TRANSACTION, 1, Direction.UNKNOWN))).contains("upgrade type");
        }
    }

    @Test
    void changes_all_or_nothing() {
        assertThat(refusal(
                        change("share.version", 0, Direction.SAFE_DOWNGRADE),
                        change(TRANSACTION, 7, Direction.UPGRADE)))
                .contains(TRANSACTION);
        assertThat(spec.events()).isEmpty();
    }

    @Test
    void changes_nothing_when_it_is_only_asked() {
        UpdateFeatures.Outcome outcome = spec.when(
                ticket -> new UpdateFeatures(List.of(change(TRANSACTION, 0, Direction.SAFE_DOWNGRADE)), true, ticket));

        assertThat(outcome.error()).isNull();
        assertThat(spec.events()).isEmpty();
    }

    @Test
    void writes_nothing_for_a_level_that_is_spoken_already() {
        assertThat(refusal(change(TRANSACTION, 2, Direction.SAFE_DOWNGRADE))).isEqualTo("none");
        assertThat(spec.events()).isEmpty();
    }
}
