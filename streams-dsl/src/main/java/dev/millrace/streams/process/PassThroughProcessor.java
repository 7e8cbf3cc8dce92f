package dev.millrace.streams.process;

/** Hands on what it gets. */
final class PassThroughProcessor extends Processor {

    PassThroughProcessor(String name, TaskContext context) {
        super(name, context);
    }

    @Override
    void process(Object key, Object value, long timestampMs) {
        forward(key, value, timestampMs);
    }
}
