package dev.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class The_expressions_of_clients {

    @Test
    void match_whole_names() {
        ClientRegex regex = ClientRegex.compile("(?i)orders-[\\pL]{1,3}\\d{2}|[^])}{(]x");
        assertThat(regex.matches("Orders-ab12")).isTrue();
        assertThat(regex.matches("ax")).isTrue();
        assertThat(regex.matches("orders-abcd12")).isFalse();
    }

    @Test
    void may_list_hundreds_of_names() {
        String names = IntStream.range(0, 500)
                .mapToObj(i -> "a-topic-of-some-department-" + i)
                .collect(Collectors.joining("|"));
        assertThat(ClientRegex.compile(names).matches("a-topic-of-some-department-499"))
                .isTrue();
        assertThat(ClientRegex.compile("(" + names + ")").matches("a-topic-of-some-department-7"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "((a{1000}){1000}){1000}",
                "(((((a{100}){100}){100}){100}){100})",
                "(([^]]{900}[(]){900})",
                "([)]a{1000}){1000}",
                "([[:alpha:])]a{1000}){1000}",
                "(\\Q)\\Ea{1000}){1000}",
                "(\\)a{1000}){1000}",
                "(a{900,}){900}",
                "(?:\\p{Greek}{1000}){2}"
            })
    void are_refused_when_they_would_become_much(String regex) {
        assertThatThrownBy(() -> ClientRegex.compile(regex))
                .isInstanceOf(PatternSyntaxException.class)
                .hasMessageContaining("too large");
    }

    @Test
    void are_refused_when_every_state_would_remember_many_groups() {
        assertThatThrownBy(() -> ClientRegex.compile("(a|b)*".repeat(2_000))).hasMessageContaining("too large");
    }

    @Test
    void are_refused_when_they_nest_deeply() {
        assertThatThrownBy(() -> ClientRegex.compile("(?:".repeat(500) + "a" + ")".repeat(500)))
                .hasMessageContaining("nests too deeply");
    }

    @Test
    void are_refused_when_a_small_stack_does_not_do() throws Exception {
        Throwable[] thrown = new Throwable[1];
        Runnable compile = () -> {
            try {
                ClientRegex.compile("a?".repeat(9_000));
            } catch (PatternSyntaxException e) {
                thrown[0] = e;
            }
        };
        Thread small = new Thread(null, compile, "small", 256 << 10);
        small.start();
        small.join();
        assertThat(thrown[0]).hasMessageContaining("too many choices");
    }

    @Test
    void are_refused_when_they_can_not_be_read() {
        for (String regex : new String[] {"(a", "[a", "a{2}{3}", "\\", "*", "a)", "\\p{", "[[:x", "(?"}) {
            assertThatThrownBy(() -> ClientRegex.compile(regex)).isInstanceOf(PatternSyntaxException.class);
        }
    }
}
