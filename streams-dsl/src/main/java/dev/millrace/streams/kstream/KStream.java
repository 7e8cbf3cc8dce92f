package dev.millrace.streams.kstream;

import org.jspecify.annotations.Nullable;

/**
 * A stream of independent records. Every operator returns a new stream and leaves this one as it is, so a stream may be
 * read by several operators. Keys and values are passed by reference: whoever changes one changes it for all readers.
 *
 * <p>Operators that may change the key ({@code map}, {@code flatMap}, {@code selectKey}) mark the stream: the next operator
 * that needs equal keys on one partition is preceded by a repartition topic. The others keep the partitioning.
 */
public interface KStream<K, V> {

    /** The records that the predicate is true for. */
    default KStream<K, V> filter(Predicate<? super K, ? super V> predicate) {
        return filter(predicate, null);
    }

    KStream<K, V> filter(Predicate<? super K, ? super V> predicate, @Nullable Named named);

    /** The records that the predicate is false for. */
    default KStream<K, V> filterNot(Predicate<? super K, ? super V> predicate) {
        return filterNot(predicate, null);
    }

    KStream<K, V> filterNot(Predicate<? super K, ? super V> predicate, @Nullable Named named);

    /** One record for each, with a new key; the value stays. */
    default <KR> KStream<KR, V> selectKey(KeyValueMapper<? super K, ? super V, ? extends KR> mapper) {
        return selectKey(mapper, null);
    }

    <KR> KStream<KR, V> selectKey(KeyValueMapper<? super K, ? super V, ? extends KR> mapper, @Nullable Named named);

    /** One record for each, with new key and value. The mapper must not return null. */
    default <KR, VR> KStream<KR, VR> map(
            KeyValueMapper<? super K, ? super V, ? extends KeyValue<? extends KR, ? extends VR>> mapper) {
        return map(mapper, null);
    }

    <KR, VR> KStream<KR, VR> map(
            KeyValueMapper<? super K, ? super V, ? extends KeyValue<? extends KR, ? extends VR>> mapper,
            @Nullable Named named);

    /** One record for each, with a new value; the key, and with it the partitioning, stays. */
    default <VR> KStream<K, VR> mapValues(ValueMapper<? super V, ? extends VR> mapper) {
        return mapValues((key, value) -> mapper.apply(value), null);
    }

    default <VR> KStream<K, VR> mapValues(ValueMapper<? super V, ? extends VR> mapper, @Nullable Named named) {
        return mapValues((key, value) -> mapper.apply(value), named);
    }

    default <VR> KStream<K, VR> mapValues(ValueMapperWithKey<? super K, ? super V, ? extends VR> mapper) {
        return mapValues(mapper, null);
    }

    <VR> KStream<K, VR> mapValues(ValueMapperWithKey<? super K, ? super V, ? extends VR> mapper, @Nullable Named named);

    /** Any number of records for each, with new keys and values. The mapper must not return null. */
    default <KR, VR> KStream<KR, VR> flatMap(
            KeyValueMapper<? super K, ? super V, ? extends Iterable<? extends KeyValue<? extends KR, ? extends VR>>>
                    mapper) {
        return flatMap(mapper, null);
    }

    <KR, VR> KStream<KR, VR> flatMap(
            KeyValueMapper<? super K, ? super V, ? extends Iterable<? extends KeyValue<? extends KR, ? extends VR>>>
                    mapper,
            @Nullable Named named);

    /** Any number of records for each, with new values; the key, and with it the partitioning, stays. */
    default <VR> KStream<K, VR> flatMapValues(ValueMapper<? super V, ? extends Iterable<? extends VR>> mapper) {
        return flatMapValues((key, value) -> mapper.apply(value), null);
    }

    default <VR> KStream<K, VR> flatMapValues(
            ValueMapper<? super V, ? extends Iterable<? extends VR>> mapper, @Nullable Named named) {
        return flatMapValues((key, value) -> mapper.apply(value), named);
    }

    default <VR> KStream<K, VR> flatMapValues(
            ValueMapperWithKey<? super K, ? super V, ? extends Iterable<? extends VR>> mapper) {
        return flatMapValues(mapper, null);
    }

    <VR> KStream<K, VR> flatMapValues(
            ValueMapperWithKey<? super K, ? super V, ? extends Iterable<? extends VR>> mapper, @Nullable Named named);

    /** The records of both, in no promised order between them. Serdes are not inherited. */
    default KStream<K, V> merge(KStream<K, V> other) {
        return merge(other, null);
    }

    KStream<K, V> merge(KStream<K, V> other, @Nullable Named named);

    /** The same stream; the action sees each record pass. */
    default KStream<K, V> peek(ForeachAction<? super K, ? super V> action) {
        return peek(action, null);
    }

    KStream<K, V> peek(ForeachAction<? super K, ? super V> action, @Nullable Named named);

    /** The action takes each record; the stream ends here. */
    default void foreach(ForeachAction<? super K, ? super V> action) {
        foreach(action, null);
    }

    void foreach(ForeachAction<? super K, ? super V> action, @Nullable Named named);

    /** Writes to a topic that exists already. Records keep their event time; null keys are spread over partitions. */
    default void to(String topic) {
        to(topic, Produced.with(null, null));
    }

    void to(String topic, Produced<K, V> produced);

    /**
     * Writes to a topic of the application's own and reads it back, so that equal keys are on one partition. Records with a
     * null key are left out and counted.
     */
    default KStream<K, V> repartition() {
        return repartition(Repartitioned.with(null, null));
    }

    KStream<K, V> repartition(Repartitioned<K, V> repartitioned);

    /** Groups by a new key. Records whose new key is null are left out of the aggregate and counted. */
    default <KR> KGroupedStream<KR, V> groupBy(KeyValueMapper<? super K, ? super V, KR> keySelector) {
        return groupBy(keySelector, Grouped.with(null, null));
    }

    <KR> KGroupedStream<KR, V> groupBy(KeyValueMapper<? super K, ? super V, KR> keySelector, Grouped<KR, V> grouped);

    /** Groups by the key as it is. */
    default KGroupedStream<K, V> groupByKey() {
        return groupByKey(Grouped.with(null, null));
    }

    KGroupedStream<K, V> groupByKey(Grouped<K, V> grouped);
}
