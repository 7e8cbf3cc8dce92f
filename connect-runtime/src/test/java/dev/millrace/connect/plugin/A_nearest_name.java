package dev.millrace.connect.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class A_nearest_name {

    private static final List<String> KNOWN = List.of("bootstrap.servers", "group.id", "plugin.path");

    @Test
    void is_the_one_with_the_fewest_slips() {
        assertThat(NearestName.of("boostrap.server", KNOWN)).contains("bootstrap.servers");
        assertThat(NearestName.of("Group.ID", KNOWN)).contains("group.id");
    }

    @Test
    void is_none_when_everything_is_far() {
        assertThat(NearestName.of("offset.flush.interval.ms", KNOWN)).isEmpty();
    }
}
