package dev.millrace.streams.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.streams.errors.RecordFailedException;
import dev.millrace.streams.kstream.TimeWindows;
import dev.millrace.streams.plan.StoreSpec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class A_task_store {

    private static final long MINUTE = 60_000;

    private record Logged(byte[] key, byte[] value, long timestampMs) {
        String keyText() {
            return new String(key, StandardCharsets.UTF_8);
        }
    }

    private final List<Logged> changelog = new ArrayList<>();
    private final List<String> downstream = new ArrayList<>();

    private TaskStore store(TimeWindows windows, boolean cached, int dirtyMax) {
        return store(windows, cached, dirtyMax, Serdes.String(), Serdes.Long());
    }

    private TaskStore store(TimeWindows windows, boolean cached, int dirtyMax, Serde<?> keys, Serde<?> values) {
        var spec = new StoreSpec("counts", keys, values, windows, true, Map.of(), cached);
        var store = new TaskStore(
                spec,
                keys,
                values,
                "app-counts-changelog",
                (key, value, timestampMs) -> changelog.add(new Logged(key, value, timestampMs)),
                dirtyMax);
        store.feed((entry, value, before) -> downstream.add(entry.key + "=" + value));
        return store;
    }

    private static void set(TaskStore store, Object key, long start, Object value, long timestampMs) {
        StateEntry entry = store.findOrAdd(key, start);
        entry.value = value;
        entry.timestampMs = timestampMs;
        store.changed(entry);
    }

    private static void set(TaskStore store, Object key, Object value) {
        set(store, key, StateEntry.NO_WINDOW, value, 1);
    }

    @Nested
    class that_is_not_cached {

        private final TaskStore store = store(null, false, 100);

        @Test
        void sends_every_change_at_once_downstream_and_to_the_changelog() {
            set(store, "a", 1L);
            set(store, "a", 2L);
            assertThat(downstream).containsExactly("a=1", "a=2");
            assertThat(changelog).hasSize(2);
        }

        @Test
        void writes_a_tombstone_for_what_the_changelog_has() {
            set(store, "a", 1L);
            set(store, "a", null);
            assertThat(downstream).containsExactly("a=1", "a=null");
            assertThat(changelog.get(1).value()).isNull();
            assertThat(store.size()).isZero();
        }

        @Test
        void writes_no_tombstone_for_what_never_was_in_the_changelog() {
            set(store, "a", null);
            assertThat(changelog).isEmpty();
            assertThat(store.size()).isZero();
        }
    }

    @Nested
    class that_is_cached {

        private final TaskStore store = store(null, true, 3);

        @Test
        void sends_the_last_change_of_each_key_when_flushed() {
            set(store, "a", 1L);
            set(store, "b", 1L);
            set(store, "a", 2L);
            assertThat(downstream).isEmpty();
            store.flush();
            assertThat(downstream).containsExactly("a=2", "b=1");
            assertThat(changelog).extracting(Logged::keyText).containsExactly("a", "b");
        }

        @Test
        void flushes_by_itself_when_too_many_keys_have_changed() {
            set(store, "a", 1L);
            set(store, "b", 1L);
            set(store, "c", 1L);
            assertThat(downstream).isEmpty();
            set(store, "d", 1L);
            assertThat(downstream).hasSize(4);
        }

        @Test
        void has_nothing_to_send_after_a_flush() {
            set(store, "a", 1L);
            store.flush();
            store.flush();
            assertThat(downstream).hasSize(1);
        }

        @Test
        void finds_a_key_again_that_was_deleted_and_set_anew() {
            set(store, "a", 1L);
            store.flush();
            set(store, "a", null);
            store.flush();
            set(store, "a", 5L);
            store.flush();
            assertThat(store.find("a", StateEntry.NO_WINDOW).value).isEqualTo(5L);
            assertThat(changelog).hasSize(3);
        }
    }

    @Nested
    class with_windows {

        private final TimeWindows windows = TimeWindows.ofSizeAndGrace(Duration.ofMinutes(1), Duration.ofMinutes(1));
        private final TaskStore store = store(windows, true, 100);

        @Test
        void keeps_the_same_key_apart_by_window() {
            set(store, "a", 0, 1L, 5);
            set(store, "a", MINUTE, 2L, MINUTE);
            assertThat(store.find("a", 0).value).isEqualTo(1L);
            assertThat(store.find("a", MINUTE).value).isEqualTo(2L);
            assertThat(store.find("a", 2 * MINUTE)).isNull();
        }

        @Test
        void writes_keys_with_the_start_of_the_window_and_a_sequence_number() {
            set(store, "a", MINUTE, 2L, MINUTE + 7);
            store.flush();
            Logged logged = changelog.get(0);
            assertThat(logged.key())
                    .isEqualTo(ByteBuffer.allocate(13)
                            .put((byte) 'a')
                            .putLong(MINUTE)
                            .putInt(0)
                            .array());
            assertThat(logged.value()).isEqualTo(Serdes.Long().serializer().serialize("t", 2L));
            assertThat(logged.timestampMs()).isEqualTo(MINUTE + 7);
        }

        @Test
        void forgets_closed_windows_with_a_tombstone_each_and_no_others() {
            set(store, "a", 0, 1L, 0);
            set(store, "b", 0, 1L, 0);
            set(store, "a", MINUTE, 1L, MINUTE);
            store.flush();
            changelog.clear();
            store.expire(windows, 2 * MINUTE - 1);
            assertThat(changelog).isEmpty();
            store.expire(windows, 2 * MINUTE);
            assertThat(changelog).hasSize(2).allSatisfy(logged -> assertThat(logged.value())
                    .isNull());
            assertThat(store.size()).isEqualTo(1);
            assertThat(store.find("a", MINUTE)).isNotNull();
        }

        @Test
        void never_forgets_windows_of_unlimited_grace() {
            TimeWindows unlimited = TimeWindows.ofSizeAndGrace(Duration.ofMinutes(1), TimeWindows.UNLIMITED_GRACE);
            TaskStore all = store(unlimited, true, 100);
            set(all, "a", 0, 1L, 0);
            all.flush();
            all.expire(unlimited, Long.MAX_VALUE / 2);
            all.expire(unlimited, 0);
            assertThat(all.size()).isEqualTo(1);
        }
    }

    @Nested
    class that_is_rebuilt {

        @Test
        void is_as_it_was_at_the_last_flush() {
            TimeWindows windows = TimeWindows.ofSizeAndGrace(Duration.ofMinutes(1), TimeWindows.UNLIMITED_GRACE);
            TaskStore before = store(windows, true, 7);
            var expected = new HashMap<String, Long>();
            var random = new Random(42);
            for (int i = 0; i < 3_000; i++) {
                String key = "k" + random.nextInt(50);
                long start = random.nextInt(40) * MINUTE;
                Long value = random.nextInt(5) == 0 ? null : (long) i;
                set(before, key, start, value, i);
                if (value == null) {
                    expected.remove(key + "@" + start);
                } else {
                    expected.put(key + "@" + start, value);
                }
            }
            before.flush();
            TaskStore after = store(windows, true, 7);
            changelog.forEach(logged -> after.restore(logged.key(), logged.value(), logged.timestampMs()));
            var found = new HashMap<String, Long>();
            after.entries()
                    .forEachRemaining(entry -> found.put(entry.key + "@" + entry.windowStartMs, (Long) entry.value));
            assertThat(found).isEqualTo(expected);
            assertThat(after.size()).isEqualTo(expected.size());
        }

        @Test
        void deletes_with_a_tombstone_what_it_found_in_the_changelog() {
            TaskStore store = store(null, false, 0);
            store.restore(
                    "a".getBytes(StandardCharsets.UTF_8),
                    Serdes.Long().serializer().serialize("t", 3L),
                    9);
            assertThat(store.find("a", StateEntry.NO_WINDOW).timestampMs).isEqualTo(9);
            set(store, "a", null);
            assertThat(changelog).hasSize(1);
            assertThat(changelog.get(0).value()).isNull();
        }
    }

    @Nested
    class whose_keys_have_no_equality_of_their_own {

        @Test
        void takes_keys_for_equal_when_their_bytes_are() {
            TaskStore store = store(null, false, 0, Serdes.ByteArray(), Serdes.Long());
            set(store, new byte[] {1, 2}, 1L);
            set(store, new byte[] {1, 2}, 2L);
            set(store, new byte[] {1, 3}, 9L);
            assertThat(store.size()).isEqualTo(2);
            assertThat(store.find(new byte[] {1, 2}, StateEntry.NO_WINDOW).value)
                    .isEqualTo(2L);
        }
    }

    @Nested
    class whose_serde_refuses_a_value {

        @Test
        void fails_naming_the_store() {
            TaskStore store = store(null, false, 0);
            assertThatThrownBy(() -> set(store, "a", "not a number"))
                    .isInstanceOf(RecordFailedException.class)
                    .hasMessageContaining("'counts'");
        }
    }
}
