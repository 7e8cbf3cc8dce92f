package dev.millrace.streams.kstream;

/** A key within a window. */
public record Windowed<K>(K key, Window window) {}
