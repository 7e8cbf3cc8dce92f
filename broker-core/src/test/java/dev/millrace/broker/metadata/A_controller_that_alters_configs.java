package dev.millrace.broker.metadata;

import static dev.millrace.broker.metadata.AlterConfigs.Operation.APPEND;
import static dev.millrace.broker.metadata.AlterConfigs.Operation.DELETE;
import static dev.millrace.broker.metadata.AlterConfigs.Operation.SET;
import static dev.millrace.broker.metadata.AlterConfigs.Operation.SUBTRACT;
import static dev.millrace.broker.metadata.ControllerSpec.topic;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class A_controller_that_alters_configs {

    private final ControllerSpec spec = new ControllerSpec().givenBrokers(1).givenTopic("orders", 1, 1);

    private static AlterConfigs.Change change(String key, AlterConfigs.Operation operation, @Nullable String value) {
        return new AlterConfigs.Change(key, operation, value);
    }

    private @Nullable ApiException alter(ConfigResource resource, AlterConfigs.Change... changes) {
        List<AlterConfigs.Outcome> outcomes =
                alter(false, new AlterConfigs.Alteration(resource, false, List.of(changes)));
        return outcomes.get(0).error();
    }

    private List<AlterConfigs.Outcome> alter(boolean validateOnly, AlterConfigs.Alteration... alterations) {
        return spec.when(ticket -> new AlterConfigs(List.of(alterations), validateOnly, ticket));
    }

    private Map<String, String> configs() {
        return spec.image().configs(topic("orders"));
    }

    @Nested
    class Of_a_topic {

        @Test
        void sets_a_value() {
            assertThat(alter(topic("orders"), change("retention.ms", SET, "5"))).isNull();
            assertThat(configs()).containsExactly(Map.entry("retention.ms", "5"));
        }

        @Test
        void deletes_a_value() {
            spec.givenConfig("orders", "retention.ms", "5");

            assertThat(alter(topic("orders"), change("retention.ms", DELETE, null)))
                    .isNull();
            assertThat(configs()).isEmpty();
        }

        @Test
        void says_nothing_when_nothing_changes() {
            spec.givenConfig("orders", "retention.ms", "5");

            alter(topic("orders"), change("retention.ms", SET, "5"));

            assertThat(spec.events()).isEmpty();
        }

        @Test
        void appends_to_the_list_that_holds_by_default() {
            alter(topic("orders"), change("cleanup.policy", APPEND, "compact"));

            assertThat(configs()).containsEntry("cleanup.policy", "delete,compact");
        }

        @Test
        void appends_nothing_twice() {
            spec.givenConfig("orders", "cleanup.policy", "compact");

            alter(topic("orders"), change("cleanup.policy", APPEND, "compact,delete"));

            assertThat(configs()).containsEntry("cleanup.policy", "compact,delete");
        }

        @Test
        void subtracts_from_a_list() {
            spec.givenConfig("orders", "cleanup.policy", "compact,delete");

            alter(topic("orders"), change("cleanup.policy", SUBTRACT, "delete"));

            assertThat(configs()).containsEntry("cleanup.policy", "compact");
        }

        @Test
        void refuses_to_append_to_what_is_no_list() {
            assertThat(alter(topic("orders"), change("retention.ms", APPEND, "5")))
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessage("Can't APPEND to key retention.ms because its type is not LIST.");
        }

        @Test
        void refuses_a_value_that_can_not_be_and_changes_none_of_the_others() {
            assertThat(alter(topic("orders"), change("retention.bytes", SET, "5"), change("retention.ms", SET, "soon")))
                    .isInstanceOf(InvalidConfigurationException.class);
            assertThat(spec.events()).isEmpty();
        }

        @Test
        void refuses_a_key_that_stands_there_twice() {
            assertThat(alter(topic("orders"), change("retention.ms", SET, "5"), change("retention.ms", DELETE, null)))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessage("Error due to duplicate config keys");
        }

        @Test
        void refuses_to_set_nothing() {
            assertThat(alter(topic("orders"), change("retention.ms", SET, null)))
                    .isInstanceOf(InvalidRequestException.class);
        }

        @Test
        void refuses_remote_storage_for_there_is_none() {
            assertThat(alter(topic("orders"), change("remote.storage.enable", SET, "true")))
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("Tiered Storage");
            assertThat(alter(topic("orders"), change("remote.storage.enable", SET, "false")))
                    .isNull();
        }

        @Test
        void refuses_a_topic_that_does_not_exist() {
            assertThat(alter(topic("nothing"), change("retention.ms", SET, "5")))
                    .isInstanceOf(UnknownTopicOrPartitionException.class);
        }

        @Test
        void resets_what_an_older_client_does_not_name() {
            spec.givenConfig("orders", "retention.ms", "5").givenConfig("orders", "segment.ms", "7");

            alter(false, new AlterConfigs.Alteration(topic("orders"), true, List.of(change("segment.ms", SET, "8"))));

            assertThat(configs()).containsExactly(Map.entry("segment.ms", "8"));
        }

        @Test
        void only_checks_when_it_shall_only_validate() {
            alter(true, new AlterConfigs.Alteration(topic("orders"), false, List.of(change("segment.ms", SET, "8"))));

            assertThat(spec.events()).isEmpty();
        }

        @Test
        void refuses_a_topic_that_is_named_twice() {
            AlterConfigs.Alteration alteration =
                    new AlterConfigs.Alteration(topic("orders"), false, List.of(change("segment.ms", SET, "8")));

            List<AlterConfigs.Outcome> outcomes = alter(false, alteration, alteration);

            assertThat(outcomes).hasSize(2).allSatisfy(outcome -> assertThat(outcome.error())
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessage("Each resource must appear at most once."));
        }
    }

    @Nested
    class Of_brokers {

        private static ConfigResource broker(String name) {
            return new ConfigResource(ConfigResource.Type.BROKER, name);
        }

        @Test
        void has_each_thread_of_the_cleaner_keep_a_mebibyte_to_remember_keys_in() {
            assertThat(alter(broker(""), change("log.cleaner.dedupe.buffer.size", SET, "1048576")))
                    .isNull();
            assertThat(alter(broker(""), change("log.cleaner.threads", SET, "2")))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("log.cleaner.dedupe.buffer.size=1048576");
        }

        @Test
        void doubles_the_threads_of_the_cleaner_at_most() {
            assertThat(alter(broker(""), change("log.cleaner.threads", SET, "2")))
                    .isNull();
            assertThat(alter(broker(""), change("log.cleaner.threads", SET, "5")))
                    .isInstanceOf(InvalidRequestException.class);
            assertThat(alter(broker(""), change("log.cleaner.threads", SET, "0")))
                    .isInstanceOf(InvalidRequestException.class);
        }

        @Test
        void sets_what_topics_follow_for_one_broker_or_for_all() {
            assertThat(alter(broker("1"), change("log.retention.ms", SET, "5"))).isNull();
            assertThat(alter(broker(""), change("log.retention.ms", SET, "6"))).isNull();

            assertThat(spec.image().configs(broker("1"))).containsEntry("log.retention.ms", "5");
            assertThat(spec.image().configs(broker(""))).containsEntry("log.retention.ms", "6");
        }

        @Test
        void refuses_what_can_not_change_while_the_broker_runs() {
            assertThat(alter(broker("1"), change("log.dirs", SET, "/tmp")))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("log.dirs can't be changed while the broker runs");
        }

        @Test
        void sets_what_is_of_logins_for_one_broker_with_and_without_a_listener() {
            for (String name : List.of(
                    "sasl.kerberos.min.time.before.relogin",
                    "ssl.client.auth",
                    "listener.name.plaintext.sasl.kerberos.min.time.before.relogin")) {
                String value = name.startsWith("ssl") ? "none" : "58000";
                assertThat(alter(broker("1"), change(name, SET, value)))
                        .as(name)
                        .isNull();
                assertThat(alter(broker(""), change(name, SET, value)))
                        .as(name)
                        .isInstanceOf(InvalidRequestException.class)
                        .hasMessageContaining(name + " is set for each broker by itself");
            }
        }

        @Test
        void sets_keys_and_trusted_certificates_for_a_listener_alone() {
            assertThat(alter(broker("1"), change("ssl.keystore.location", SET, "k")))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("expected listener.name.NAME.ssl.keystore.location");
            assertThat(alter(broker("1"), change("listener.name.plaintext.ssl.keystore.location", SET, "k")))
                    .isNull();
        }

        @Test
        void sets_of_a_listener_for_all_brokers_only_how_many_connections_and_threads_it_has() {
            assertThat(alter(broker(""), change("listener.name.plaintext.max.connections", SET, "9")))
                    .isNull();
            assertThat(alter(broker(""), change("listener.name.plaintext.max.connections.per.ip", SET, "9")))
                    .isInstanceOf(InvalidRequestException.class);
            assertThat(alter(broker(""), change("listener.name.plaintext.nobody.knows", SET, "9")))
                    .isInstanceOf(InvalidRequestException.class);
        }

        @Test
        void keeps_of_a_listener_what_of_the_broker_could_not_change() {
            assertThat(alter(broker("1"), change("listener.name.plaintext.sasl.server.max.receive.size", SET, "70000")))
                    .isNull();
            assertThat(alter(broker("1"), change("listener.name.plaintext.sasl.server.max.receive.size", SET, "many")))
                    .isInstanceOf(InvalidRequestException.class);
        }

        @Test
        void refuses_a_broker_that_is_not_registered() {
            assertThat(alter(broker("9"), change("log.retention.ms", SET, "5")))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("no broker 9");
        }

        @Test
        void keeps_one_min_insync_replicas_for_the_cluster_while_eligible_leaders_go_by_it() {
            assertThat(alter(broker(""), change("min.insync.replicas", SET, "2")))
                    .isNull();

            assertThat(alter(broker("1"), change("min.insync.replicas", SET, "3")))
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("Broker-level min.insync.replicas");
            assertThat(alter(broker(""), change("min.insync.replicas", DELETE, null)))
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("Cluster-level min.insync.replicas");
            assertThat(spec.image().configs(broker(""))).containsExactly(Map.entry("min.insync.replicas", "2"));
        }

        @Test
        void sets_min_insync_replicas_for_one_broker_where_nobody_goes_by_it() {
            spec.given(new MetadataEvent.FeatureLevelChanged(EligibleLeaderReplicas.FEATURE, (short) 0));

            assertThat(alter(broker("1"), change("min.insync.replicas", SET, "3")))
                    .isNull();
        }

        @Test
        void refuses_a_name_that_is_no_broker_id() {
            assertThat(alter(broker("one"), change("log.retention.ms", SET, "5")))
                    .isInstanceOf(InvalidRequestException.class);
        }
    }

    @Test
    void refuses_kinds_of_resources_that_have_no_settings_here() {
        assertThat(alter(new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "1"), change("root", SET, "DEBUG")))
                .isInstanceOf(InvalidRequestException.class);
    }
}
