package dev.millrace.streams.plan;

import dev.millrace.streams.kstream.Aggregator;
import dev.millrace.streams.kstream.ForeachAction;
import dev.millrace.streams.kstream.Initializer;
import dev.millrace.streams.kstream.KeyValue;
import dev.millrace.streams.kstream.KeyValueMapper;
import dev.millrace.streams.kstream.Predicate;
import dev.millrace.streams.kstream.Reducer;
import dev.millrace.streams.kstream.TimeWindows;
import dev.millrace.streams.kstream.TimestampExtractor;
import dev.millrace.streams.kstream.ValueMapperWithKey;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/**
 * What one node of a topology does, as data. Types are erased here: the language has checked them, and a chain of
 * processors is put together from nodes whose types differ.
 */
public sealed interface Step {

    /** Reads topics. Serdes and extractor are null for the application's defaults. */
    record Source(
            List<String> topics,
            @Nullable Serde<?> keySerde,
            @Nullable Serde<?> valueSerde,
            @Nullable TimestampExtractor timestampExtractor)
            implements Step {}

    /** Writes to a topic. */
    record Sink(
            String topic,
            @Nullable Serde<?> keySerde,
            @Nullable Serde<?> valueSerde) implements Step {}

    record Filter(Predicate<Object, Object> predicate, boolean passWhen) implements Step {}

    record Map(KeyValueMapper<Object, Object, KeyValue<?, ?>> mapper) implements Step {}

    record SelectKey(KeyValueMapper<Object, Object, Object> mapper) implements Step {}

    record MapValues(ValueMapperWithKey<Object, Object, Object> mapper) implements Step {}

    record FlatMap(KeyValueMapper<Object, Object, Iterable<KeyValue<?, ?>>> mapper) implements Step {}

    record FlatMapValues(ValueMapperWithKey<Object, Object, Iterable<?>> mapper) implements Step {}

    /** Hands on what it gets: merge, table to stream. */
    record PassThrough() implements Step {}

    /** Leaves out null keys ahead of a repartition topic: they have no partition to belong to. */
    record DropNullKeys() implements Step {}

    record Peek(ForeachAction<Object, Object> action) implements Step {}

    record Foreach(ForeachAction<Object, Object> action) implements Step {}

    record TableFilter(Predicate<Object, Object> predicate, boolean passWhen) implements Step {}

    record TableMapValues(ValueMapperWithKey<Object, Object, Object> mapper) implements Step {}

    /** One aggregate for each key. */
    record Aggregate(Folding folding, StoreSpec store) implements Step {}

    /** One aggregate for each key and window. */
    record WindowAggregate(Folding folding, TimeWindows windows, StoreSpec store) implements Step {}

    /** How a value gets into an aggregate. */
    sealed interface Folding {
        /** Adds one. */
        record Counting() implements Folding {}

        /** Combines with the value there; the first value stands for itself. */
        record Reducing(Reducer<Object> reducer) implements Folding {}

        record Aggregating(Initializer<Object> initializer, Aggregator<Object, Object, Object> aggregator)
                implements Folding {}
    }

    /** The store that this step keeps its state in, or null. */
    default @Nullable StoreSpec storeOrNull() {
        if (this instanceof Aggregate aggregate) {
            return aggregate.store;
        }
        return this instanceof WindowAggregate aggregate ? aggregate.store : null;
    }
}
