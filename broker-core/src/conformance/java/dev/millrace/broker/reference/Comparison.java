package dev.millrace.broker.reference;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The answers of two brokers to one script, side by side. */
final class Comparison {

    /** A place in an answer where the two differ. */
    record Finding(
            Exchange exchange,
            String path,
            @Nullable JsonNode expected,
            @Nullable JsonNode actual) {
        @Override
        public String toString() {
            return exchange.name() + ": " + path + "\n      expected " + expected + "\n      but was  " + actual;
        }
    }

    private final Script script;
    private final List<Exchange> expected;
    private final List<Finding> findings = new ArrayList<>();

    Comparison(Script script, List<Exchange> expected, List<Exchange> actual) throws IOException {
        this.script = script;
        this.expected = expected;
        Map<String, Exchange> answered = new LinkedHashMap<>();
        for (Exchange exchange : actual) {
            if (answered.put(exchange.name(), exchange) != null) {
                throw new IllegalStateException(script + " asks twice: " + exchange.name());
            }
        }
        for (Exchange wanted : expected) {
            Exchange got = answered.remove(wanted.name());
            compare(wanted, "", wanted.answer(), got == null ? null : Golden.canonical(got.answer()));
        }
        for (Exchange surplus : answered.values()) {
            findings.add(new Finding(surplus, "", null, surplus.answer()));
        }
    }

    private void compare(Exchange exchange, String path, @Nullable JsonNode wanted, @Nullable JsonNode got) {
        if (wanted == null || got == null || wanted.getNodeType() != got.getNodeType() || wanted.isValueNode()) {
            if (wanted == null || !wanted.equals(got)) {
                findings.add(new Finding(exchange, path, wanted, got));
            }
        } else if (wanted.isArray() && isNamed(wanted) && isNamed(got)) {
            compareNamed(exchange, path, wanted, got);
        } else if (wanted.isArray()) {
            for (int i = 0; i < Math.max(wanted.size(), got.size()); i++) {
                compare(exchange, path + "[" + i + "]", wanted.get(i), got.get(i));
            }
        } else {
            Set<String> fields = new TreeSet<>();
            wanted.fieldNames().forEachRemaining(fields::add);
            got.fieldNames().forEachRemaining(fields::add);
            for (String field : fields) {
                if (field.equals("errorMessage") && isExplainedError(wanted, got)) {
                    continue;
                }
                compare(exchange, path + "." + field, wanted.get(field), got.get(field));
            }
        }
    }

    /** An error that Kafka leaves without a word may be explained. */
    private static boolean isExplainedError(JsonNode wanted, JsonNode got) {
        return wanted.path("errorCode").asInt() != 0
                && wanted.path("errorCode").equals(got.path("errorCode"))
                && got.path("errorMessage").isTextual();
    }

    private static boolean isNamed(JsonNode array) {
        Set<String> names = new TreeSet<>();
        for (JsonNode item : array) {
            if (name(item).isEmpty() || !names.add(name(item))) {
                return false;
            }
        }
        return !array.isEmpty();
    }

    private static String name(JsonNode item) {
        return item.path(item.has("apiKey") ? "apiKey" : "name").asText();
    }

    private void compareNamed(Exchange exchange, String path, JsonNode wanted, JsonNode got) {
        Map<String, JsonNode> byName = new LinkedHashMap<>();
        got.forEach(item -> byName.put(name(item), item));
        for (JsonNode item : wanted) {
            String name = name(item);
            compare(exchange, path + "[" + name + "]", item, byName.remove(name));
        }
        byName.forEach((name, surplus) -> findings.add(new Finding(exchange, path + "[" + name + "]", null, surplus)));
    }

    Script script() {
        return script;
    }

    List<Exchange> expected() {
        return expected;
    }

    List<Finding> findings() {
        return findings;
    }
}
