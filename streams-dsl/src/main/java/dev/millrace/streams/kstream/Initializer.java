package dev.millrace.streams.kstream;

/** The aggregate of a key that has none yet. Called once for each key, so it may return something mutable. */
@FunctionalInterface
public interface Initializer<A> {
    A apply();
}
