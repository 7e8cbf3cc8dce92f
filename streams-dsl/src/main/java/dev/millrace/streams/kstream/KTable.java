package dev.millrace.streams.kstream;

import org.jspecify.annotations.Nullable;

/** The latest value of each key; a null value means that the key is not there (any more). */
public interface KTable<K, V> {

    /** The rows that the predicate is true for; a row that it is false for becomes a deletion. */
    default KTable<K, V> filter(Predicate<? super K, ? super V> predicate) {
        return filter(predicate, null);
    }

    KTable<K, V> filter(Predicate<? super K, ? super V> predicate, @Nullable Named named);

    /** The rows that the predicate is false for; a row that it is true for becomes a deletion. */
    default KTable<K, V> filterNot(Predicate<? super K, ? super V> predicate) {
        return filterNot(predicate, null);
    }

    KTable<K, V> filterNot(Predicate<? super K, ? super V> predicate, @Nullable Named named);

    /** New values under the same keys. Deletions pass without the mapper seeing them. */
    default <VR> KTable<K, VR> mapValues(ValueMapper<? super V, ? extends VR> mapper) {
        return mapValues((key, value) -> mapper.apply(value), null);
    }

    default <VR> KTable<K, VR> mapValues(ValueMapper<? super V, ? extends VR> mapper, @Nullable Named named) {
        return mapValues((key, value) -> mapper.apply(value), named);
    }

    default <VR> KTable<K, VR> mapValues(ValueMapperWithKey<? super K, ? super V, ? extends VR> mapper) {
        return mapValues(mapper, null);
    }

    <VR> KTable<K, VR> mapValues(ValueMapperWithKey<? super K, ? super V, ? extends VR> mapper, @Nullable Named named);

    /** The changes of this table as a stream, deletions as null values. */
    default KStream<K, V> toStream() {
        return toStream((Named) null);
    }

    KStream<K, V> toStream(@Nullable Named named);

    /** The changes of this table as a stream under new keys. */
    default <KR> KStream<KR, V> toStream(KeyValueMapper<? super K, ? super V, ? extends KR> mapper) {
        return toStream(mapper, null);
    }

    default <KR> KStream<KR, V> toStream(
            KeyValueMapper<? super K, ? super V, ? extends KR> mapper, @Nullable Named named) {
        return toStream(named).selectKey(mapper);
    }

    /** The name of the store behind this table when it was given one, else null. */
    @Nullable
    String queryableStoreName();
}
