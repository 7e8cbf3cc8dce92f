package dev.millrace.connect.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connect.builtin.ByteArrayConverter;
import dev.millrace.connect.doubles.CountingSourceConnector;
import dev.millrace.connect.doubles.CountingSourceTask;
import dev.millrace.connect.doubles.MemorySinkConnector;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.source.SourceConnector;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class The_plugins {

    private static final String COUNTING = CountingSourceConnector.class.getName();
    private static final List<PluginType> CONNECTORS = PluginType.CONNECTORS;

    @TempDir
    private Path pluginPath;

    private Plugins discover(String mode) {
        return Plugins.discover(List.of(pluginPath.toString()), mode, getClass().getClassLoader());
    }

    /** A plugin folder with an archive in it: a source that a service file names, and a transformation that none does. */
    private void bring(boolean withServiceFile) {
        Path folder = pluginPath.resolve("counting");
        try {
            Files.createDirectories(folder);
            try (OutputStream file = Files.newOutputStream(folder.resolve("counting.jar"));
                    JarOutputStream jar = new JarOutputStream(file)) {
                add(jar, CountingSourceConnector.class);
                add(jar, CountingSourceTask.class);
                add(jar, NamedByClassOnly.class);
                if (withServiceFile) {
                    jar.putNextEntry(new JarEntry("META-INF/services/" + SourceConnector.class.getName()));
                    jar.write(COUNTING.getBytes(StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void add(JarOutputStream jar, Class<?> type) throws IOException {
        String name = type.getName().replace('.', '/') + ".class";
        jar.putNextEntry(new JarEntry(name));
        try (InputStream in = type.getClassLoader().getResourceAsStream(name)) {
            in.transferTo(jar);
        }
    }

    @Nested
    class on_the_class_path {

        @Test
        void are_found_by_class_and_by_alias() {
            Plugins plugins = discover("service_load");

            for (String name : List.of(COUNTING, "CountingSourceConnector", "CountingSource")) {
                assertThat(plugins.find(CONNECTORS, name, "connector.class").className())
                        .isEqualTo(COUNTING);
            }
        }

        @Test
        void have_versions() {
            assertThat(discover("service_load").findAny("MemorySink").version()).isEqualTo("4.5.6");
        }

        @Test
        void include_those_that_kafka_ships_apart() {
            Plugins plugins = discover("service_load");

            assertThat(plugins.find(PluginType.CONVERTER, "JsonConverter", "key.converter")
                            .className())
                    .isEqualTo("org.apache.kafka.connect.json.JsonConverter");
            assertThat(plugins.find(PluginType.TRANSFORMATION, "RegexRouter", "type")
                            .className())
                    .isEqualTo("org.apache.kafka.connect.transforms.RegexRouter");
            assertThat(plugins.of(PluginType.PREDICATE)).hasSize(3);
        }

        @Test
        void stand_in_for_those_that_kafka_ships_inside_of_its_runtime() {
            Plugins plugins = discover("service_load");

            assertThat(plugins.find(
                                    PluginType.CONVERTER,
                                    "org.apache.kafka.connect.converters.ByteArrayConverter",
                                    "key.converter")
                            .className())
                    .isEqualTo(ByteArrayConverter.class.getName());
            assertThat(plugins.find(PluginType.OVERRIDE_POLICY, "None", "policy")
                            .className())
                    .endsWith("NoneConnectorClientConfigOverridePolicy");
        }

        @Test
        void need_no_service_file_when_their_class_is_named() {
            assertThat(discover("service_load")
                            .find(PluginType.TRANSFORMATION, NamedByClassOnly.class.getName(), "type")
                            .className())
                    .isEqualTo(NamedByClassOnly.class.getName());
        }

        @Test
        void are_not_taken_for_another_type() {
            assertThatThrownBy(() -> discover("service_load")
                            .find(PluginType.CONVERTER, MemorySinkConnector.class.getName(), "key.converter"))
                    .isInstanceOf(PluginNotFoundException.class)
                    .hasMessageContaining("No converter is called")
                    .hasMessageContaining("setting key.converter");
        }

        @Test
        void are_suggested_when_a_name_is_nearly_right() {
            assertThatThrownBy(() ->
                            discover("service_load").find(CONNECTORS, "com.acme.MemorySinkConector", "connector.class"))
                    .hasMessageContaining("did you mean \"MemorySinkConnector\"?")
                    .hasMessageContaining(pluginPath.toString());
        }

        @Test
        void are_listed_when_nothing_is_near() {
            assertThatThrownBy(() -> discover("service_load").find(CONNECTORS, "Zzz", "connector.class"))
                    .hasMessageContaining("there are: ")
                    .hasMessageContaining(COUNTING);
        }
    }

    @Nested
    class on_the_plugin_path {

        @Test
        void are_loaded_in_isolation_but_share_the_api() throws IOException {
            bring(true);
            try (Plugins plugins = discover("service_load")) {
                Object instance =
                        plugins.find(CONNECTORS, COUNTING, "connector.class").newInstance(SourceConnector.class);

                assertThat(instance.getClass()).isNotEqualTo(CountingSourceConnector.class);
                assertThat(instance).isInstanceOf(SourceConnector.class);
            }
        }

        @Test
        void are_found_without_a_service_file_by_scanning() throws IOException {
            bring(false);
            try (Plugins plugins = discover("hybrid_warn")) {
                assertThat(plugins.find(PluginType.TRANSFORMATION, "NamedByClassOnly", "type")
                                .location())
                        .isEqualTo(pluginPath.resolve("counting").toString());
            }
        }

        @Test
        void are_not_scanned_for_when_service_files_are_to_do() throws IOException {
            bring(false);
            try (Plugins plugins = discover("service_load")) {
                assertThat(plugins.of(PluginType.TRANSFORMATION))
                        .noneMatch(plugin -> plugin.className().equals(NamedByClassOnly.class.getName()));
            }
        }

        @Test
        void must_have_service_files_when_that_is_demanded() {
            bring(false);

            assertThatThrownBy(() -> discover("hybrid_fail"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(NamedByClassOnly.class.getName());
        }

        @Test
        void may_be_single_archives() throws IOException {
            bring(true);
            Path jar = pluginPath.resolve("counting").resolve("counting.jar");
            try (Plugins plugins = Plugins.discover(
                    List.of(jar.toString()), "service_load", getClass().getClassLoader())) {
                assertThat(plugins.find(CONNECTORS, COUNTING, "connector.class").location())
                        .isEqualTo(jar.toString());
            }
        }

        @Test
        void must_be_on_a_path_that_exists() {
            assertThatThrownBy(() -> Plugins.discover(
                            List.of("/no/such/folder"),
                            "service_load",
                            getClass().getClassLoader()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("/no/such/folder");
        }
    }

    @Nested
    class share_with_the_runtime {

        @Test
        void the_api_the_clients_and_the_jdk() {
            assertThat(Isolation.isShared("org.apache.kafka.connect.source.SourceTask"))
                    .isTrue();
            assertThat(Isolation.isShared("org.apache.kafka.clients.producer.KafkaProducer"))
                    .isTrue();
            assertThat(Isolation.isShared("org.apache.kafka.connect.transforms.Transformation"))
                    .isTrue();
            assertThat(Isolation.isShared("org.apache.kafka.connect.transforms.predicates.Predicate"))
                    .isTrue();
            assertThat(Isolation.isShared("org.apache.kafka.common.config.provider.ConfigProvider"))
                    .isTrue();
            assertThat(Isolation.isShared("org.slf4j.Logger")).isTrue();
            assertThat(Isolation.isShared("java.util.List")).isTrue();
        }

        @Test
        void no_plugins_of_kafkas_own_and_no_libraries() {
            assertThat(Isolation.isShared("org.apache.kafka.connect.json.JsonConverter"))
                    .isFalse();
            assertThat(Isolation.isShared("org.apache.kafka.connect.transforms.Cast$Value"))
                    .isFalse();
            assertThat(Isolation.isShared("org.apache.kafka.connect.transforms.predicates.HasHeaderKey"))
                    .isFalse();
            assertThat(Isolation.isShared("org.apache.kafka.connect.storage.StringConverter"))
                    .isFalse();
            assertThat(Isolation.isShared("org.apache.kafka.common.config.provider.FileConfigProvider"))
                    .isFalse();
            assertThat(Isolation.isShared("com.fasterxml.jackson.databind.ObjectMapper"))
                    .isFalse();
        }
    }

    @Nested
    class by_what_a_class_file_says {

        @Test
        void are_known_by_what_they_extend() throws IOException {
            String name = "dev/millrace/connect/doubles/CountingSourceConnector.class";
            try (InputStream in = getClass().getClassLoader().getResourceAsStream(name)) {
                ClassHeader header = ClassHeader.read(in);

                assertThat(header.name()).isEqualTo(COUNTING);
                assertThat(header.parent()).isEqualTo(SourceConnector.class.getName());
                assertThat(header.isConcrete()).isTrue();
            }
        }

        @Test
        void are_not_what_is_no_class_file() {
            assertThatThrownBy(() -> ClassHeader.read(InputStream.nullInputStream()))
                    .isInstanceOf(IOException.class);
        }
    }
}
