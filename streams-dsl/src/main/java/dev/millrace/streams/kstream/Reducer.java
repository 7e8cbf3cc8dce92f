package dev.millrace.streams.kstream;

/** Two values of a key made one; null deletes it. */
@FunctionalInterface
public interface Reducer<V> {
    V apply(V aggregate, V value);
}
