package dev.millrace.broker.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/** What the values of a setting may be, beyond its type. */
public sealed interface ValueSet {

    /** @param value as {@link ConfigDef#parseType} returns it */
    boolean contain(Object value);

    /** For an error message, after "expected". */
    String describe(ConfigDef.Type type);

    /** Whatever its type allows. */
    record Any() implements ValueSet {
        @Override
        public boolean contain(Object value) {
            return true;
        }

        @Override
        public String describe(ConfigDef.Type type) {
            return switch (type) {
                case SHORT, INT, LONG -> "a whole number";
                case DOUBLE -> "a number";
                case BOOLEAN -> "true or false";
                case LIST -> "values separated by commas";
                case CLASS -> "the name of a class";
                default -> "text";
            };
        }
    }

    /**
     * Both ends belong to it.
     *
     * @param otherwise one more value, outside of the range
     */
    record Range(
            @Nullable Double min,
            @Nullable Double max,
            @Nullable Double otherwise) implements ValueSet {
        @Override
        public boolean contain(Object value) {
            double number = ((Number) value).doubleValue();
            return (otherwise != null && number == otherwise)
                    || ((min == null || number >= min) && (max == null || number <= max));
        }

        @Override
        public String describe(ConfigDef.Type type) {
            String kind = new Any().describe(type);
            String range = max == null
                    ? kind + ", " + plain(min) + " or more"
                    : kind + " from " + plain(min) + " to " + plain(max);
            return otherwise == null ? range : range + ", or " + plain(otherwise);
        }

        private static String plain(@Nullable Double number) {
            if (number == null) {
                return "any";
            }
            return number == Math.rint(number) ? Long.toString(number.longValue()) : number.toString();
        }
    }

    /** One of some words; of a list every item. */
    record Words(List<String> words, boolean anyCase) implements ValueSet {
        @Override
        public boolean contain(Object value) {
            if (value instanceof List<?> items) {
                return items.stream().allMatch(item -> containsWord(item.toString()));
            }
            return containsWord(value.toString());
        }

        private boolean containsWord(String word) {
            return words.contains(word) || (anyCase && words.contains(word.toUpperCase(Locale.ROOT)));
        }

        @Override
        public String describe(ConfigDef.Type type) {
            String all = String.join(", ", words);
            return type == ConfigDef.Type.LIST ? "some of " + all + ", separated by commas" : "one of " + all;
        }
    }

    /** Replicas, of which {@code *} is all, else each by its partition and broker; what is empty between commas is none. */
    record Replicas() implements ValueSet {
        private static final Pattern PAIR = Pattern.compile("([0-9]+:[0-9]+)?");

        @Override
        public boolean contain(Object value) {
            List<?> items = (List<?>) value;
            return items.isEmpty()
                    || items.equals(List.of("*"))
                    || items.stream()
                            .allMatch(item -> PAIR.matcher(item.toString()).matches());
        }

        @Override
        public String describe(ConfigDef.Type type) {
            return "* or PARTITION:BROKER separated by commas";
        }
    }

    /** Where a group begins that has read nothing yet: {@code by_duration:} is so long ago (KIP-1106). */
    record OffsetReset() implements ValueSet {
        private static final String BY_DURATION = "by_duration:";

        @Override
        public boolean contain(Object value) {
            String text = value.toString();
            if (!text.startsWith(BY_DURATION)) {
                return text.equals("earliest") || text.equals("latest");
            }
            try {
                return !Duration.parse(text.substring(BY_DURATION.length())).isNegative();
            } catch (DateTimeParseException e) {
                return false;
            }
        }

        @Override
        public String describe(ConfigDef.Type type) {
            return "earliest, latest, or by_duration:PnDTnHnMn.nS";
        }
    }

    /** Reads the notation of the tables: {@code -}, {@code 0..}, {@code 1..9|-1}, {@code {a,b}}, {@code {~A,B}},
     * {@code <replicas>}, {@code <reset>}. */
    static ValueSet parse(String notation) {
        if (notation.equals("-")) {
            return new Any();
        }
        if (notation.equals("<replicas>")) {
            return new Replicas();
        }
        if (notation.equals("<reset>")) {
            return new OffsetReset();
        }
        if (notation.startsWith("{")) {
            boolean anyCase = notation.startsWith("{~");
            return new Words(
                    List.of(notation.substring(anyCase ? 2 : 1, notation.length() - 1)
                            .split(",")),
                    anyCase);
        }
        int bar = notation.indexOf('|');
        String range = bar < 0 ? notation : notation.substring(0, bar);
        int dots = range.indexOf("..");
        return new Range(
                number(range.substring(0, dots)),
                number(range.substring(dots + 2)),
                bar < 0 ? null : number(notation.substring(bar + 1)));
    }

    private static @Nullable Double number(String text) {
        return text.isEmpty() ? null : Double.valueOf(text);
    }
}
