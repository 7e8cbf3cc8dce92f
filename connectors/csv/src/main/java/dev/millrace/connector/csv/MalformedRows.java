package dev.millrace.connector.csv;

import java.util.Locale;

/** What becomes of a row that is not what the settings promise. */
enum MalformedRows {
    /** The task fails and names the row. */
    FAIL,
    /** The row is left out; a log line counts it. */
    SKIP,
    /** The row goes to a topic of its own, in its place among the others. */
    DEAD_LETTER;

    static final String[] SETTINGS = {"fail", "skip", "dead-letter"};

    static MalformedRows of(String setting) {
        return valueOf(setting.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
