package dev.millrace.connector.jdbc.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A table, perhaps with its schema and catalog before it. */
public record TableName(List<String> parts) {

    public TableName {
        parts = List.copyOf(parts);
    }

    /**
     * The table of a topic. Dots of the format qualify the name; a dot in the topic is part of the table's name.
     *
     * @throws IllegalArgumentException for a format with an empty part, or with more than catalog, schema and table
     */
    public static TableName of(String format, String topic) {
        List<String> parts = new ArrayList<>();
        for (String part : format.split("\\.", -1)) {
            if (part.isBlank()) {
                throw new IllegalArgumentException("'" + format + "' has an empty part");
            }
            parts.add(part.strip().replace("${topic}", topic));
        }
        if (parts.size() > 3) {
            throw new IllegalArgumentException("'" + format + "' has more than catalog, schema and table");
        }
        return new TableName(parts);
    }

    public String table() {
        return parts.get(parts.size() - 1);
    }

    @Override
    public String toString() {
        return parts.stream().collect(Collectors.joining("."));
    }
}
