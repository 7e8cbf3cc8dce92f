package dev.millrace.streams.kstream;

/** The aggregate with one more record in it. May change the given aggregate and return it; null deletes it. */
@FunctionalInterface
public interface Aggregator<K, V, A> {
    A apply(K key, V value, A aggregate);
}
