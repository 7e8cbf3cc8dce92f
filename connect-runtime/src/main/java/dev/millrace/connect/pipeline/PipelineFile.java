package dev.millrace.connect.pipeline;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pipeline file: YAML, unknown keys forbidden, variables filled in, layouts merged into the connectors that name
 * one. A layout is a flat YAML map of connector settings; what the connector itself says goes before it.
 */
public final class PipelineFile {

    /** The name of the file that a folder is looked through for. */
    public static final String NAME = "pipeline.yaml";

    private static final ObjectMapper YAML = YAMLMapper.builder(new YAMLFactory())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path file;
    private final Path directory;
    private final List<Path> layoutDirectories;
    private final Map<String, @Nullable String> variables;
    private final ObjectNode tree;

    private PipelineFile(Path file, List<Path> layoutDirectories, ObjectNode tree) {
        this.file = file;
        this.directory =
                Objects.requireNonNullElse(file.toAbsolutePath().normalize().getParent(), Path.of("/"));
        this.layoutDirectories = layoutDirectories;
        this.tree = tree;
        this.variables = declaredVariables(tree.get("variables"));
    }

    /** The keys of the file, but for the variables: those are read first, to be filled in everywhere else. */
    private record Declared(
            @Nullable String name,
            @Nullable String description,
            @Nullable Boolean finite,
            @Nullable List<String> classpath,
            @Nullable Map<String, @Nullable DeclaredTopic> topics,
            @Nullable Map<String, Map<String, String>> connectors,
            @Nullable Map<String, DeclaredJob> jobs,
            @Nullable DeclaredErrors errors,
            @Nullable List<DeclaredView> show) {}

    private record DeclaredTopic(
            @Nullable Integer partitions,
            @JsonProperty("replication.factor") @Nullable Short replicationFactor,
            @Nullable Map<String, String> config) {}

    private record DeclaredJob(
            @JsonProperty("class") @Nullable String className,
            @Nullable Map<String, String> config,
            @Nullable Map<String, String> settings) {}

    private record DeclaredErrors(
            @Nullable String tolerance,
            @JsonProperty("dead.letter.topics") @Nullable List<String> deadLetterTopics) {}

    private record DeclaredView(
            @Nullable String title,
            @JsonProperty("connection.url") @Nullable String url,
            @JsonProperty("connection.user") @Nullable String user,
            @JsonProperty("connection.password") @Nullable String password,
            @Nullable String query) {}

    /**
     * @param path the file, or a folder that holds a {@value #NAME}
     * @param layoutDirectories where layouts that are given by name are looked for, after the pipeline's own folder
     * @throws PipelineException when there is no such file or it is not a pipeline
     */
    public static PipelineFile read(Path path, List<Path> layoutDirectories) {
        Path file = Files.isDirectory(path) ? path.resolve(NAME) : path;
        if (!Files.isRegularFile(file)) {
            throw new PipelineException(
                    "no pipeline at " + path + ": expected a YAML file, or a folder with a " + NAME);
        }
        JsonNode tree;
        try {
            tree = YAML.readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new PipelineException(at(file, e) + ": not YAML: " + inOneLine(e), e);
        } catch (IOException e) {
            throw new PipelineException(file + ": can't be read: " + e.getMessage(), e);
        }
        if (!(tree instanceof ObjectNode object)) {
            throw new PipelineException(file + ": empty: a pipeline has at least one of topics:, connectors:, jobs:");
        }
        return new PipelineFile(file, layoutDirectories, object);
    }

    /** The name that the file gives, or the name of its folder. */
    public String name() {
        if (tree.hasNonNull("name")) {
            return tree.get("name").asText();
        }
        Path parent = file.toAbsolutePath().normalize().getParent();
        return parent == null || parent.getFileName() == null
                ? "pipeline"
                : parent.getFileName().toString();
    }

    /** What can be set from outside, with the defaults. A variable without a default has to be set. */
    public Map<String, @Nullable String> variables() {
        return variables;
    }

    private Map<String, @Nullable String> declaredVariables(@Nullable JsonNode declared) {
        Map<String, @Nullable String> names = new LinkedHashMap<>();
        if (declared == null || declared.isNull()) {
            return names;
        }
        if (!declared.isObject()) {
            throw new PipelineException(file + ": variables: a map of names and defaults is expected");
        }
        declared.properties().forEach(variable -> {
            if (variable.getValue().isContainerNode()) {
                throw new PipelineException(file + ": variables." + variable.getKey() + ": a default is a plain value");
            }
            names.put(
                    variable.getKey(),
                    variable.getValue().isNull() ? null : variable.getValue().asText());
        });
        return names;
    }

