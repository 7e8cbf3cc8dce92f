package dev.millrace.streams.kstream;

import dev.millrace.streams.errors.TopologyException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What operators, stores and internal topics may be called: whatever a topic may, as topics are named after them. */
final class TopologyNames {

    private static final int LENGTH_MAX = 249;
    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]+");

    private TopologyNames() {}

    static void check(@Nullable String name) {
        if (name == null) {
            return;
        }
        if (!LEGAL.matcher(name).matches() || name.length() > LENGTH_MAX || name.equals(".") || name.equals("..")) {
            throw new TopologyException("The name '" + name + "' can't be used: names are 1 to " + LENGTH_MAX
                    + " letters, digits, '.', '_' or '-', because topics are named after them.");
        }
    }
}
