package dev.millrace.connect.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class The_unknown_settings {

    private static final Set<String> OWN = Set.of("connection.url", "insert.mode", "batch.size");
    private static final Set<String> KNOWN =
            Set.of("name", "connector.class", "errors.tolerance", "connection.url", "insert.mode", "batch.size");

    private static List<String> in(String setting) {
        return UnknownSettings.in(Map.of("name", "x", "insert.mode", "upsert", setting, "y"), KNOWN, OWN);
    }

    @Test
    void of_a_config_that_is_right_are_none() {
        assertThat(UnknownSettings.in(Map.of("name", "x", "batch.size", "1"), KNOWN, OWN))
                .isEmpty();
    }

    @Test
    void that_are_nearly_right_are_told_with_the_right_name() {
        assertThat(in("insert.mod")).containsExactly("unknown setting insert.mod: did you mean insert.mode?");
        assertThat(in("errors.tolerence"))
                .containsExactly("unknown setting errors.tolerence: did you mean errors.tolerance?");
    }

    @Test
    void that_resemble_nothing_are_told_with_what_there_is() {
        assertThat(in("frobnicate.it.all"))
                .containsExactly("unknown setting frobnicate.it.all: remove it, or correct its name; the plugin has "
                        + "batch.size, connection.url, insert.mode");
    }

    @Test
    void that_begin_as_the_plugins_own_may_be_for_its_driver() {
        assertThat(in("connection.socketTimeoutSeconds")).isEmpty();
    }

    @Test
    void of_converters_and_clients_are_theirs_to_judge() {
        assertThat(in("value.converter.schema.registry.url")).isEmpty();
        assertThat(in("consumer.override.max.poll.records")).isEmpty();
    }
}
