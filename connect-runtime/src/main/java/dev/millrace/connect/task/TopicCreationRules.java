package dev.millrace.connect.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;

/** How a source connector wants its topics made (KIP-158): the {@code topic.creation.*} settings. Immutable. */
public final class TopicCreationRules {

    public static final String PREFIX = "topic.creation.";
    private static final Set<String> OWN = Set.of("include", "exclude", "partitions", "replication.factor");

    private final List<Group> groups;

    private TopicCreationRules(List<Group> groups) {
        this.groups = List.copyOf(groups);
    }

    private record Group(
            List<Pattern> include,
            List<Pattern> exclude,
            int partitions,
            short replicationFactor,
            Map<String, String> settings) {

        boolean takes(String topic) {
            return include.stream().anyMatch(regex -> regex.matcher(topic).matches())
                    && exclude.stream().noneMatch(regex -> regex.matcher(topic).matches());
        }
    }

    /** Whether a connector has such settings at all: if not, topics are left to the broker. */
    public static boolean isUsedBy(Map<String, String> config) {
        return config.containsKey(PREFIX + "default.partitions")
                && config.containsKey(PREFIX + "default.replication.factor");
    }

    /** @param config validated before */
    public static TopicCreationRules of(Map<String, String> config) {
        Group standard = group(config, "default", null);
        List<Group> groups = new ArrayList<>();
        for (String name : list(config.getOrDefault(PREFIX + "groups", ""))) {
            if (!name.equals("default")) {
                groups.add(group(config, name, standard));
            }
        }
        groups.add(standard);
        return new TopicCreationRules(groups);
    }

    private static Group group(Map<String, String> config, String name, @Nullable Group standard) {
        String prefix = PREFIX + name + ".";
        Map<String, String> settings = new HashMap<>();
        config.forEach((key, value) -> {
            if (key.startsWith(prefix) && !OWN.contains(key.substring(prefix.length()))) {
                settings.put(key.substring(prefix.length()), value);
            }
        });
        String partitions = config.get(prefix + "partitions");
        String copies = config.get(prefix + "replication.factor");
        return new Group(
                standard == null
                        ? List.of(Pattern.compile(".*"))
                        : patterns(config.getOrDefault(prefix + "include", "")),
                standard == null ? List.of() : patterns(config.getOrDefault(prefix + "exclude", "")),
                partitions != null
                        ? Integer.parseInt(partitions.trim())
                        : standard == null ? -1 : standard.partitions(),
                copies != null ? Short.parseShort(copies.trim()) : standard == null ? -1 : standard.replicationFactor(),
                settings);
    }

    private static List<Pattern> patterns(String regexes) {
        return list(regexes).stream().map(Pattern::compile).toList();
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(","))
                .map(String::trim)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    /** The topic as the first group that takes it has it. -1 partitions or copies mean the broker's default. */
    public NewTopic topic(String name) {
        Group group = groups.stream()
                .filter(candidate -> candidate.takes(name))
                .findFirst()
                .orElseThrow();
        return new NewTopic(
                        name,
                        group.partitions() < 0 ? Optional.empty() : Optional.of(group.partitions()),
                        group.replicationFactor() < 0 ? Optional.empty() : Optional.of(group.replicationFactor()))
                .configs(group.settings());
    }
}
