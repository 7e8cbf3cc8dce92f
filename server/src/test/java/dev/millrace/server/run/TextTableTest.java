package dev.millrace.server.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {

    @Test
    void columns_are_as_wide_as_their_widest_cell_and_numbers_stand_to_the_right() {
        var table = new TextTable(List.of("HASHTAG", "TWEETS"));
        table.add(List.of("boston", "120"));
        table.add(List.of("prayforboston", "7"));
        assertThat(table.render()).isEqualTo("""
                          HASHTAG         TWEETS
                          -------------   ------
                          boston             120
                          prayforboston        7
                        """);
    }

    @Test
    void a_character_outside_of_the_basic_plane_counts_as_one() {
        var table = new TextTable(List.of("A", "B"));
        table.add(List.of("🙏", "x"));
        assertThat(table.render()).contains("  🙏   x\n");
    }

    @Test
    void a_row_of_another_length_is_refused() {
        assertThatThrownBy(() -> new TextTable(List.of("A")).add(List.of("1", "2")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
