package dev.millrace.streams.config;

import dev.millrace.streams.kstream.TimestampExtractor;
import dev.millrace.streams.process.Defaults;
import dev.millrace.streams.process.FailurePolicy;
import dev.millrace.streams.process.FailureResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * An application's settings, checked and typed. Keys, meanings and defaults are Kafka Streams' unless said otherwise.
 *
 * @param commitIntervalMs 100 with exactly-once, else 30 s, unless set
 * @param replicationFactor of internal topics; -1 for the broker's default
 * @param given everything as given, from which the clients' settings are made
 */
public record Settings(
        String applicationId,
        boolean exactlyOnce,
        int threads,
        long commitIntervalMs,
        Path stateDir,
        short replicationFactor,
        long cacheBytes,
        long pollMs,
        long taskTimeoutMs,
        int bufferedRecordsPerPartition,
        boolean waitsForSlowInput,
        Defaults defaults,
        FailurePolicy failurePolicy,
        Map<String, Object> given) {

    public static final String APPLICATION_ID = "application.id";
    public static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
    public static final String PROCESSING_GUARANTEE = "processing.guarantee";
    public static final String AT_LEAST_ONCE = "at_least_once";
    public static final String EXACTLY_ONCE_V2 = "exactly_once_v2";
    public static final String NUM_STREAM_THREADS = "num.stream.threads";
    public static final String COMMIT_INTERVAL_MS = "commit.interval.ms";
    public static final String STATE_DIR = "state.dir";
    public static final String REPLICATION_FACTOR = "replication.factor";
    public static final String STATESTORE_CACHE_MAX_BYTES = "statestore.cache.max.bytes";
    public static final String DEFAULT_KEY_SERDE = "default.key.serde";
    public static final String DEFAULT_VALUE_SERDE = "default.value.serde";
    public static final String DEFAULT_TIMESTAMP_EXTRACTOR = "default.timestamp.extractor";
    public static final String DESERIALIZATION_HANDLER = "deserialization.exception.handler";
    public static final String PROCESSING_HANDLER = "processing.exception.handler";
    public static final String PRODUCTION_HANDLER = "production.exception.handler";
    public static final String DEAD_LETTER_TOPIC = "errors.dead.letter.queue.topic.name";
    static final String POLL_MS = "poll.ms";
    static final String TASK_TIMEOUT_MS = "task.timeout.ms";
    static final String BUFFERED_RECORDS = "buffered.records.per.partition";
    static final String MAX_TASK_IDLE_MS = "max.task.idle.ms";

    private static final long EOS_COMMIT_INTERVAL_MS = 100;
    private static final long COMMIT_INTERVAL_DEFAULT_MS = 30_000;
    private static final Pattern GROUP_NAME = Pattern.compile("[a-zA-Z0-9._-]{1,200}");

    private static final String UNSET = "";

    static final ConfigDef DEFINITION = new ConfigDef()
            .define(
                    APPLICATION_ID,
                    ConfigDef.Type.STRING,
                    Importance.HIGH,
                    "Names the group, its topics and its state.")
            .define(BOOTSTRAP_SERVERS, ConfigDef.Type.LIST, Importance.HIGH, "Where the brokers are.")
            .define(
                    PROCESSING_GUARANTEE,
                    ConfigDef.Type.STRING,
                    AT_LEAST_ONCE,
                    ValidString.in(AT_LEAST_ONCE, EXACTLY_ONCE_V2),
                    Importance.HIGH,
                    "What holds when something fails.")
            .define(
                    NUM_STREAM_THREADS,
                    ConfigDef.Type.INT,
                    1,
                    Range.between(1, 1024),
                    Importance.MEDIUM,
                    "Threads of this instance.")
            .define(COMMIT_INTERVAL_MS, ConfigDef.Type.LONG, -1L, Importance.MEDIUM, "Time between commits.")
            .define(
                    STATE_DIR,
                    ConfigDef.Type.STRING,
                    Path.of(System.getProperty("java.io.tmpdir"), "millrace-streams")
                            .toString(),
                    Importance.MEDIUM,
                    "Where this instance keeps what it must find again.")
            .define(
                    REPLICATION_FACTOR,
                    ConfigDef.Type.SHORT,
                    (short) -1,
                    Importance.MEDIUM,
                    "Of internal topics; -1: the broker's.")
            .define(
                    STATESTORE_CACHE_MAX_BYTES,
                    ConfigDef.Type.LONG,
                    10L * 1024 * 1024,
                    Range.atLeast(0),
                    Importance.MEDIUM,
                    "How much may gather between commits before it goes downstream; 0: nothing.")
            .define(
                    DEFAULT_KEY_SERDE,
                    ConfigDef.Type.CLASS,
                    null,
                    Importance.MEDIUM,
                    "For operators without a key serde.")
            .define(
                    DEFAULT_VALUE_SERDE,
                    ConfigDef.Type.CLASS,
                    null,
                    Importance.MEDIUM,
                    "For operators without a value serde.")
            .define(
                    DEFAULT_TIMESTAMP_EXTRACTOR,
                    ConfigDef.Type.CLASS,
                    null,
                    Importance.MEDIUM,
                    "Where event time comes from.")
            .define(
                    DESERIALIZATION_HANDLER,
                    ConfigDef.Type.STRING,
                    "fail",
                    Importance.MEDIUM,
                    "fail or log-and-continue.")
            .define(PROCESSING_HANDLER, ConfigDef.Type.STRING, "fail", Importance.MEDIUM, "fail or log-and-continue.")
            .define(PRODUCTION_HANDLER, ConfigDef.Type.STRING, "fail", Importance.MEDIUM, "fail or log-and-continue.")
            .define(
                    DEAD_LETTER_TOPIC,
                    ConfigDef.Type.STRING,
                    UNSET,
                    Importance.MEDIUM,
                    "Where records go that are left out.")
            .define(POLL_MS, ConfigDef.Type.LONG, 100L, Range.atLeast(0), Importance.LOW, "How long to wait for input.")
            .define(
                    TASK_TIMEOUT_MS,
                    ConfigDef.Type.LONG,
                    300_000L,
                    Range.atLeast(0),
                    Importance.MEDIUM,
                    "How long to wait for topics.")
            .define(
                    BUFFERED_RECORDS,
                    ConfigDef.Type.INT,
                    1000,
                    Range.atLeast(1),
                    Importance.LOW,
                    "Where fetching pauses.")
            .define(
                    MAX_TASK_IDLE_MS,
                    ConfigDef.Type.LONG,
                    0L,
                    Importance.MEDIUM,
                    "-1: never wait for a slower partition.");

    /**
     * @throws ConfigException for a missing, wrong or unknown setting, in one line that names it
     */
    public static Settings parse(Map<String, ?> given) {
        KnownKeys.requireKnown(given.keySet());
        AbstractConfig config = new AbstractConfig(DEFINITION, given, false);
        String applicationId = config.getString(APPLICATION_ID);
        if (!GROUP_NAME.matcher(applicationId).matches()) {
            throw new ConfigException(
                    APPLICATION_ID,
                    applicationId,
                    "1 to 200 letters, digits, '.', '_' or '-', because topics are named after it");
        }
        boolean exactlyOnce = config.getString(PROCESSING_GUARANTEE).equals(EXACTLY_ONCE_V2);
        long commitIntervalMs = config.getLong(COMMIT_INTERVAL_MS);
        if (commitIntervalMs < 0) {
            commitIntervalMs = exactlyOnce ? EOS_COMMIT_INTERVAL_MS : COMMIT_INTERVAL_DEFAULT_MS;
        }
        return new Settings(
                applicationId,
                exactlyOnce,
                config.getInt(NUM_STREAM_THREADS),
                commitIntervalMs,
                Path.of(config.getString(STATE_DIR)),
                config.getShort(REPLICATION_FACTOR),
                config.getLong(STATESTORE_CACHE_MAX_BYTES),
                config.getLong(POLL_MS),
                config.getLong(TASK_TIMEOUT_MS),
                config.getInt(BUFFERED_RECORDS),
                config.getLong(MAX_TASK_IDLE_MS) >= 0,
                defaults(config, given),
                failurePolicy(config),
                new LinkedHashMap<>(given));
    }

    /** Settings of internal topics that were given with the prefix {@code topic.}. */
    public Map<String, String> topicConfig() {
        var result = new HashMap<String, String>();
        given.forEach((key, value) -> {
            if (key.startsWith(KnownKeys.TOPIC_PREFIX)) {
                result.put(key.substring(KnownKeys.TOPIC_PREFIX.length()), String.valueOf(value));
            }
        });
        return result;
    }

    private static Defaults defaults(AbstractConfig config, Map<String, ?> given) {
        TimestampExtractor extractor = instance(config, DEFAULT_TIMESTAMP_EXTRACTOR, TimestampExtractor.class);
        Serde<?> keys = instance(config, DEFAULT_KEY_SERDE, Serde.class);
        Serde<?> values = instance(config, DEFAULT_VALUE_SERDE, Serde.class);
        if (keys != null) {
            keys.configure(given, true);
        }
        if (values != null) {
            values.configure(given, false);
        }
        return new Defaults(keys, values, extractor != null ? extractor : TimestampExtractor.RECORD_TIME);
    }

    private static <T> @Nullable T instance(AbstractConfig config, String key, Class<T> type) {
        Class<?> given = config.getClass(key);
        if (given == null) {
            return null;
        }
        if (!type.isAssignableFrom(given)) {
            throw new ConfigException(key, given.getName(), "the class must be a " + type.getName());
        }
        return type.cast(Utils.newInstance(given));
    }

    private static FailurePolicy failurePolicy(AbstractConfig config) {
        String topic = config.getString(DEAD_LETTER_TOPIC);
        return new FailurePolicy(
                response(config, DESERIALIZATION_HANDLER),
                response(config, PROCESSING_HANDLER),
                response(config, PRODUCTION_HANDLER),
                topic.isEmpty() ? null : topic);
    }

    /** The names of Kafka Streams' own handler classes say the same and are taken as well. */
    private static FailureResponse response(AbstractConfig config, String key) {
        String given = config.getString(key);
        String simple = given.substring(given.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (Set.of("continue", "log-and-continue").contains(simple) || simple.startsWith("logandcontinue")) {
            return FailureResponse.CONTINUE;
        }
        if (Set.of("fail", "log-and-fail").contains(simple)
                || simple.startsWith("logandfail")
                || simple.equals("defaultproductionexceptionhandler")) {
            return FailureResponse.FAIL;
        }
        throw new ConfigException(key, given, "known are 'fail' and 'log-and-continue'");
    }
}
