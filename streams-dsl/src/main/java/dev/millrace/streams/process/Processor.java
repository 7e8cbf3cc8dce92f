package dev.millrace.streams.process;

import dev.millrace.streams.errors.DeliveryException;
import dev.millrace.streams.errors.RecordFailedException;

/**
 * One operator at work. Records go from processor to processor by direct calls, without an object around them. Key and value
 * may be null where the log's were; user functions get them as they are.
 */
abstract class Processor {

    private static final Processor[] NONE = {};

    final String name;
    final TaskContext context;
    private Processor[] children = NONE;

    Processor(String name, TaskContext context) {
        this.name = name;
        this.context = context;
    }

    abstract void process(Object key, Object value, long timestampMs);

    /**
     * A change in a table. Streams do not care what was there before.
     *
     * @param before null if the key was not there, and where nobody downstream asks for it
     */
    void processChange(Object key, Object value, Object before, long timestampMs) {
        process(key, value, timestampMs);
    }

    final void addChild(Processor child) {
        var more = new Processor[children.length + 1];
        System.arraycopy(children, 0, more, 0, children.length);
        more[children.length] = child;
        children = more;
    }

    final void forward(Object key, Object value, long timestampMs) {
        for (Processor child : children) {
            child.receive(key, value, timestampMs);
        }
    }

    final void forwardChange(Object key, Object value, Object before, long timestampMs) {
        for (Processor child : children) {
            child.receiveChange(key, value, before, timestampMs);
        }
    }

    /**
     * A failure ends where it happened: the operators before and beside this one go on, if the policy is to continue.
     */
    private void receive(Object key, Object value, long timestampMs) {
        try {
            process(key, value, timestampMs);
        } catch (RecordFailedException | DeliveryException e) {
            throw e;
        } catch (RuntimeException e) {
            context.processingFailed(name, e);
        }
    }

    private void receiveChange(Object key, Object value, Object before, long timestampMs) {
        try {
            processChange(key, value, before, timestampMs);
        } catch (RecordFailedException | DeliveryException e) {
            throw e;
        } catch (RuntimeException e) {
            context.processingFailed(name, e);
        }
    }
}
