package dev.millrace.streams.kstream;

/** A new value from the old one. */
@FunctionalInterface
public interface ValueMapper<V, R> {
    R apply(V value);
}
