package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.CreateTopics;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokerConfigTest {

    private static Endpoint plaintext(String listener, String host, int port) {
        return new Endpoint(listener, SecurityProtocol.PLAINTEXT, host, port);
    }

    @Nested
    class Without_any_settings {

        private final BrokerConfig config = BrokerConfig.parse(Map.of());

        @Test
        void is_node_1_under_data_for_clients_on_this_machine() {
            assertThat(config.nodeId()).isEqualTo(1);
            assertThat(config.logDirs())
                    .containsExactly(Path.of("data").toAbsolutePath().normalize());
            assertThat(config.listeners().bound()).containsExactly(plaintext("PLAINTEXT", "127.0.0.1", 9092));
            assertThat(config.notices()).isEmpty();
        }

        @Test
        void leaves_the_buffers_of_sockets_to_the_system() {
            assertThat(config.network().sendBufferBytes()).isEqualTo(-1);
            assertThat(config.network().receiveBufferBytes()).isEqualTo(-1);
        }

        @Test
        void has_kafkas_defaults_for_all_else() {
            assertThat(config.network().threads()).isEqualTo(3);
            assertThat(config.network().requestBytesMax()).isEqualTo(104_857_600);
            assertThat(config.network().idleMsMax()).isEqualTo(600_000);
            assertThat(config.controllerSettings().defaultPartitions()).isEqualTo(1);
            assertThat(config.partitionSettings().retentionCheckIntervalMs()).isEqualTo(300_000);
        }

        @Test
        void replicates_the_coordinators_topics_as_one_node_can() {
            List<CreateTopics.NewTopic> topics = config.internalTopics();
            assertThat(topics)
                    .extracting(CreateTopics.NewTopic::name)
                    .containsExactly("__consumer_offsets", "__transaction_state");
            assertThat(topics).allSatisfy(topic -> {
                assertThat(topic.partitions()).isEqualTo(50);
                assertThat(topic.replicationFactor()).isEqualTo((short) 1);
                assertThat(topic.configs()).containsEntry("cleanup.policy", "compact");
                assertThat(topic.configs()).containsEntry("segment.bytes", "104857600");
            });
            assertThat(topics.get(1).configs()).containsEntry("min.insync.replicas", "1");
        }
    }

    @Nested
    class With_the_file_that_kafka_is_delivered_with {

        private final Map<String, String> settings = stockSettings();
        private final BrokerConfig config = BrokerConfig.parse(settings);

        private static Map<String, String> stockSettings() {
            Properties properties = new Properties();
            try (InputStream file = BrokerConfigTest.class.getResourceAsStream("kafka-server.properties")) {
                properties.load(file);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            Map<String, String> settings = new HashMap<>();
            properties.stringPropertyNames().forEach(key -> settings.put(key, properties.getProperty(key)));
            return settings;
        }

        @Test
        void listens_for_clients_and_leaves_the_controllers_listener_alone() {
            assertThat(config.listeners().bound()).containsExactly(plaintext("PLAINTEXT", "", 9092));
            assertThat(config.listeners().advertisedFor(config.listeners().bound()))
                    .containsExactly(plaintext("PLAINTEXT", "localhost", 9092));
        }

        @Test
        void takes_what_the_file_says() {
            assertThat(config.logDirs()).containsExactly(Path.of("/tmp/kraft-combined-logs"));
            assertThat(config.network().sendBufferBytes()).isEqualTo(102_400);
        }

        @Test
        void says_in_a_line_each_what_has_no_effect() {
            assertThat(config.notices()).isNotEmpty().allSatisfy(notice -> assertThat(notice)
                    .startsWith("Setting share.coordinator."));
        }
    }

    @Test
    void accepts_one_node_of_a_dynamic_quorum() {
        BrokerConfig config = BrokerConfig.parse(Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.bootstrap.servers", "127.0.0.1:19102",
                "listeners", "PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19102",
                "advertised.listeners", "PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19102",
                "controller.listener.names", "CONTROLLER",
                "inter.broker.listener.name", "PLAINTEXT",
                "listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
                "group.initial.rebalance.delay.ms", "0"));
        assertThat(config.listeners().bound()).hasSize(1);
    }

    @Nested
    class Listeners_by_name {

        @Test
        void have_protocols_by_the_map_and_addresses_of_their_own() {
            BrokerConfig config = BrokerConfig.parse(Map.of(
                    "listeners", "INTERNAL://10.0.0.1:9092,EXTERNAL://0.0.0.0:9094,V6://[::1]:9095",
                    "advertised.listeners", "INTERNAL://10.0.0.1:9092,EXTERNAL://broker.example.com:19094",
                    "listener.security.protocol.map", "INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT,V6:PLAINTEXT",
                    "inter.broker.listener.name", "INTERNAL"));
            assertThat(config.listeners().bound())
                    .containsExactly(
                            plaintext("INTERNAL", "10.0.0.1", 9092),
                            plaintext("EXTERNAL", "0.0.0.0", 9094),
                            plaintext("V6", "::1", 9095));
            assertThat(config.listeners().advertisedFor(config.listeners().bound()))
                    .containsExactly(
                            plaintext("INTERNAL", "10.0.0.1", 9092),
                            plaintext("EXTERNAL", "broker.example.com", 19094));
        }

        @Test
        void are_advertised_with_the_port_that_was_found_for_port_0() {
            Listeners listeners = BrokerConfig.parse(Map.of("listeners", "PLAINTEXT://127.0.0.1:0"))
                    .listeners();
            assertThat(listeners.advertisedFor(List.of(plaintext("PLAINTEXT", "127.0.0.1", 34567))))
                    .containsExactly(plaintext("PLAINTEXT", "127.0.0.1", 34567));
        }

        @Test
        void are_advertised_by_the_name_of_the_host_where_they_listen_everywhere() {
            Listeners listeners =
                    BrokerConfig.parse(Map.of("listeners", "PLAINTEXT://:9092")).listeners();
            Endpoint advertised = listeners.advertisedFor(listeners.bound()).get(0);
            assertThat(advertised.host()).isNotEmpty().isNotEqualTo("0.0.0.0");
            assertThat(advertised.port()).isEqualTo(9092);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "log.dir=/a | /a",
                "log.dirs=/a,/b | /a;/b",
                "log.dir=/a;log.dirs=/b | /b",
                "log.dirs=/a/../c | /c",
            })
    void keeps_its_data_where_log_dirs_or_else_log_dir_says(String settings, String directories) {
        assertThat(BrokerConfig.parse(settings(settings)).logDirs())
                .containsExactly(
                        List.of(directories.split(";")).stream().map(Path::of).toArray(Path[]::new));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "log.dirs=/a,/b | ''",
                "log.dirs=/a,/b;cordoned.log.dirs=/b | /b",
                "log.dirs=/a,/b/../c;cordoned.log.dirs=/b/../c | /c",
                "log.dirs=/a,/b/../c;cordoned.log.dirs=/c | /c",
                "log.dirs=/a,/b;cordoned.log.dirs=* | /a;/b",
                "log.dir=/a;cordoned.log.dirs=/a | /a",
            })
    void makes_no_new_partitions_where_cordoned_log_dirs_says(String settings, String directories) {
        BrokerConfig config = BrokerConfig.parse(settings(settings));

        assertThat(config.notices()).isEmpty();
        assertThat(config.partitionSettings().cordonedLogDirs())
                .isSameAs(config.controllerSettings().cordonedLogDirs());
        assertThat(config.partitionSettings().cordonedLogDirs().of(ClusterImage.empty("c"), config.nodeId()))
                .isEqualTo(directories.isEmpty() ? Set.of() : Set.of(directories.split(";")));
    }

    @Test
    void takes_node_id_from_broker_id_where_that_alone_is_set() {
        assertThat(BrokerConfig.parse(Map.of("broker.id", "7")).nodeId()).isEqualTo(7);
    }

    @Test
    void keeps_the_replication_that_somebody_has_set() {
        BrokerConfig config = BrokerConfig.parse(Map.of(
                "offsets.topic.replication.factor", "3",
                "transaction.state.log.replication.factor", "3",
                "transaction.state.log.min.isr", "2"));
        List<CreateTopics.NewTopic> topics = config.internalTopics();
        assertThat(topics).extracting(CreateTopics.NewTopic::replicationFactor).containsOnly((short) 3);
        assertThat(topics.get(1).configs()).containsEntry("min.insync.replicas", "2");
    }

    @Test
    void accepts_settings_behind_a_listeners_name() {
        assertThat(BrokerConfig.parse(Map.of("listener.name.external.ssl.keystore.location", "/k"))
                        .notices())
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "num.partition=3 | Unknown setting num.partition. Did you mean num.partitions?",
                "frobnicate.the.whole.thing=3 | Unknown setting frobnicate.the.whole.thing: remove it, or correct its name",
                "log.retentoin.ms=3 | Unknown setting log.retentoin.ms. Did you mean log.retention.ms?",
                "retention.ms=3 | retention.ms is a setting of topics; what holds for topics without it is set by log.retention.ms",
                "group.consumer.session.timeout.ms=1000 | group.consumer.session.timeout.ms=1000: expected group.consumer.min.session.timeout.ms=45000 to group.consumer.max.session.timeout.ms=60000",
                "group.consumer.min.session.timeout.ms=1;group.consumer.session.timeout.ms=5000 | group.consumer.heartbeat.interval.ms=5000: expected less than group.consumer.session.timeout.ms=5000",
                "group.consumer.assignors=best | group.consumer.assignors=best: expected some of uniform and range; others can't be plugged in",
                "num.partitions=x | num.partitions=x: expected a whole number, 1 or more",
                "listeners=9092 | listeners=9092: expected NAME://HOST:PORT",
                "listeners=PLAINTEXT://:99999 | listeners=PLAINTEXT://:99999: expected a port from 0 to 65535",
                "listeners=FAST://:9092 | listeners=FAST://:9092: listener.security.protocol.map has no FAST",
                "listeners=SSL://:9092 | listeners: SSL is SSL, which is not supported yet; expected PLAINTEXT",
                "listeners=CONTROLLER://:9093 | listeners=CONTROLLER://:9093: expected one for clients beside the controller's, such as PLAINTEXT://:9092",
                "listeners=PLAINTEXT://:9092,CONTROLLER://:9092 | listeners: two of them have the address :9092; expected one each",
                "listeners=PLAINTEXT://:9092,PLAINTEXT://:9093 | listeners=PLAINTEXT://:9093: there are two listeners named PLAINTEXT",
                "advertised.listeners=PLAINTEXT://0.0.0.0:9092 | advertised.listeners=PLAINTEXT://0.0.0.0:9092: expected a host that clients can connect to",
                "advertised.listeners=SSL://a:9092 | advertised.listeners: listeners has no SSL",
                "inter.broker.listener.name=INTERNAL | inter.broker.listener.name=INTERNAL: listeners has no such listener",
                "listener.security.protocol.map=PLAINTEXT | listener.security.protocol.map=PLAINTEXT: expected NAME:PROTOCOL, separated by commas",
                "broker.id=2;node.id=3 | broker.id=2: expected the same as node.id=3, or none",
                "process.roles=controller | process.roles=controller: expected both broker and controller; nodes with one of them alone are not supported yet",
                "process.roles=broker,janitor | process.roles=broker,janitor: expected some of broker, controller, connect, console, separated by commas",
                "controller.quorum.voters=1@a:1,2@b:1 | controller.quorum.voters=1@a:1,2@b:1: expected this node alone; clusters of several nodes are not supported yet",
                "controller.quorum.voters=2@a:1 | controller.quorum.voters=2@a:1: expected node.id 1 before the @",
                "controller.quorum.bootstrap.servers=a:1,b:1 | controller.quorum.bootstrap.servers=a:1,b:1: expected this node alone; clusters of several nodes are not supported yet",
                "log.dirs=/a,/a/ | log.dirs=/a,/a/: a directory is named twice",
                "log.dirs=/a,/b;cordoned.log.dirs=/c | cordoned.log.dirs=/c: expected * or some of log.dirs, of which '/c' is none",
                "log.dirs=/a,/b;cordoned.log.dirs=*,/a | cordoned.log.dirs=*,/a: expected * alone, or some of log.dirs",
                "queued.max.request.bytes=1000 | queued.max.request.bytes=1000: expected no less than socket.request.max.bytes=104857600",
                "max.connections.per.ip.overrides=127.0.0.1 | max.connections.per.ip.overrides=127.0.0.1: expected HOST:COUNT, separated by commas, not 127.0.0.1",
                "listener.name.plaintext.max.connections=x | listener.name.plaintext.max.connections=x: expected a whole number",
            })
    void refuses_in_one_line_that_names_the_setting_and_what_is_expected(String settings, String message) {
        assertThatThrownBy(() -> BrokerConfig.parse(settings(settings)))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    private static Map<String, String> settings(String pairs) {
        Map<String, String> settings = new HashMap<>();
        for (String pair : pairs.split(";")) {
            settings.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        return settings;
    }
}
