package dev.millrace.broker.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;

/** The answers of a real Apache Kafka, noted down: a line for each that differs from the one before it. */
final class Golden {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FOLDER = Path.of("src/test/resources/dev/millrace/broker/reference");

    private Golden() {}

    private static Path file(Script script) {
        return FOLDER.resolve(script.title().replace(' ', '-') + ".jsonl");
    }

    static void write(Script script, List<Exchange> exchanges) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < exchanges.size(); ) {
            Exchange first = exchanges.get(i);
            int last = i;
            while (last + 1 < exchanges.size() && continues(exchanges.get(last), exchanges.get(last + 1))) {
                last++;
            }
            ObjectNode line = JSON.createObjectNode();
            line.put("api", first.key().name);
            line.put("from", first.version());
            line.put("to", exchanges.get(last).version());
            line.put("step", first.step());
            line.set("answer", first.answer());
            lines.append(JSON.writeValueAsString(line)).append('\n');
            i = last + 1;
        }
        Files.createDirectories(FOLDER);
        Files.writeString(file(script), lines);
    }

    private static boolean continues(Exchange before, Exchange after) {
        return before.key() == after.key()
                && before.step().equals(after.step())
                && before.version() + 1 == after.version()
                && before.answer().equals(after.answer());
    }

    static List<Exchange> read(Script script) throws IOException {
        List<Exchange> exchanges = new ArrayList<>();
        for (String text : Files.readAllLines(file(script))) {
            JsonNode line = JSON.readTree(text);
            for (int version = line.get("from").asInt();
                    version <= line.get("to").asInt();
                    version++) {
                exchanges.add(new Exchange(
                        line.get("step").asText(), key(line.get("api").asText()), (short) version, line.get("answer")));
            }
        }
        return exchanges;
    }

    private static ApiKeys key(String name) {
        for (ApiKeys key : ApiKeys.values()) {
            if (key.name.equals(name)) {
                return key;
            }
        }
        throw new IllegalArgumentException("no API is called " + name);
    }

    /** Numbers as they are after having been written and read: an int is not a long to {@link JsonNode#equals}. */
    static JsonNode canonical(JsonNode node) throws IOException {
        return JSON.readTree(JSON.writeValueAsString(node));
    }
}
