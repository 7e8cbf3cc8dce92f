package dev.millrace.streams.kstream;

/** A side effect for each record. It may happen again for the same record after a crash, also under exactly-once. */
@FunctionalInterface
public interface ForeachAction<K, V> {
    void apply(K key, V value);
}
