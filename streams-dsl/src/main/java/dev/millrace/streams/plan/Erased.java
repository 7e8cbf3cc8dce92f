package dev.millrace.streams.plan;

import dev.millrace.streams.kstream.Aggregator;
import dev.millrace.streams.kstream.ForeachAction;
import dev.millrace.streams.kstream.Initializer;
import dev.millrace.streams.kstream.KeyValueMapper;
import dev.millrace.streams.kstream.Predicate;
import dev.millrace.streams.kstream.Reducer;
import dev.millrace.streams.kstream.ValueMapperWithKey;

/**
 * The one place where types leave: what the language has checked becomes functions over objects. Wrong only if a
 * predecessor hands on what its own type forbids, which is then a ClassCastException at the operator.
 */
@SuppressWarnings("unchecked")
final class Erased {

    private Erased() {}

    static Predicate<Object, Object> predicate(Predicate<?, ?> predicate) {
        return (Predicate<Object, Object>) predicate;
    }

    static <R> KeyValueMapper<Object, Object, R> mapper(KeyValueMapper<?, ?, ?> mapper) {
        return (KeyValueMapper<Object, Object, R>) mapper;
    }

    static <R> ValueMapperWithKey<Object, Object, R> valueMapper(ValueMapperWithKey<?, ?, ?> mapper) {
        return (ValueMapperWithKey<Object, Object, R>) mapper;
    }

    static ForeachAction<Object, Object> action(ForeachAction<?, ?> action) {
        return (ForeachAction<Object, Object>) action;
    }

    static Step.Folding reducing(Reducer<?> reducer) {
        return new Step.Folding.Reducing((Reducer<Object>) reducer);
    }

    static Step.Folding aggregating(Initializer<?> initializer, Aggregator<?, ?, ?> aggregator) {
        return new Step.Folding.Aggregating(
                (Initializer<Object>) initializer, (Aggregator<Object, Object, Object>) aggregator);
    }
}
