package dev.millrace.broker.api.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.api.DataRequests;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterConfigsResponse;
import org.apache.kafka.common.requests.DescribeConfigsResponse;
import org.apache.kafka.common.requests.IncrementalAlterConfigsResponse;
import org.apache.kafka.common.requests.ListConfigResourcesResponse;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class The_requests_about_settings {

    private final DataRequests requests = new DataRequests();

    @Nested
    class Describe_configs {

        private DescribeConfigsResult describe(ConfigResource.Type type, String name, List<String> keys) {
            DescribeConfigsRequestData request = new DescribeConfigsRequestData()
                    .setIncludeSynonyms(true)
                    .setIncludeDocumentation(true)
                    .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                            .setResourceType(type.id())
                            .setResourceName(name)
                            .setConfigurationKeys(keys)));
            return requests.ask(request, DescribeConfigsResponse.class)
                    .data()
                    .results()
                    .get(0);
        }

        @Test
        void tells_every_setting_of_a_topic() {
            requests.createTopic("orders", 1, Map.of("retention.ms", "5"));

            List<DescribeConfigsResourceResult> configs =
                    describe(ConfigResource.Type.TOPIC, "orders", null).configs();

            assertThat(configs).hasSize(33).noneMatch(DescribeConfigsResourceResult::readOnly);
            assertThat(configs)
                    .filteredOn(config -> config.name().equals("retention.ms"))
                    .singleElement()
                    .satisfies(config -> {
                        assertThat(config.value()).isEqualTo("5");
                        assertThat(config.configSource()).isEqualTo((byte) 1);
                        assertThat(config.synonyms()).hasSize(1);
                        assertThat(config.configType()).isEqualTo((byte) 5);
                        assertThat(config.documentation()).isNotEmpty();
                    });
        }

        @Test
        void tells_only_what_is_asked_for() {
            requests.createTopic("orders", 1);

            assertThat(describe(ConfigResource.Type.TOPIC, "orders", List.of("segment.ms", "no.such"))
                            .configs())
                    .extracting(DescribeConfigsResourceResult::name)
                    .containsExactly("segment.ms");
        }

        @Test
        void refuses_an_unknown_topic() {
            assertThat(describe(ConfigResource.Type.TOPIC, "nothing", null).errorCode())
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }

        @Test
        void tells_the_settings_of_this_broker_and_hides_secrets() {
            DataRequests secretive =
                    new DataRequests(Map.of("ssl.keystore.password", "hunter2", "log.retention.ms", "7"));
            DescribeConfigsRequestData request = new DescribeConfigsRequestData()
                    .setIncludeSynonyms(true)
                    .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                            .setResourceType(ConfigResource.Type.BROKER.id())
                            .setResourceName("1")
                            .setConfigurationKeys(null)));

            List<DescribeConfigsResourceResult> configs = secretive
                    .ask(request, DescribeConfigsResponse.class)
                    .data()
                    .results()
                    .get(0)
                    .configs();

            assertThat(configs).hasSizeGreaterThan(200);
            assertThat(configs)
                    .filteredOn(config -> config.name().equals("ssl.keystore.password"))
                    .singleElement()
                    .satisfies(config -> {
                        assertThat(config.isSensitive()).isTrue();
                        assertThat(config.value()).isNull();
                        assertThat(config.synonyms()).allMatch(synonym -> synonym.value() == null);
                    });
            assertThat(configs)
                    .filteredOn(config -> config.name().equals("log.retention.ms"))
                    .singleElement()
                    .satisfies(config -> {
                        assertThat(config.value()).isEqualTo("7");
                        assertThat(config.readOnly()).isFalse();
                        assertThat(config.configSource()).isEqualTo((byte) 4);
                    });
        }

        @Test
        void refuses_another_broker() {
            assertThat(describe(ConfigResource.Type.BROKER, "2", null).errorCode())
                    .isEqualTo(Errors.INVALID_REQUEST.code());
            assertThat(describe(ConfigResource.Type.BROKER, "one", null).errorCode())
                    .isEqualTo(Errors.INVALID_REQUEST.code());
        }

        @Test
        void tells_what_is_set_for_all_brokers() {
            alter(ConfigResource.Type.BROKER, "", "log.retention.ms", 0, "9");

            assertThat(describe(ConfigResource.Type.BROKER, "", null).configs())
                    .extracting(config -> config.name() + "=" + config.value())
                    .containsExactly("log.retention.ms=9", "min.insync.replicas=1");
        }

        @Test
        void fails_all_when_one_is_of_a_kind_without_settings() {
            requests.createTopic("orders", 1);
            DescribeConfigsRequestData request = new DescribeConfigsRequestData();
            request.resources()
                    .add(new DescribeConfigsRequestData.DescribeConfigsResource()
                            .setResourceType(ConfigResource.Type.TOPIC.id())
                            .setResourceName("orders"));
            request.resources()
                    .add(new DescribeConfigsRequestData.DescribeConfigsResource()
                            .setResourceType((byte) 77)
                            .setResourceName("x"));

            assertThat(requests.ask(request, DescribeConfigsResponse.class)
                            .data()
                            .results())
                    .extracting(DescribeConfigsResult::errorCode)
                    .containsOnly(Errors.INVALID_REQUEST.code());
        }

        @Test
        void tells_how_fast_partitions_may_move_once_it_is_set() {
            assertThat(alter(ConfigResource.Type.BROKER, "1", "replica.alter.log.dirs.io.max.bytes.per.second", 0, "7"))
                    .isEqualTo(Errors.NONE);

            assertThat(describe(
                                    ConfigResource.Type.BROKER,
                                    "1",
                                    List.of("replica.alter.log.dirs.io.max.bytes.per.second"))
                            .configs())
                    .singleElement()
                    .satisfies(config -> {
                        assertThat(config.value()).isEqualTo("7");
                        assertThat(config.isSensitive()).isFalse();
                        assertThat(config.readOnly()).isFalse();
                    });
        }

        @Test
        void tells_the_settings_of_any_group() {
            assertThat(describe(ConfigResource.Type.GROUP, "g", null).configs()).isNotEmpty();
        }
    }

    @Nested
    class Alter_configs {

        private Map<String, String> configs() {
            return requests.metadata.image().configs(new ConfigResource(ConfigResource.Type.TOPIC, "orders"));
        }

        @Test
        void sets_deletes_appends_and_subtracts() {
            requests.createTopic("orders", 1);

            assertThat(alter(ConfigResource.Type.TOPIC, "orders", "retention.ms", 0, "5"))
                    .isEqualTo(Errors.NONE);
            assertThat(alter(ConfigResource.Type.TOPIC, "orders", "cleanup.policy", 2, "compact"))
                    .isEqualTo(Errors.NONE);
            assertThat(configs()).isEqualTo(Map.of("retention.ms", "5", "cleanup.policy", "delete,compact"));
            assertThat(alter(ConfigResource.Type.TOPIC, "orders", "cleanup.policy", 3, "delete"))
                    .isEqualTo(Errors.NONE);
            assertThat(alter(ConfigResource.Type.TOPIC, "orders", "retention.ms", 1, null))
                    .isEqualTo(Errors.NONE);
            assertThat(configs()).isEqualTo(Map.of("cleanup.policy", "compact"));
        }

        @Test
        void refuses_an_operation_that_does_not_exist() {
            requests.createTopic("orders", 1);

            assertThat(alter(ConfigResource.Type.TOPIC, "orders", "retention.ms", 9, "5"))
                    .isEqualTo(Errors.INVALID_REQUEST);
        }

        @Test
        void replaces_everything_for_older_clients() {
            requests.createTopic("orders", 1, Map.of("retention.ms", "5"));
            AlterConfigsRequestData request = new AlterConfigsRequestData();
            AlterConfigsRequestData.AlterConfigsResource resource = new AlterConfigsRequestData.AlterConfigsResource()
                    .setResourceType(ConfigResource.Type.TOPIC.id())
                    .setResourceName("orders");
            resource.configs()
                    .add(new AlterConfigsRequestData.AlterableConfig()
                            .setName("segment.ms")
                            .setValue("7"));
            request.resources().add(resource);

            requests.ask(request, AlterConfigsResponse.class);

            assertThat(configs()).isEqualTo(Map.of("segment.ms", "7"));
        }
    }

    @Test
    void list_config_resources_tells_topics_and_brokers_with_their_loggers() {
        requests.createTopic("orders", 1);

        assertThat(requests.ask(new ListConfigResourcesRequestData(), ListConfigResourcesResponse.class)
                        .data()
                        .configResources())
                .extracting(resource -> resource.resourceName())
                .containsExactlyInAnyOrder("orders", "1", "1");
    }

    private Errors alter(ConfigResource.Type type, String name, String key, int operation, String value) {
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        IncrementalAlterConfigsRequestData.AlterConfigsResource resource =
                new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(type.id())
                        .setResourceName(name);
        resource.configs()
                .add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                        .setName(key)
                        .setConfigOperation((byte) operation)
                        .setValue(value));
        request.resources().add(resource);
        return Errors.forCode(requests.ask(request, IncrementalAlterConfigsResponse.class)
                .data()
                .responses()
                .get(0)
                .errorCode());
    }
}
