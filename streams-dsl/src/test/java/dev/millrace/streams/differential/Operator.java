package dev.millrace.streams.differential;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * Every operator, written twice over the same functions: in this library's words and in Kafka Streams'. Each takes a stream
 * of texts and numbers and gives one back, so that they can be put together in any order.
 */
enum Operator {
    FILTER {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.filter(Operator::passes);
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.filter(Operator::passes);
        }
    },
    FILTER_NOT {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.filterNot(Operator::passes);
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.filterNot(Operator::passes);
        }
    },
    MAP {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.map(
                    (key, value) -> dev.millrace.streams.kstream.KeyValue.pair(otherKey(key, value), plus(value)));
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.map((key, value) -> org.apache.kafka.streams.KeyValue.pair(otherKey(key, value), plus(value)));
        }
    },
    MAP_VALUES {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.mapValues(value -> plus(value));
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.mapValues(value -> plus(value));
        }
    },
    MAP_VALUES_WITH_KEY {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.mapValues((key, value) -> key == null ? null : plus(value));
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.mapValues((key, value) -> key == null ? null : plus(value));
        }
    },
    FLAT_MAP {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.flatMap((key, value) -> several(value).stream()
                    .map(each -> dev.millrace.streams.kstream.KeyValue.pair(otherKey(key, each), each))
                    .toList());
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.flatMap((key, value) -> several(value).stream()
                    .map(each -> org.apache.kafka.streams.KeyValue.pair(otherKey(key, each), each))
                    .toList());
        }
    },
    FLAT_MAP_VALUES {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.flatMapValues(value -> several(value));
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.flatMapValues(value -> several(value));
        }
    },
    SELECT_KEY {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.selectKey(Operator::otherKey);
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.selectKey(Operator::otherKey);
        }
    },
    PEEK {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.peek((key, value) -> {});
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.peek((key, value) -> {});
        }
    },
    MERGE {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.filter(Operator::passes).merge(in.mapValues(value -> plus(value)));
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.filter(Operator::passes).merge(in.mapValues(value -> plus(value)));
        }
    },
    REPARTITION {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.repartition(dev.millrace.streams.kstream.Repartitioned.with(KEYS, VALUES));
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.repartition(org.apache.kafka.streams.kstream.Repartitioned.with(KEYS, VALUES));
        }
    },
    COUNT {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.groupByKey(dev.millrace.streams.kstream.Grouped.with(KEYS, VALUES))
                    .count()
                    .toStream()
                    .mapValues(Long::intValue);
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.groupByKey(org.apache.kafka.streams.kstream.Grouped.with(KEYS, VALUES))
                    .count()
                    .toStream()
                    .mapValues(Long::intValue);
        }
    },
    GROUP_BY_AND_REDUCE {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.groupBy(Operator::otherKey, dev.millrace.streams.kstream.Grouped.with(KEYS, VALUES))
                    .reduce(Operator::reduce)
                    .toStream();
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.groupBy(Operator::otherKey, org.apache.kafka.streams.kstream.Grouped.with(KEYS, VALUES))
                    .reduce(Operator::reduce)
                    .toStream();
        }
    },
    AGGREGATE {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.groupByKey(dev.millrace.streams.kstream.Grouped.with(KEYS, VALUES))
                    .aggregate(
                            () -> 100,
                            (key, value, sum) -> reduce(sum, value),
                            dev.millrace.streams.kstream.Materialized.with(KEYS, VALUES))
                    .toStream();
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.groupByKey(org.apache.kafka.streams.kstream.Grouped.with(KEYS, VALUES))
                    .aggregate(
                            () -> 100,
                            (key, value, sum) -> reduce(sum, value),
                            org.apache.kafka.streams.kstream.Materialized.with(KEYS, VALUES))
                    .toStream();
        }
    },
    TABLE_FILTER_AND_MAP {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.groupByKey(dev.millrace.streams.kstream.Grouped.with(KEYS, VALUES))
                    .reduce(Operator::reduce)
                    .filter(Operator::passes)
                    .mapValues(value -> value + 1)
                    .filterNot((key, value) -> value % 5 == 0)
                    .toStream();
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.groupByKey(org.apache.kafka.streams.kstream.Grouped.with(KEYS, VALUES))
                    .reduce(Operator::reduce)
                    .filter(Operator::passes)
                    .mapValues(value -> value + 1)
                    .filterNot((key, value) -> value % 5 == 0)
                    .toStream();
        }
    },
    TUMBLING_COUNT {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.groupByKey(dev.millrace.streams.kstream.Grouped.with(KEYS, VALUES))
                    .windowedBy(dev.millrace.streams.kstream.TimeWindows.ofSizeWithNoGrace(SIZE))
                    .count()
                    .toStream((window, count) -> at(
                            window.key(),
                            window.window().start(),
                            window.window().end()))
                    .mapValues(Long::intValue);
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.groupByKey(org.apache.kafka.streams.kstream.Grouped.with(KEYS, VALUES))
                    .windowedBy(org.apache.kafka.streams.kstream.TimeWindows.ofSizeWithNoGrace(SIZE))
                    .count()
                    .toStream((window, count) -> at(
                            window.key(),
                            window.window().start(),
                            window.window().end()))
                    .mapValues(Long::intValue);
        }
    },
    TUMBLING_REDUCE_WITH_GRACE {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.groupByKey(dev.millrace.streams.kstream.Grouped.with(KEYS, VALUES))
                    .windowedBy(dev.millrace.streams.kstream.TimeWindows.ofSizeAndGrace(SIZE, GRACE))
                    .reduce((sum, value) -> value == null ? sum : reduce(sum, value))
                    .toStream((window, sum) -> at(
                            window.key(),
                            window.window().start(),
                            window.window().end()));
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.groupByKey(org.apache.kafka.streams.kstream.Grouped.with(KEYS, VALUES))
                    .windowedBy(org.apache.kafka.streams.kstream.TimeWindows.ofSizeAndGrace(SIZE, GRACE))
                    .reduce((sum, value) -> value == null ? sum : reduce(sum, value))
                    .toStream((window, sum) -> at(
                            window.key(),
                            window.window().start(),
                            window.window().end()));
        }
    },
    HOPPING_AGGREGATE {
        @Override
        dev.millrace.streams.kstream.KStream<String, Integer> ours(
                dev.millrace.streams.kstream.KStream<String, Integer> in) {
            return in.groupByKey(dev.millrace.streams.kstream.Grouped.with(KEYS, VALUES))
                    .windowedBy(dev.millrace.streams.kstream.TimeWindows.ofSizeAndGrace(SIZE, GRACE)
                            .advanceBy(HOP))
                    .aggregate(
                            () -> 7,
                            (key, value, sum) -> value == null ? sum : reduce(sum, value),
                            dev.millrace.streams.kstream.Materialized.with(KEYS, VALUES))
                    .toStream((window, sum) -> at(
                            window.key(),
                            window.window().start(),
                            window.window().end()));
        }

        @Override
        org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
                org.apache.kafka.streams.kstream.KStream<String, Integer> in) {
            return in.groupByKey(org.apache.kafka.streams.kstream.Grouped.with(KEYS, VALUES))
                    .windowedBy(org.apache.kafka.streams.kstream.TimeWindows.ofSizeAndGrace(SIZE, GRACE)
                            .advanceBy(HOP))
                    .aggregate(
                            () -> 7,
                            (key, value, sum) -> value == null ? sum : reduce(sum, value),
                            org.apache.kafka.streams.kstream.Materialized.with(KEYS, VALUES))
                    .toStream((window, sum) -> at(
                            window.key(),
                            window.window().start(),
                            window.window().end()));
        }
    };

    static final Serde<String> KEYS = Serdes.String();
    static final Serde<Integer> VALUES = Serdes.Integer();
    private static final Duration SIZE = Duration.ofSeconds(10);
    private static final Duration HOP = Duration.ofSeconds(4);
    private static final Duration GRACE = Duration.ofSeconds(15);

    abstract dev.millrace.streams.kstream.KStream<String, Integer> ours(
            dev.millrace.streams.kstream.KStream<String, Integer> in);

    abstract org.apache.kafka.streams.kstream.KStream<String, Integer> theirs(
            org.apache.kafka.streams.kstream.KStream<String, Integer> in);

    private static boolean passes(String key, Integer value) {
        return value != null && value % 3 != 0;
    }

    private static Integer plus(Integer value) {
        return value == null || value % 11 == 0 ? null : value + 1;
    }

    private static List<Integer> several(Integer value) {
        return value == null || value % 4 == 0 ? List.of() : List.of(value, value + 1, value);
    }

    /** Some keys become null, some meet. */
    private static String otherKey(String key, Integer value) {
        return value == null || value % 7 == 0 ? null : "k" + value % 3;
    }

    /** Some sums are null, which deletes. */
    private static Integer reduce(Integer sum, Integer value) {
        int next = (sum + value) % 1000;
        return next % 6 == 0 ? null : next;
    }

    private static String at(String key, long start, long end) {
        return key + "@" + start + "-" + end;
    }
}
