package dev.millrace.connect.task;

/** Where in a task something failed; the names are those of the error headers of KIP-298. */
public enum Stage {
    TASK_POLL,
    TASK_PUT,
    TRANSFORMATION,
    KEY_CONVERTER,
    VALUE_CONVERTER,
    HEADER_CONVERTER,
    KAFKA_PRODUCE,
    KAFKA_CONSUME
}
