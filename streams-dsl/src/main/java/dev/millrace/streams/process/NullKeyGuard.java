package dev.millrace.streams.process;

/** Leaves out null keys ahead of a repartition topic: they have no partition to belong to. */
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
