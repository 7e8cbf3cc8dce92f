package dev.millrace.broker.bench;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** The one command: {@code [pieces|whole] [--quick]}. */
public final class Benchmarks {

    private static final Set<String> KNOWN = Set.of("pieces", "whole", "--quick");

    private Benchmarks() {}

    public static void main(String[] arguments) throws Exception {
        Set<String> asked = new LinkedHashSet<>(Arrays.asList(arguments));
        if (!KNOWN.containsAll(asked)) {
            System.err.println("usage: run [pieces|whole] [--quick]");
            System.exit(2);
        }
        boolean quick = asked.remove("--quick");
        if (asked.isEmpty() || asked.contains("pieces")) {
            pieces(quick);
        }
        if (asked.isEmpty() || asked.contains("whole")) {
            new SideBySide(quick).run();
        }
    }

    private static void pieces(boolean quick) throws Exception {
        var options = new OptionsBuilder()
                .include(Benchmarks.class.getPackageName() + ".*Benchmark")
                .addProfiler(GCProfiler.class)
                .forks(quick ? 0 : 1)
                .warmupIterations(quick ? 1 : 3)
                .measurementIterations(quick ? 1 : 5)
                .warmupTime(TimeValue.seconds(1))
                .measurementTime(TimeValue.seconds(1));
        new Runner(options.build()).run();
    }
}
