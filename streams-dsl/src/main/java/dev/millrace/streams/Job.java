package dev.millrace.streams;

/**
 * A topology that can be named: in a pipeline file, or by a main program of three lines. The class has a public constructor
 * without arguments.
 */
@FunctionalInterface
public interface Job {

    /**
     * Called once for each start.
     *
     * @throws IllegalArgumentException if a setting is missing or wrong; the message names it
     */
    Topology build(JobContext context);
}
