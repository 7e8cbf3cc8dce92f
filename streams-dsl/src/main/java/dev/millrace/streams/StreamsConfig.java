package dev.millrace.streams;

import dev.millrace.streams.config.Settings;

/**
 * The keys of an application's settings: names and meanings are Kafka Streams'. Settings for the clients go in with the
 * prefix {@code consumer.}, {@code producer.} or {@code admin.}, or without one when all clients know them. Any other key is
 * an error that names the nearest known one.
 */
public final class StreamsConfig {

    public static final String APPLICATION_ID_CONFIG = Settings.APPLICATION_ID;
    public static final String BOOTSTRAP_SERVERS_CONFIG = Settings.BOOTSTRAP_SERVERS;
    public static final String PROCESSING_GUARANTEE_CONFIG = Settings.PROCESSING_GUARANTEE;
    public static final String AT_LEAST_ONCE = Settings.AT_LEAST_ONCE;
    public static final String EXACTLY_ONCE_V2 = Settings.EXACTLY_ONCE_V2;
    public static final String NUM_STREAM_THREADS_CONFIG = Settings.NUM_STREAM_THREADS;
    public static final String COMMIT_INTERVAL_MS_CONFIG = Settings.COMMIT_INTERVAL_MS;
    public static final String STATE_DIR_CONFIG = Settings.STATE_DIR;
    public static final String REPLICATION_FACTOR_CONFIG = Settings.REPLICATION_FACTOR;
    public static final String STATESTORE_CACHE_MAX_BYTES_CONFIG = Settings.STATESTORE_CACHE_MAX_BYTES;
    public static final String DEFAULT_KEY_SERDE_CLASS_CONFIG = Settings.DEFAULT_KEY_SERDE;
    public static final String DEFAULT_VALUE_SERDE_CLASS_CONFIG = Settings.DEFAULT_VALUE_SERDE;
    public static final String DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG = Settings.DEFAULT_TIMESTAMP_EXTRACTOR;
    public static final String DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG = Settings.DESERIALIZATION_HANDLER;
    public static final String PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG = Settings.PROCESSING_HANDLER;
    public static final String PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG = Settings.PRODUCTION_HANDLER;
    public static final String ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG = Settings.DEAD_LETTER_TOPIC;

    private StreamsConfig() {}
}
