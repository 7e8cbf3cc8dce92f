package dev.millrace.server.run;

import dev.millrace.connect.pipeline.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The end of a run in words: what came through, what did not and why, the pipeline's own tables, and where the data is. */
final class Summary {

    private static final int REASONS_MAX = 5;

    private Summary() {}

    static List<String> lines(Pipeline pipeline, RunReport report, QueryView views) {
        List<String> lines = new ArrayList<>();
        if (report.through()) {
            for (Pipeline.View view : pipeline.show()) {
                lines.add("");
                lines.add(view.title());
                views.render(view).lines().forEach(lines::add);
            }
            lines.add("");
        }
        lines.add(String.format(
                Locale.ROOT,
                "%s %s after %.1f s",
                report.pipeline(),
                report.through() ? "is through" : "was stopped before its end",
                report.seconds()));
        report.sources().forEach((name, count) -> lines.add(line(name, count, "read")));
        report.jobs().forEach((name, count) -> lines.add(line(name, count, "processed")));
        report.sinks().forEach((name, count) -> lines.add(line(name, count, "written")));
        report.setAside().forEach((topic, count) -> lines.add(line(topic, count, "set aside")));
        report.reasons().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(REASONS_MAX)
                .forEach(reason ->
                        lines.add(String.format(Locale.ROOT, "      %,d× %s", reason.getValue(), reason.getKey())));
        lines.add("  data in " + report.data());
        lines.add("  topics on " + report.bootstrapServers());
        return lines;
    }

    private static String line(String name, long count, String what) {
        return String.format(Locale.ROOT, "  %s: %,d records %s", name, count, what);
    }
}
