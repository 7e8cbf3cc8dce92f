package dev.millrace.streams.state;

import dev.millrace.streams.kstream.KeyValue;
import dev.millrace.streams.kstream.Windowed;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A view of a store with one value for each key and window. */
public interface ReadOnlyWindowStore<K, V> {

    @Nullable
    V fetch(K key, long windowStartMs);

    /** All keys and windows with their values, in no promised order. */
    List<KeyValue<Windowed<K>, V>> all();
}
