package dev.millrace.broker.api;

import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/** What Kafka says about its topics' settings, for clients that ask for documentation. */
final class ConfigDocs {

    private static final String NAME_SUFFIX = "_CONFIG";
    private static final String DOC_SUFFIX = "_DOC";

    private ConfigDocs() {}

    /** Null when there is none. */
    static @Nullable String ofTopic(String name) {
        return Topics.DOCS.get(name);
    }

    /** Read when first asked for. */
    private static final class Topics {
        static final Map<String, String> DOCS = read();

        /** {@link TopicConfig} pairs constants: X_CONFIG is the name, X_DOC the text. */
        private static Map<String, String> read() {
            Map<String, Field> fields = new HashMap<>();
            for (Field field : TopicConfig.class.getFields()) {
                fields.put(field.getName(), field);
            }
            Map<String, String> docs = new HashMap<>();
            fields.forEach((name, field) -> {
                Field doc = fields.get(name.replace(NAME_SUFFIX, DOC_SUFFIX));
                if (name.endsWith(NAME_SUFFIX) && doc != null) {
                    docs.put(text(field), text(doc));
                }
            });
            return Map.copyOf(docs);
        }

        private static String text(Field field) {
            try {
                return (String) field.get(null);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e); // they are public
            }
        }
    }
}
