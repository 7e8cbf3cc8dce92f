package dev.millrace.streams.errors;

/** The topology as written can't run, whatever the input: a name used twice, a missing serde, topics that don't fit. */
public class TopologyException extends StreamsException {

    public TopologyException(String message) {
        super(message);
    }
}
