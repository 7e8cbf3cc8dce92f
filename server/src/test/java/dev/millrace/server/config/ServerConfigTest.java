package dev.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerConfigTest {

    @TempDir
    Path folder;

    @Test
    void without_a_file_all_roles_are_there() {
        assertThat(ServerConfig.load(null, List.of()).roles()).containsExactly(Role.values());
    }

    @Test
    void an_override_goes_before_the_file() throws IOException {
        Path file = Files.writeString(folder.resolve("server.properties"), "node.id=1\nnum.partitions = 3\n");
        assertThat(ServerConfig.load(file, List.of("node.id=7")).broker())
                .containsEntry("node.id", "7")
                .containsEntry("num.partitions", "3");
    }

    @Test
    void settings_go_to_the_part_that_they_belong_to() {
        var config = ServerConfig.of(
                Map.of(
                        "log.dirs", "/d",
                        "connect.group.id", "g",
                        "http.listeners", "http://127.0.0.1:1",
                        "bootstrap.servers", "b:1"),
                Map.of());
        assertThat(config.broker())
                .containsEntry("log.dirs", "/d")
                .doesNotContainKeys("connect.group.id", "http.listeners", "bootstrap.servers");
        assertThat(config.connect()).isEqualTo(Map.of("group.id", "g"));
        assertThat(config.bootstrapServers()).isEqualTo("b:1");
    }

    @Test
    void kafkas_own_roles_make_a_bare_broker() {
        var config = ServerConfig.of(Map.of("process.roles", "broker,controller"), Map.of());
        assertThat(config.roles()).containsExactly(Role.BROKER, Role.CONTROLLER);
    }

    @Test
    void an_unknown_role_is_named() {
        assertThatThrownBy(() -> ServerConfig.of(Map.of("process.roles", "broker,worker"), Map.of()))
                .isInstanceOf(UserError.class)
                .hasMessage("process.roles: 'worker' is none of broker, controller, connect, console");
    }

    @Test
    void a_missing_file_is_named() {
        assertThatThrownBy(() -> ServerConfig.load(folder.resolve("nowhere.properties"), List.of()))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("nowhere.properties");
    }

    @Test
    void an_override_without_a_value_is_refused() {
        assertThatThrownBy(() -> ServerConfig.load(null, List.of("node.id")))
                .isInstanceOf(UserError.class)
                .hasMessage("--override node.id: expected key=value");
    }

    @Test
    void a_value_with_a_placeholder_of_its_own_stays_as_it_is() {
        assertThat(ServerConfig.of(Map.of("connect.x", "${env:HOME}"), Map.of()).connect())
                .containsEntry("x", "${env:HOME}");
    }

    @Test
    void an_http_listener_is_a_url_with_a_port() {
        assertThat(HttpListener.parse("http://127.0.0.1:8083")).isEqualTo(new HttpListener("127.0.0.1", 8083));
        assertThat(HttpListener.parse("http://:8083")).isEqualTo(new HttpListener("0.0.0.0", 8083));
        for (String wrong : List.of("127.0.0.1:8083", "https://h:1", "http://h", "http://h:x")) {
            assertThatThrownBy(() -> HttpListener.parse(wrong))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("http.listeners: '" + wrong + "'");
        }
    }
}
