package dev.millrace.streams.kstream;

/** The name of an operator in the topology. Unnamed operators are numbered in the order in which they are written. */
public record Named(String name) {

    public Named {
        TopologyNames.check(name);
    }

    public static Named as(String name) {
        return new Named(name);
    }
}
