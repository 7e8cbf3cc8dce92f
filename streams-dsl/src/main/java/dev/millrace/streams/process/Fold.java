package dev.millrace.streams.process;

import dev.millrace.streams.kstream.Aggregator;
import dev.millrace.streams.kstream.Initializer;
import dev.millrace.streams.kstream.Reducer;
import dev.millrace.streams.plan.Step;
import org.jspecify.annotations.Nullable;

/** How a record gets into an aggregate. */
@FunctionalInterface
interface Fold {

    /** @param aggregate null if there is none yet */
    @Nullable
    Object apply(Object key, Object value, @Nullable Object aggregate);

    static Fold of(Step.Folding folding) {
        if (folding instanceof Step.Folding.Reducing reducing) {
            Reducer<Object> reducer = reducing.reducer();
            return (key, value, aggregate) -> aggregate == null ? value : reducer.apply(aggregate, value);
        }
        if (folding instanceof Step.Folding.Aggregating aggregating) {
            Initializer<Object> initializer = aggregating.initializer();
            Aggregator<Object, Object, Object> aggregator = aggregating.aggregator();
            return (key, value, aggregate) ->
                    aggregator.apply(key, value, aggregate == null ? initializer.apply() : aggregate);
        }
        return (key, value, aggregate) -> aggregate == null ? 1L : (Long) aggregate + 1;
    }
}
