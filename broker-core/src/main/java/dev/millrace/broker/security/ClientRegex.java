package dev.millrace.broker.security;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * A regular expression that a client has thought of. RE2 takes time that is linear in the name, but as much memory and stack as
 * the expression asks for: one of twenty characters can have all there is. What would is refused.
 */
public final class ClientRegex {

    /** As five hundred names of topics have, one beside the other. */
    private static final long STATES_MAX = 20_000;

    /** Each state may remember where each group stands. */
    private static final long GROUP_PLACES_MAX = 2_000_000;

    private static final int DEPTH_MAX = 100;

    private final Pattern pattern;

    private ClientRegex(Pattern pattern) {
        this.pattern = pattern;
    }

    /** @throws PatternSyntaxException if it can't be read, or would take too much */
    public static ClientRegex compile(String regex) {
        RegexSize size = new RegexSize(regex);
        if (size.states() > STATES_MAX || size.states() * size.groups() > GROUP_PLACES_MAX) {
            throw new PatternSyntaxException("expression is too large", shortened(regex));
        }
        if (size.depth() > DEPTH_MAX) {
            throw new PatternSyntaxException("expression nests too deeply", shortened(regex));
        }
        ClientRegex compiled;
        try {
            compiled = new ClientRegex(Pattern.compile(regex));
            compiled.pattern.matches("");
        } catch (StackOverflowError e) {
            throw new PatternSyntaxException("expression has too many choices", shortened(regex));
        }
        return compiled;
    }

    private static String shortened(String regex) {
        int shown = 100;
        return regex.length() <= shown ? regex : regex.substring(0, shown) + "...";
    }

    /** Whether it matches all of the name; false too for a name with which it has too many choices. */
    public boolean matches(String name) {
        try {
            return pattern.matches(name);
        } catch (StackOverflowError e) {
            // Nothing but the matcher was under way, and it is not used again.
            return false;
        }
    }

    /** As it was given. */
    @Override
    public String toString() {
        return pattern.pattern();
    }
}
