package dev.millrace.streams.state;

import dev.millrace.streams.kstream.KeyValue;
import dev.millrace.streams.kstream.TimeWindows;
import dev.millrace.streams.kstream.Window;
import dev.millrace.streams.kstream.Windowed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One logical store, seen over the tasks that hold its parts. */
public final class StoreView {

    private StoreView() {}

    public static <K, V> ReadOnlyKeyValueStore<K, V> keyValue(List<TaskStore> parts) {
        return new ReadOnlyKeyValueStore<>() {
            @Override
            @SuppressWarnings("unchecked")
            public @Nullable V get(K key) {
                return (V) find(parts, key, StateEntry.NO_WINDOW);
            }

            @Override
            @SuppressWarnings("unchecked")
            public List<KeyValue<K, V>> all() {
                var all = new ArrayList<KeyValue<K, V>>();
                for (StateEntry entry : entries(parts)) {
                    if (entry.value != null) {
                        all.add(KeyValue.pair((K) entry.key, (V) entry.value));
                    }
                }
                return all;
            }
        };
    }

    public static <K, V> ReadOnlyWindowStore<K, V> windows(List<TaskStore> parts) {
        return new ReadOnlyWindowStore<>() {
            @Override
            @SuppressWarnings("unchecked")
            public @Nullable V fetch(K key, long windowStartMs) {
                return (V) find(parts, key, windowStartMs);
            }

            @Override
            @SuppressWarnings("unchecked")
            public List<KeyValue<Windowed<K>, V>> all() {
                var all = new ArrayList<KeyValue<Windowed<K>, V>>();
                for (TaskStore part : parts) {
                    TimeWindows windows = part.spec().windows();
                    long sizeMs = windows == null ? 0 : windows.sizeMs();
                    for (StateEntry entry : entries(List.of(part))) {
                        if (entry.value != null) {
                            var window = new Window(entry.windowStartMs, entry.windowStartMs + sizeMs);
                            all.add(KeyValue.pair(new Windowed<>((K) entry.key, window), (V) entry.value));
                        }
                    }
                }
                return all;
            }
        };
    }

    private static @Nullable Object find(List<TaskStore> parts, Object key, long windowStartMs) {
        for (TaskStore part : parts) {
            StateEntry entry = part.find(key, windowStartMs);
            if (entry != null && entry.value != null) {
                return entry.value;
            }
        }
        return null;
    }

    private static List<StateEntry> entries(List<TaskStore> parts) {
        var entries = new ArrayList<StateEntry>();
        parts.forEach(part -> part.entries().forEachRemaining(entries::add));
        return entries;
    }
}
