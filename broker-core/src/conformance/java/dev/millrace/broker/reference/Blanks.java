package dev.millrace.broker.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts a word in the place of what is another thing on every broker: ids that were drawn, the time, ports, folders. A word
 * stands for the same thing all through a conversation, so that an id that changes where it must not still shows. Of texts
 * for humans it tells only that they are there: facts are compared, not sentences.
 */
final class Blanks {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private static final Set<String> SENTENCES = Set.of("errorMessage", "batchIndexErrorMessage", "documentation");
    private static final Set<String> IDS = Set.of(
            "topicId",
            "memberId",
            "leader",
            "sessionId",
            "producerId",
            "clusterId",
            "directoryId",
            "clientInstanceId",
            "subscriptionId");

    /** Lists whose order says which entry counts. */
    private static final Set<String> ORDERED = Set.of("synonyms", "records");

    private static final Set<String> NAMES_OF_TOPICS = Set.of("name", "topic", "topicName");

    /** What counts and sizes of the machine are no answer of the broker's. */
    private static final Set<String> SIZES = Set.of("totalBytes", "usableBytes");

    private static final Set<String> MOMENTS = Set.of(
            "logAppendTimeMs",
            "lastFetchTimestamp",
            "lastCaughtUpTimestamp",
            "lastTimestamp",
            "maxTimestamp",
            "timestamp",
            "transactionStartTimeMs",
            "finalizedFeaturesEpoch");

    /** The time at which the suite was written: no fixed timestamp of a script is later, no clock's earlier. */
    private static final long A_CLOCK_SHOWS_MORE_THAN = 1_760_000_000_000L;

    private static final String NO_ID = "AAAAAAAAAAAAAAAAAAAAAA";

    private final String port;
    private final Map<String, String> words = new HashMap<>();
    private final Map<String, Integer> drawn = new HashMap<>();

    Blanks(int port) {
        this.port = Integer.toString(port);
    }

    /** @param ordered whether the order of entries belongs to the answer */
    JsonNode blank(JsonNode answer, boolean ordered) {
        learnTopics(answer);
        return blank("", answer, ordered);
    }

    private void learnTopics(JsonNode node) {
        JsonNode id = node.get("topicId");
        if (id != null && !id.asText().equals(NO_ID)) {
            for (String field : NAMES_OF_TOPICS) {
                JsonNode name = node.get(field);
                if (name != null && name.isTextual() && !name.asText().isEmpty()) {
                    words.put("topicId " + id.asText(), "<id of " + name.asText() + ">");
                }
            }
        }
        node.forEach(this::learnTopics);
    }

    private JsonNode blank(String field, JsonNode node, boolean ordered) {
        if (node instanceof ObjectNode object) {
            ObjectNode blanked = JSON.objectNode();
            object.properties()
                    .forEach(entry -> blanked.set(entry.getKey(), blank(entry.getKey(), entry.getValue(), ordered)));
            return blanked;
        } else if (node instanceof ArrayNode array) {
            List<JsonNode> items = new ArrayList<>();
            array.forEach(item -> items.add(blank(field, item, ordered)));
            if (!ordered && !ORDERED.contains(field) && items.stream().allMatch(JsonNode::isObject)) {
                items.sort(Comparator.comparing(JsonNode::toString));
            }
            return JSON.arrayNode().addAll(items);
        }
        return blankValue(field, node);
    }

    private JsonNode blankValue(String field, JsonNode value) {
        String text = value.asText();
        if (SENTENCES.contains(field)) {
            return value.isNull() || text.isEmpty() ? value : word("text");
        } else if (IDS.contains(field) && isDrawn(field, value)) {
            // The leader of a group is one of its members.
            String kind = field.equals("leader") ? "memberId" : field;
            return TextNode.valueOf(words.computeIfAbsent(kind + " " + text, key -> next(kind)));
        } else if (SIZES.contains(field) && value.asLong() > 0) {
            return word("bytes");
        } else if (field.equals("logDir") && !text.isEmpty()) {
            return word("dir");
        } else if (MOMENTS.contains(field) && value.asLong() > A_CLOCK_SHOWS_MORE_THAN) {
            return word("now");
        } else if (field.equals("port") && text.equals(port)) {
            return word("port");
        } else if (value.isTextual() && text.contains(port)) {
            return TextNode.valueOf(text.replace(port, "<port>"));
        }
        return value;
    }

    /** Whether there is an id at all; session 0 is none. */
    private static boolean isDrawn(String field, JsonNode value) {
        if (value.isTextual()) {
            return !value.asText().isEmpty() && !value.asText().equals(NO_ID);
        }
        return value.isNumber() && (field.equals("subscriptionId") ? value.asLong() != 0 : value.asLong() > 0);
    }

    private String next(String kind) {
        return "<" + kind + " " + drawn.merge(kind, 1, Integer::sum) + ">";
    }

    private static JsonNode word(String word) {
        return TextNode.valueOf("<" + word + ">");
    }
}
