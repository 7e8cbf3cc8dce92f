package dev.millrace.broker.reference;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * Requests out of JSON that names only what matters: <code>{topics:[{name:'t'}]}</code>. What a version has besides is
 * filled in with its default, and what it has no field for is left out, both as the protocol's definitions say, which are
 * in the jar of the clients.
 */
final class Requests {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Takes the relaxed JSON of the scripts and the comments in the definitions. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.ALLOW_COMMENTS)
            .enable(JsonParser.Feature.ALLOW_SINGLE_QUOTES)
            .enable(JsonParser.Feature.ALLOW_UNQUOTED_FIELD_NAMES)
            .build();

    private static final Map<ApiKeys, JsonNode> DEFINITIONS = new EnumMap<>(ApiKeys.class);

    private Requests() {}

    static ApiMessage of(ApiKeys key, short version, String json) throws IOException {
        JsonNode definition = definition(key);
        Map<String, JsonNode> structs = new HashMap<>();
        definition
                .path("commonStructs")
                .forEach(struct -> structs.put(struct.get("name").asText(), struct.get("fields")));
        ObjectNode request = (ObjectNode) JSON.readTree(json);
        fill(request, definition.get("fields"), structs, version);
        Class<?> type = ApiMessageType.fromApiKey(key.id).newRequest().getClass();
        try {
            return (ApiMessage) Class.forName(type.getName() + "JsonConverter")
                    .getMethod("read", JsonNode.class, short.class)
                    .invoke(null, request, version);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(key + " v" + version + ": " + request, e);
        }
    }

    private static JsonNode definition(ApiKeys key) throws IOException {
        JsonNode known = DEFINITIONS.get(key);
        if (known == null) {
            String file = "/common/message/" + key.name + "Request.json";
            try (InputStream in = Objects.requireNonNull(ApiKeys.class.getResourceAsStream(file), file)) {
                known = JSON.readTree(in);
            }
            DEFINITIONS.put(key, known);
        }
        return known;
    }

    private static void fill(ObjectNode struct, JsonNode fields, Map<String, JsonNode> structs, short version) {
        Map<String, JsonNode> known = new HashMap<>();
        for (JsonNode field : fields) {
            String name = field.get("name").asText();
            known.put(Character.toLowerCase(name.charAt(0)) + name.substring(1), field);
        }
        struct.fieldNames().forEachRemaining(name -> {
            if (!known.containsKey(name)) {
                throw new IllegalArgumentException("no field is called " + name + ": there are " + known.keySet());
            }
        });
        known.forEach((name, field) -> {
            if (!contains(field.get("versions").asText(), version)) {
                struct.remove(name);
                return;
            }
            String type = field.get("type").asText();
            JsonNode value = struct.get(name);
            if (value == null) {
                if (field.has("tag") && contains(field.path("taggedVersions").asText(), version)) {
                    return;
                }
                value = defaultOf(type, field);
                struct.set(name, value);
            }
            JsonNode nested = field.has("fields") ? field.get("fields") : structs.get(type.replace("[]", ""));
            if (nested != null && value instanceof ArrayNode items) {
                items.forEach(item -> fill((ObjectNode) item, nested, structs, version));
            } else if (nested != null && value instanceof ObjectNode one) {
                fill(one, nested, structs, version);
            }
        });
    }

    private static boolean contains(String range, short version) {
        if (range.equals("none")) {
            return false;
        }
        if (range.endsWith("+")) {
            return version >= Short.parseShort(range.substring(0, range.length() - 1));
        }
        int dash = range.indexOf('-');
        short from = Short.parseShort(dash < 0 ? range : range.substring(0, dash));
        short to = dash < 0 ? from : Short.parseShort(range.substring(dash + 1));
        return version >= from && version <= to;
    }

    private static JsonNode defaultOf(String type, JsonNode field) {
        JsonNode given = field.get("default");
        if (given != null && given.asText().equals("null")) {
            return NODES.nullNode();
        }
        if (type.startsWith("[]")) {
            return NODES.arrayNode();
        }
        return switch (type) {
            case "string" -> NODES.textNode(given == null ? "" : given.asText());
            case "bool" -> NODES.booleanNode(given != null && given.asBoolean());
            case "uuid" -> NODES.textNode("AAAAAAAAAAAAAAAAAAAAAA");
            case "float64" -> NODES.numberNode(given == null ? 0.0 : given.asDouble());
            case "bytes" -> NODES.binaryNode(new byte[0]);
            case "records" -> NODES.nullNode();
            default -> type.startsWith("int") || type.startsWith("uint") ? number(type, given) : NODES.objectNode();
        };
    }

    private static JsonNode number(String type, @Nullable JsonNode given) {
        long value = given == null ? 0 : Long.decode(given.asText());
        return type.equals("int64") || type.equals("uint32") ? NODES.numberNode(value) : NODES.numberNode((int) value);
    }
}
