package dev.millrace.server.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ConsoleTest {

    private final StringWriter text = new StringWriter();

    @Test
    void a_terminal_has_one_line_of_progress_that_is_rewritten() {
        var console = new Console(new PrintWriter(text), true);
        console.progress("one", 0);
        console.progress("two", 1);
        console.line("done");
        assertThat(text.toString()).isEqualTo("\r\033[2Kone\r\033[2Ktwo\r\033[2Kdone" + System.lineSeparator());
    }

    @Test
    void a_file_gets_a_line_now_and_then_and_none_twice() {
        var console = new Console(new PrintWriter(text), false);
        console.progress("one", 0);
        console.progress("two", 4_999);
        console.progress("three", 5_000);
        console.progress("three", 10_000);
        assertThat(text.toString().lines()).containsExactly("one", "three");
    }
}
