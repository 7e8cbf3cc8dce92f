package dev.millrace.streams.state;

import dev.millrace.streams.kstream.KeyValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A view of a store with one value for each key. */
public interface ReadOnlyKeyValueStore<K, V> {

    @Nullable
    V get(K key);

    /** All keys with their values, in no promised order. */
    List<KeyValue<K, V>> all();
}
