package dev.millrace.broker.metadata;

import static dev.millrace.broker.metadata.ControllerSpec.newTopic;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of log.dirs=data,/more, where data is /srv/data. */
class A_controller_of_cordoned_log_dirs {

    private static final Map<String, String> PATHS =
            Map.of("data", "/srv/data", "/srv/data", "/srv/data", "/more", "/more");
    private static final ConfigResource BROKER_1 = new ConfigResource(ConfigResource.Type.BROKER, "1");

    private final ControllerSpec spec = spec("").givenBrokers(1);

    private static ControllerSpec spec(String fixed) {
        return new ControllerSpec(
                new ControllerSettings(1, (short) 1, true, Map.of(), new CordonedLogDirs(PATHS, fixed)));
    }

    private static @Nullable ApiException set(ControllerSpec spec, String broker, String value) {
        AlterConfigs.Alteration alteration = new AlterConfigs.Alteration(
                new ConfigResource(ConfigResource.Type.BROKER, broker),
                false,
                List.of(new AlterConfigs.Change(CordonedLogDirs.SETTING, AlterConfigs.Operation.SET, value)));
        List<AlterConfigs.Outcome> outcomes = spec.when(ticket -> new AlterConfigs(List.of(alteration), false, ticket));
        return outcomes.get(0).error();
    }

    private static @Nullable ApiException create(ControllerSpec spec, int replicas) {
        return spec.create(newTopic("new", 1, replicas)).get(0).error();
    }

    @Nested
    class That_is_told_of_some {

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "*", "data", "/srv/data", "/more", " /more , data ", "/more,/more"})
        void takes_every_name_of_theirs(String value) {
            assertThat(set(spec, "1", value)).isNull();
            assertThat(spec.image().configs(BROKER_1)).containsEntry(CordonedLogDirs.SETTING, value);
        }

        @ParameterizedTest
        @ValueSource(strings = {"/srv", "/srv/data/", "/more,/other", "/more,", "*,/more", "/more,*"})
        void refuses_what_is_none_of_them(String value) {
            assertThat(set(spec, "1", value))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining(CordonedLogDirs.SETTING + "=" + value + ": expected");
            assertThat(spec.events()).isEmpty();
        }

        @Test
        void refuses_to_have_all_brokers_do_it() {
            assertThat(set(spec, "", "*"))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("is set for each broker by itself");
        }

        @Test
        void refuses_it_in_a_cluster_from_before_there_was_such_a_thing() {
            spec.given(new MetadataEvent.FeatureLevelChanged(ClusterFeatures.METADATA_VERSION, (short) 29));

            assertThat(set(spec, "1", "*"))
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("4.3-IV0");
        }
    }

    @Nested
    class That_places_partitions {

        @Test
        void refuses_new_ones_while_all_are_cordoned() {
            spec.givenTopic("orders", 1, 1);
            set(spec, "1", "data,/more");

            assertThat(create(spec, 1)).isInstanceOf(InvalidReplicationFactorException.class);
            List<CreatePartitions.Outcome> outcomes = spec.when(ticket ->
                    new CreatePartitions(List.of(new CreatePartitions.Increase("orders", 2, null)), false, ticket));
            assertThat(outcomes.get(0).error()).isInstanceOf(InvalidReplicationFactorException.class);
        }

        @Test
        void makes_new_ones_while_one_is_open() {
            set(spec, "1", "/srv/data");

            assertThat(create(spec, 1)).isNull();
        }

        @Test
        void makes_those_that_are_placed_by_hand() {
            set(spec, "1", "*");

            CreateTopics.NewTopic byHand = new CreateTopics.NewTopic(
                    "new", -1, (short) -1, List.of(new CreateTopics.Assignment(0, List.of(1))), Map.of());
            assertThat(spec.create(byHand).get(0).error()).isNull();
        }

        @Test
        void leaves_out_the_brokers_that_have_no_other() {
            spec.givenBrokers(2);
            set(spec, "1", "*");

            assertThat(create(spec, 2))
                    .isInstanceOf(InvalidReplicationFactorException.class)
                    .hasMessageContaining("only 1 broker(s)");
            assertThat(create(spec, 1)).isNull();
            assertThat(spec.events(MetadataEvent.PartitionAdded.class))
                    .singleElement()
                    .satisfies(added -> assertThat(added.partition().replicas()).containsExactly(2));
        }

        @Test
        void goes_by_the_file_until_something_else_is_set() {
            ControllerSpec fixed = spec("*").givenBrokers(1);
            assertThat(create(fixed, 1)).isInstanceOf(InvalidReplicationFactorException.class);

            set(fixed, "1", "");

            assertThat(create(fixed, 1)).isNull();
        }

        @Test
        void minds_no_cordon_in_a_cluster_from_before_there_was_such_a_thing() {
            ControllerSpec old = spec("*")
                    .givenBrokers(1)
                    .given(new MetadataEvent.FeatureLevelChanged(ClusterFeatures.METADATA_VERSION, (short) 29));

            assertThat(create(old, 1)).isNull();
        }
    }
}