    /**
     * The pipeline with these settings.
     *
     * @param settings values for declared variables
     * @param given further variables that the runner provides, such as {@code data.dir}
     * @throws PipelineException naming the variable, key or value that is wrong
     */
    public Pipeline resolve(Map<String, String> settings, Map<String, String> given) {
        Map<String, String> values = values(settings, given);
        ObjectNode filled = tree.deepCopy();
        filled.remove("variables");
        fill(filled, values);
        Declared bound = bind(file, filled);

        Map<String, Pipeline.Topic> topics = new LinkedHashMap<>();
        orEmpty(bound.topics()).forEach((name, topic) -> topics.put(name, topic(topic)));
        Map<String, Map<String, String>> connectors = new LinkedHashMap<>();
        orEmpty(bound.connectors()).forEach((name, config) -> connectors.put(name, connector(name, config, values)));
        Map<String, Pipeline.Job> jobs = new LinkedHashMap<>();
        orEmpty(bound.jobs()).forEach((name, job) -> jobs.put(name, job(name, job)));
        if (topics.isEmpty() && connectors.isEmpty() && jobs.isEmpty()) {
            throw new PipelineException(file + ": nothing to run: declare topics:, connectors: or jobs:");
        }
        List<Pipeline.View> show = new ArrayList<>();
        for (DeclaredView view : bound.show() == null ? List.<DeclaredView>of() : bound.show()) {
            show.add(view(view));
        }
        return new Pipeline(
                name(),
                directory,
                Map.copyOf(values),
                Boolean.TRUE.equals(bound.finite()),
                (bound.classpath() == null ? List.<String>of() : bound.classpath())
                        .stream().map(directory::resolve).toList(),
                topics,
                connectors,
                jobs,
                errors(bound.errors()),
                List.copyOf(show));
    }

    private Map<String, String> values(Map<String, String> settings, Map<String, String> given) {
        Map<String, @Nullable String> defaults = variables;
        for (String name : new TreeSet<>(settings.keySet())) {
            if (!defaults.containsKey(name)) {
                throw new PipelineException(file + ": --set " + name + ": no such variable"
                        + Variables.nearest(name, defaults.keySet()) + "; this pipeline has "
                        + (defaults.isEmpty() ? "none" : String.join(", ", defaults.keySet())));
            }
        }
        Map<String, String> values = new LinkedHashMap<>(given);
        values.putAll(settings);
        defaults.forEach((name, value) -> {
            if (!settings.containsKey(name)) {
                if (value == null) {
                    throw new PipelineException(
                            file + ": variable '" + name + "' has no default: pass --set " + name + "=…");
                }
                values.put(name, Variables.fill(value, values, file + ": variables." + name));
            }
        });
        return values;
    }

