package dev.millrace.server.run;

import java.util.ArrayList;
import java.util.List;

/** Rows of text under a header, in columns as wide as they need to be; numbers stand to the right. */
final class TextTable {

    private final List<List<String>> rows = new ArrayList<>();
    private final int columns;

    TextTable(List<String> header) {
        this.columns = header.size();
        rows.add(header);
    }

    void add(List<String> row) {
        if (row.size() != columns) {
            throw new IllegalArgumentException("Expected " + columns + " columns, got " + row.size());
        }
        rows.add(row);
    }

    /** One line a row, each ended by a line feed. */
    String render() {
        int[] widths = new int[columns];
        boolean[] numeric = new boolean[columns];
        for (int c = 0; c < columns; c++) {
            numeric[c] = rows.size() > 1;
            for (int r = 0; r < rows.size(); r++) {
                String cell = rows.get(r).get(c);
                widths[c] = Math.max(widths[c], width(cell));
                numeric[c] &= r == 0 || cell.matches("-?[0-9.,]+");
            }
        }
        var text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            var line = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                String cell = rows.get(r).get(c);
                String padding = " ".repeat(widths[c] - width(cell));
                line.append(c == 0 ? "  " : "   ").append(numeric[c] ? padding + cell : cell + padding);
            }
            text.append(line.toString().stripTrailing()).append('\n');
            if (r == 0) {
                for (int c = 0; c < columns; c++) {
                    text.append(c == 0 ? "  " : "   ").append("-".repeat(widths[c]));
                }
                text.append('\n');
            }
        }
        return text.toString();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
