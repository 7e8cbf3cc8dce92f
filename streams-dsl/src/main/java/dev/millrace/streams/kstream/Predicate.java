package dev.millrace.streams.kstream;

/** Whether a record passes. Key and value are null where the record's are. */
@FunctionalInterface
public interface Predicate<K, V> {
    boolean test(K key, V value);
}
