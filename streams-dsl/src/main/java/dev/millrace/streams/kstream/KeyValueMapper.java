package dev.millrace.streams.kstream;

/** Something new from key and value. */
@FunctionalInterface
public interface KeyValueMapper<K, V, R> {
    R apply(K key, V value);
}
