package dev.millrace.broker.security;

import java.util.ArrayDeque;

/**
 * How large the automaton of an expression becomes, told from its text and never too low: {@code ((a{1000}){1000}){1000}} has a
 * thousand million states. Text that is no expression has a size too.
 */
final class RegexSize {

    /** A class of Unicode's is a table of ranges. */
    private static final int UNICODE_CLASS_SIZE = 100;

    /** What is larger is not told from this. */
    private static final long LARGEST = Integer.MAX_VALUE;

    private final String regex;

    /** Of what stands before each group that is open. */
    private final ArrayDeque<Long> before = new ArrayDeque<>();

    private long size;
    private long sizeOfLast;
    private int depthMax;
    private int groups;
    private int at;

    RegexSize(String regex) {
        this.regex = regex;
        while (at < regex.length()) {
            next();
        }
        while (!before.isEmpty()) {
            size = bounded(size + before.pop());
        }
    }

    /** States, about. */
    long states() {
        return size;
    }

    int groups() {
        return groups;
    }

    int depth() {
        return depthMax;
    }

    private static long bounded(long value) {
        return Math.min(value, LARGEST);
    }

    private void next() {
        char c = regex.charAt(at++);
        switch (c) {
            case '\\' -> escaped();
            case '[' -> atom(ofClass());
            case '(' -> open();
            case ')' -> close();
            case '{' -> repeated();
            case '*', '+', '?' -> {
                size = bounded(size + 1);
                sizeOfLast = bounded(sizeOfLast + 1);
            }
            default -> atom(1);
        }
    }

    private void atom(long itsSize) {
        sizeOfLast = itsSize;
        size = bounded(size + itsSize);
    }

    private void open() {
        before.push(size);
        size = 0;
        sizeOfLast = 0;
        depthMax = Math.max(depthMax, before.size());
        if (!regex.startsWith("?:", at)) {
            groups++;
        }
    }

    private void close() {
        sizeOfLast = bounded(size + 2);
        size = bounded(sizeOfLast + (before.isEmpty() ? 0 : before.pop()));
    }

    private void escaped() {
        if (regex.startsWith("Q", at)) {
            int end = regex.indexOf("\\E", at);
            int quotedTo = end < 0 ? regex.length() : end;
            atom(quotedTo - at);
            sizeOfLast = 1;
            at = end < 0 ? quotedTo : end + 2;
        } else {
            atom(ofEscape());
        }
    }

    /** Of one character, or of a class. Ends behind it. */
    private int ofEscape() {
        if (at == regex.length()) {
            return 1;
        }
        char kind = regex.charAt(at++);
        boolean named = kind == 'p' || kind == 'P';
        if ((named || kind == 'x') && regex.startsWith("{", at)) {
            int end = regex.indexOf('}', at);
            at = end < 0 ? regex.length() : end + 1;
        }
        return named ? UNICODE_CLASS_SIZE : 1;
    }

    private int ofClass() {
        int its = 1;
        if (regex.startsWith("^", at)) {
            at++;
        }
        if (regex.startsWith("]", at)) {
            at++;
        }
        while (at < regex.length()) {
            char c = regex.charAt(at++);
            if (c == ']') {
                break;
            }
            if (c == '\\') {
                its += ofEscape();
            } else {
                its++;
                if (c == '[' && regex.startsWith(":", at)) {
                    int end = regex.indexOf(":]", at + 1);
                    at = end < 0 ? at : end + 2;
                }
            }
        }
        return its;
    }

    private void repeated() {
        int end = regex.indexOf('}', at);
        String count = end < 0 ? "" : regex.substring(at, end);
        if (!count.matches("[0-9]{1,9}(,[0-9]{0,9})?")) {
            atom(1);
            return;
        }
        at = end + 1;
        long times = 1;
        for (String bound : count.split(",", -1)) {
            times = Math.max(times, bound.isEmpty() ? 0 : Long.parseLong(bound) + 1);
        }
        long former = sizeOfLast;
        sizeOfLast = bounded(former * times);
        size = bounded(size + sizeOfLast - former);
    }
}
