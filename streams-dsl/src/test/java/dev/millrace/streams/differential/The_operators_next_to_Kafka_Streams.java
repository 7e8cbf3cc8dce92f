package dev.millrace.streams.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.streams.differential.BothWays.Input;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** The same operators over the same input give the same records, one by one: keys, values, event times, order. */
class The_operators_next_to_Kafka_Streams {

    @Property(tries = 120)
    void give_the_same_output_each_on_its_own(@ForAll Operator operator, @ForAll("inputs") List<Input> inputs) {
        compare(List.of(operator), inputs);
    }

    @Property(tries = 150, shrinking = ShrinkingMode.BOUNDED)
    void give_the_same_output_in_any_chain(
            @ForAll("chains") List<Operator> chain, @ForAll("inputs") List<Input> inputs) {
        compare(chain, inputs);
    }

    @Property(tries = 100)
    void are_described_in_the_same_words(@ForAll("chains") List<Operator> chain) {
        var both = new BothWays(chain);
        assertThat(both.ours().describe()).isEqualTo(both.theirs().describe().toString());
    }

    private static void compare(List<Operator> chain, List<Input> inputs) {
        var both = new BothWays(chain);
        assertThat(both.runOurs(inputs)).isEqualTo(both.runTheirs(inputs));
    }

    @Provide
    Arbitrary<List<Operator>> chains() {
        return Arbitraries.of(Operator.values()).list().ofMinSize(2).ofMaxSize(4);
    }

    /** Few keys and times close together, so that keys meet, windows fill, and many records are late. */
    @Provide
    Arbitrary<List<Input>> inputs() {
        Arbitrary<String> keys = Arbitraries.of("a", "b", "c").injectNull(0.1);
        Arbitrary<Integer> values = Arbitraries.integers().between(0, 60).injectNull(0.1);
        Arbitrary<Long> times = Arbitraries.longs().between(0, 60_000);
        return Combinators.combine(keys, values, times).as(Input::new).list().ofMaxSize(40);
    }
}
