package dev.millrace.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.streams.errors.TopologyException;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class A_job {

    private final JobContext context =
            new JobContext("trending", Map.of("topic", "tweets", "size", "12", "wrong", "x"));

    @Test
    void is_told_its_settings() {
        assertThat(context.setting("topic", "other")).isEqualTo("tweets");
        assertThat(context.setting("missing", "other")).isEqualTo("other");
        assertThat(context.setting("size", 1)).isEqualTo(12);
        assertThat(context.setting("missing", 1)).isEqualTo(1);
    }

    @Test
    void hears_which_setting_is_no_number() {
        assertThatThrownBy(() -> context.setting("wrong", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'wrong'")
                .hasMessageContaining("'trending'");
    }

    @Test
    void does_not_become_an_application_with_wrong_settings() {
        Topology topology = new StreamsBuilder().build();
        assertThatThrownBy(() -> new StreamsApplication(topology, Map.of("application.id", "app")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("bootstrap.servers");
    }

    @Test
    void does_not_become_an_application_without_serdes() {
        var builder = new StreamsBuilder();
        builder.stream("in").to("out");
        Topology topology = builder.build();
        assertThatThrownBy(() -> new StreamsApplication(
                        topology, Map.of("application.id", "app", "bootstrap.servers", "localhost:1")))
                .isInstanceOf(TopologyException.class)
                .hasMessageContaining("default.key.serde");
    }

    @Test
    void closes_without_having_been_started() {
        var application = new StreamsApplication(
                new StreamsBuilder().build(), Map.of("application.id", "app", "bootstrap.servers", "localhost:1"));
        application.close();
        assertThat(application.state()).isEqualTo(ApplicationState.NOT_RUNNING);
        assertThatThrownBy(application::start).isInstanceOf(IllegalStateException.class);
    }
}
