package dev.millrace.streams.kstream;

/** A new value from the old one; the key is there to be read and must not be changed. */
@FunctionalInterface
public interface ValueMapperWithKey<K, V, R> {
    R apply(K key, V value);
}
