package dev.millrace.connect.pipeline;

import dev.millrace.connect.plugin.NearestName;
import java.util.Collection;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fills in {@code ${name}} and {@code ${name:-default}}. {@code $${…}} stands for a literal {@code ${…}}, for settings that
 * have placeholders of their own; what config providers resolve ({@code ${env:HOME}}) passes through.
 */
final class Variables {

    private static final Pattern REFERENCE = Pattern.compile("(\\$?)\\$\\{([A-Za-z][A-Za-z0-9._-]*)(?::-([^}]*))?}");

    private Variables() {}

    static String fill(String text, Map<String, String> values, String where) {
        Matcher matcher = REFERENCE.matcher(text);
        var filled = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(filled, Matcher.quoteReplacement(replacement(matcher, values, where)));
        }
        return matcher.appendTail(filled).toString();
    }

    private static String replacement(Matcher matcher, Map<String, String> values, String where) {
        if (!matcher.group(1).isEmpty()) {
            return matcher.group().substring(1);
        }
        String name = matcher.group(2);
        String value = values.get(name);
        if (value != null) {
            return value;
        }
        if (matcher.group(3) != null) {
            return matcher.group(3);
        }
        throw new PipelineException(where + ": no variable '" + name + "'" + nearest(name, values.keySet())
                + "; declare it under variables:, pass --set " + name + "=…, or write $${" + name
                + "} for the text itself");
    }

    /** A hint at the most similar of the known names, or nothing when none is close. */
    static String nearest(String name, Collection<String> known) {
        return NearestName.of(name, known)
                .map(near -> " (did you mean '" + near + "'?)")
                .orElse("");
    }
}
