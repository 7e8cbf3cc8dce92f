package dev.millrace.connector.csv.row;

import org.jspecify.annotations.Nullable;

/**
 * One field of the record and the column it comes from.
 *
 * @param column       name of the column; empty when the file has none, then every row gets the default
 * @param optional     whether it may be null
 * @param defaultText  what an empty column stands for; null for null, or for a malformed row when it may not be null
 * @param strip        characters that are taken away around the text, such as quotes around an id
 */
public record FieldSpec(
        String name,
        String column,
        FieldType type,
        boolean optional,
        @Nullable String defaultText,
        String strip) {

    boolean hasColumn() {
        return !column.isEmpty();
    }

    /** @param text null when the dialect says that the column is */
    @Nullable
    Object value(@Nullable String text) throws MalformedRowException {
        String bare = text == null ? null : stripped(text);
        if (bare == null || (bare.isEmpty() && (defaultText != null || type.ignoresSurroundingSpace()))) {
            bare = defaultText;
        }
        if (bare == null) {
            if (optional) {
                return null;
            }
            throw new MalformedRowException("is empty");
        }
        return type.parse().value(bare);
    }

    private String stripped(String text) {
        String bare = type.ignoresSurroundingSpace() ? text.strip() : text;
        if (strip.isEmpty()) {
            return bare;
        }
        int from = 0;
        int to = bare.length();
        while (from < to && strip.indexOf(bare.charAt(from)) >= 0) {
            from++;
        }
        while (to > from && strip.indexOf(bare.charAt(to - 1)) >= 0) {
            to--;
        }
        return bare.substring(from, to);
    }
}
