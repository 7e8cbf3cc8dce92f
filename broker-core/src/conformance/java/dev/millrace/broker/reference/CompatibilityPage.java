package dev.millrace.broker.reference;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.protocol.ApiKeys;

/** docs/compatibility.md: what came of the comparison, API by API. */
final class CompatibilityPage {

    private static final String HEAD = """
            # Compatibility with Apache Kafka

            The same requests, encoded by hand in every version of every API, go to Millrace and to a real Apache Kafka of one
            node; the answers are compared field by field, with what differs from broker to broker (drawn ids, clocks, ports,
            folders) blanked. Of an error message it counts that there is one, not how it is worded. This page is written by
            that suite, `broker-core/src/conformance/java/dev/millrace/broker/reference`; a test fails when it is out of date.

            Kafka's answers are kept in `broker-core/src/test/resources/dev/millrace/broker/reference`, so that the suite runs
            without one. To ask a running Kafka instead, or to write its answers down anew:

            ```
            mvn -pl broker-core test -Dtest=The_answers_of_Apache_Kafka -Dmillrace.reference=HOST:PORT [-Dmillrace.record]
            ```

            That Kafka is a fresh one of version %s, one node, with the settings in `Millrace.java` of the suite, three `log.dirs` among them.

            | key | API | Kafka serves | Millrace serves | answers compared | result |
            |---|---|---|---|---|---|
            """;

    private final Map<ApiKeys, Integer> compared = new TreeMap<>();
    private final Map<ApiKeys, Set<String>> reasons = new TreeMap<>();

    void add(Comparison comparison, List<Difference> known) {
        for (Exchange exchange : comparison.expected()) {
            compared.merge(exchange.key(), 1, Integer::sum);
        }
        for (Comparison.Finding finding : comparison.findings()) {
            known.stream()
                    .filter(difference -> difference.explains(comparison.script(), finding))
                    .findFirst()
                    .ifPresent(difference -> reasons.computeIfAbsent(
                                    finding.exchange().key(), key -> new TreeSet<>())
                            .add(difference.reason()));
        }
    }

    /** @param kafka @param millrace what each answers to ApiVersions */
    String render(String kafkaVersion, JsonNode kafka, JsonNode millrace, Map<ApiKeys, String> unserved) {
        Map<Integer, String> theirs = ranges(kafka);
        Map<Integer, String> ours = ranges(millrace);
        StringBuilder page = new StringBuilder(HEAD.formatted(kafkaVersion));
        Set<Integer> keys = new TreeSet<>(theirs.keySet());
        keys.addAll(ours.keySet());
        compared.keySet().forEach(key -> keys.add((int) key.id));
        for (int id : keys) {
            ApiKeys key = ApiKeys.forId(id);
            page.append("| %d | %s | %s | %s | %s | %s |\n"
                    .formatted(
                            id,
                            key.name,
                            theirs.getOrDefault(id, "not advertised"),
                            ours.getOrDefault(id, ours.containsKey(id) ? "" : "not advertised"),
                            compared.containsKey(key) ? compared.get(key).toString() : "",
                            result(key, ours.containsKey(id), unserved)));
        }
        return page.toString();
    }

    private String result(ApiKeys key, boolean served, Map<ApiKeys, String> unserved) {
        Collection<String> differing = reasons.getOrDefault(key, Set.of());
        if (!differing.isEmpty()) {
            return "differs: " + String.join("; ", differing);
        } else if (compared.containsKey(key)) {
            return "equal";
        }
        return served ? "not compared" : unserved.getOrDefault(key, "not served");
    }

    private static Map<Integer, String> ranges(JsonNode apiVersions) {
        Map<Integer, String> ranges = new TreeMap<>();
        for (JsonNode range : apiVersions.get("apiKeys")) {
            int min = range.get("minVersion").asInt();
            int max = range.get("maxVersion").asInt();
            ranges.put(range.get("apiKey").asInt(), min == max ? "v" + min : "v" + min + "–" + max);
        }
        return ranges;
    }
}