    private void fill(JsonNode node, Map<String, String> values) {
        if (node instanceof ObjectNode object) {
            object.properties().forEach(field -> {
                if (field.getValue() instanceof TextNode text) {
                    field.setValue(
                            TextNode.valueOf(Variables.fill(text.textValue(), values, file + ": " + field.getKey())));
                } else {
                    fill(field.getValue(), values);
                }
            });
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                if (array.get(i) instanceof TextNode text) {
                    array.set(i, TextNode.valueOf(Variables.fill(text.textValue(), values, file.toString())));
                } else {
                    fill(array.get(i), values);
                }
            }
        }
    }

    private static Pipeline.Topic topic(@Nullable DeclaredTopic topic) {
        return topic == null
                ? new Pipeline.Topic(null, null, Map.of())
                : new Pipeline.Topic(
                        topic.partitions(),
                        topic.replicationFactor(),
                        topic.config() == null ? Map.of() : Map.copyOf(topic.config()));
    }

    private Map<String, String> connector(String name, Map<String, String> config, Map<String, String> values) {
        Map<String, String> complete = new LinkedHashMap<>();
        String layout = config.get("layout");
        if (layout != null) {
            complete.putAll(layout(layout, "connectors." + name + ".layout", values));
        }
        complete.putAll(config);
        complete.remove("layout");
        complete.put("name", name);
        if (!complete.containsKey("connector.class")) {
            throw new PipelineException(file + ": connectors." + name + ": connector.class is missing");
        }
        return complete;
    }

    private Map<String, String> layout(String layout, String where, Map<String, String> values) {
        List<Path> candidates = new ArrayList<>();
        candidates.add(directory.resolve(layout));
        candidates.add(directory.resolve(layout + ".yaml"));
        layoutDirectories.forEach(d -> candidates.add(d.resolve(layout + ".yaml")));
        for (Path candidate : candidates) {
            if (Files.isRegularFile(candidate)) {
                return readLayout(candidate, values);
            }
        }
        throw new PipelineException(file + ": " + where + ": no layout '" + layout + "'"
                + Variables.nearest(layout, layoutNames()) + "; known ones: " + String.join(", ", layoutNames()));
    }

    private Map<String, String> readLayout(Path layout, Map<String, String> values) {
        JsonNode settings;
        try {
            settings = YAML.readTree(Files.readString(layout));
        } catch (JsonProcessingException e) {
            throw new PipelineException(at(layout, e) + ": not YAML: " + inOneLine(e), e);
        } catch (IOException e) {
            throw new PipelineException(layout + ": can't be read: " + e.getMessage(), e);
        }
        if (!(settings instanceof ObjectNode)) {
            throw new PipelineException(layout + ": a layout is a flat map of connector settings");
        }
        Map<String, String> flat = new LinkedHashMap<>();
        settings.properties().forEach(setting -> {
            if (setting.getValue().isContainerNode()) {
                throw new PipelineException(
                        layout + ": " + setting.getKey() + ": a layout is a flat map of connector settings");
            }
            flat.put(
                    setting.getKey(),
                    Variables.fill(setting.getValue().asText(), values, layout + ": " + setting.getKey()));
        });
        return flat;
    }

    private List<String> layoutNames() {
        var names = new TreeSet<String>();
        for (Path directory : layoutDirectories) {
            try (var files = Files.list(directory)) {
                files.map(f -> f.getFileName().toString())
                        .filter(f -> f.endsWith(".yaml"))
                        .forEach(f -> names.add(f.substring(0, f.length() - ".yaml".length())));
            } catch (IOException e) {
                throw new PipelineException(
                        "the folder of layouts, " + directory + ", can't be read: " + e.getMessage(), e);
            }
        }
        return List.copyOf(names);
    }

    private Pipeline.Job job(String name, DeclaredJob job) {
        if (job.className() == null) {
            throw new PipelineException(file + ": jobs." + name + ": class is missing");
        }
        return new Pipeline.Job(
                job.className(), Map.copyOf(orEmpty(job.config())), Map.copyOf(orEmpty(job.settings())));
    }

    private Pipeline.Errors errors(@Nullable DeclaredErrors errors) {
        if (errors == null) {
            return new Pipeline.Errors(false, List.of());
        }
        String tolerance = Objects.requireNonNullElse(errors.tolerance(), "none");
        if (!tolerance.equals("none") && !tolerance.equals("all")) {
            throw new PipelineException(file + ": errors.tolerance: '" + tolerance + "' is neither none nor all");
        }
        return new Pipeline.Errors(
                tolerance.equals("all"),
                errors.deadLetterTopics() == null ? List.of() : List.copyOf(errors.deadLetterTopics()));
    }

    private Pipeline.View view(DeclaredView view) {
        if (view.url() == null || view.query() == null) {
            throw new PipelineException(file + ": show: each entry needs connection.url and query");
        }
        return new Pipeline.View(
                view.title() == null ? view.query() : view.title(),
                view.url(),
                view.user(),
                view.password(),
                view.query());
    }

    private static Declared bind(Path file, ObjectNode tree) {
        try {
            return YAML.treeToValue(tree, Declared.class);
        } catch (UnrecognizedPropertyException e) {
            var known = new TreeSet<String>();
            if (e.getKnownPropertyIds() != null) {
                e.getKnownPropertyIds().forEach(id -> known.add(id.toString()));
            }
            throw new PipelineException(
                    file + ": unknown key '" + where(e) + "'" + Variables.nearest(e.getPropertyName(), known)
                            + "; known here: " + String.join(", ", known),
                    e);
        } catch (JsonProcessingException e) {
            String where = e instanceof JsonMappingException mapping ? where(mapping) + ": " : "";
            throw new PipelineException(file + ": " + where + inOneLine(e), e);
        }
    }

    private static String where(JsonMappingException e) {
        var path = new StringBuilder();
        for (JsonMappingException.Reference reference : e.getPath()) {
            if (reference.getFieldName() != null) {
                path.append(path.isEmpty() ? "" : ".").append(reference.getFieldName());
            } else {
                path.append('[').append(reference.getIndex()).append(']');
            }
        }
        return path.toString();
    }

    private static String at(Path file, JsonProcessingException e) {
        return e.getLocation() == null
                ? file.toString()
                : file + ":" + e.getLocation().getLineNr();
    }

    private static String inOneLine(JsonProcessingException e) {
        // What the parser was at, and what it met there. Its excerpts of the file are indented.
        return e.getOriginalMessage()
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .map(String::strip)
                .collect(Collectors.joining(": "));
    }

    private static <V> Map<String, V> orEmpty(@Nullable Map<String, V> map) {
        return map == null ? Map.of() : map;
    }
}
