package dev.millrace.streams.process;

/** Leaves out records that the aggregate behind a repartition topic would leave out for their null key. */
final class NullKeyGuard extends Processor {

    NullKeyGuard(String name, TaskContext context) {
        super(name, context);
    }

    @Override
    void process(Object key, Object value, long timestampMs) {
        if (key == null) {
            context.droppedInvalid();
        } else {
            forward(key, value, timestampMs);
        }
    }
}
