package dev.millrace.broker.reference;

import java.util.regex.Pattern;

/**
 * Where Millrace is known to answer differently, and why it may. One that does not show any more is an error too.
 *
 * @param script title of the script
 * @param exchange what {@link Exchange#name} matches
 * @param path what the place in the answer matches
 */
record Difference(Pattern script, Pattern exchange, Pattern path, String reason) {

    static Difference of(String script, String exchange, String path, String reason) {
        return new Difference(Pattern.compile(script), Pattern.compile(exchange), Pattern.compile(path), reason);
    }

    boolean isAbout(Script played) {
        return script.matcher(played.title()).matches();
    }

    boolean explains(Script played, Comparison.Finding finding) {
        return isAbout(played)
                && exchange.matcher(finding.exchange().name()).matches()
                && path.matcher(finding.path()).matches();
    }
}
