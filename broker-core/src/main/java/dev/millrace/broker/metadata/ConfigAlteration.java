package dev.millrace.broker.metadata;

import dev.millrace.broker.config.ConfigKey;
import dev.millrace.broker.config.KnownConfigs;
import dev.millrace.broker.machine.Decision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.Topic;
import org.jspecify.annotations.Nullable;

/** Decides on {@link AlterConfigs}. */
final class ConfigAlteration {

    private final ClusterImage image;
    private final ControllerSettings settings;
    private final Decision.Builder<MetadataEvent> decision = Decision.builder();

    ConfigAlteration(ClusterImage image, ControllerSettings settings) {
        this.image = image;
        this.settings = settings;
    }

    Decision<MetadataEvent> decide(AlterConfigs command) {
        Map<ConfigResource, Integer> counts = new HashMap<>();
        command.resources().forEach(alteration -> counts.merge(alteration.resource(), 1, Integer::sum));
        List<AlterConfigs.Outcome> outcomes = new ArrayList<>();
        for (AlterConfigs.Alteration alteration : command.resources()) {
            ApiException error = null;
            try {
                if (Objects.requireNonNull(counts.get(alteration.resource())) > 1) {
                    throw new InvalidRequestException("Each resource must appear at most once.");
                }
                alter(alteration, command.validateOnly());
            } catch (ApiException e) {
                error = e;
            }
            outcomes.add(new AlterConfigs.Outcome(alteration.resource(), error));
        }
        return decision.answer(command.ticket(), List.copyOf(outcomes)).build();
    }

    private void alter(AlterConfigs.Alteration alteration, boolean validateOnly) {
        ConfigResource resource = alteration.resource();
        checkForm(alteration.changes());
        checkExists(resource);
        Map<String, String> before = image.configs(resource);
        Map<String, String> after = new TreeMap<>(alteration.replace() ? Map.of() : before);
        for (AlterConfigs.Change change : alteration.changes()) {
            apply(resource, change, after);
        }
        check(resource, before, after);
        if (validateOnly) {
            return;
        }
        Set<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (String key : keys) {
            if (!Objects.equals(before.get(key), after.get(key))) {
                decision.event(new MetadataEvent.ConfigChanged(resource, key, after.get(key)));
            }
        }
    }

    private void check(ConfigResource resource, Map<String, String> before, Map<String, String> after) {
        switch (resource.type()) {
            case TOPIC -> TopicConfigs.check(after);
            case GROUP -> GroupConfigs.check(after, brokers(""));
            case CLIENT_METRICS -> ClientMetricsConfigs.check(after);
            default -> {
                EligibleLeaderReplicas.check(image, resource, before, after);
                Map<String, String> changed = new TreeMap<>(after);
                before.forEach(changed::remove);
                BrokerConfigChecks.check(resource.name().isEmpty(), changed, brokers(resource.name()));
                if (!resource.name().isEmpty()) {
                    settings.cordonedLogDirs().check(image, before, after);
                }
            }
        }
    }

    private BrokerConfigLayers brokers(String name) {
        Map<String, String> ofOne =
                name.isEmpty() ? Map.of() : image.configs(new ConfigResource(ConfigResource.Type.BROKER, name));
        return new BrokerConfigLayers(
                ofOne, image.configs(new ConfigResource(ConfigResource.Type.BROKER, "")), settings.brokerConfigs());
    }

    private static void checkForm(List<AlterConfigs.Change> changes) {
        Set<String> keys = new HashSet<>();
        List<String> nulls = new ArrayList<>();
        for (AlterConfigs.Change change : changes) {
            if (!keys.add(change.key())) {
                throw new InvalidRequestException("Error due to duplicate config keys");
            }
            if (change.value() == null && change.operation() != AlterConfigs.Operation.DELETE) {
                nulls.add(change.key());
            }
        }
        if (!nulls.isEmpty()) {
            throw new InvalidRequestException("Null value not supported for : " + String.join(", ", nulls));
        }
    }

    private void checkExists(ConfigResource resource) {
        switch (resource.type()) {
            case TOPIC -> {
                if (resource.name().isEmpty()) {
                    throw new InvalidRequestException("Default topic resources are not allowed.");
                }
                Topic.validate(resource.name());
                if (image.topic(resource.name()) == null) {
                    throw new UnknownTopicOrPartitionException("The topic '" + resource.name() + "' does not exist.");
                }
            }
            case BROKER -> {
                if (!resource.name().isEmpty() && image.broker(brokerId(resource.name())) == null) {
                    throw new InvalidRequestException("There is no broker " + resource.name() + ".");
                }
            }
            case GROUP -> requireName(resource, "group");
            case CLIENT_METRICS -> requireName(resource, "subscription");
            default -> throw new InvalidRequestException("Unknown resource type " + resource.type());
        }
    }

    private static void requireName(ConfigResource resource, String what) {
        if (resource.name().isEmpty()) {
            throw new InvalidRequestException("The name of the " + what + " must not be empty.");
        }
    }

    private static int brokerId(String name) {
        try {
            return Integer.parseInt(name);
        } catch (NumberFormatException e) {
            throw new InvalidRequestException("Node id must be an integer, but it is: " + name, e);
        }
    }

    private void apply(ConfigResource resource, AlterConfigs.Change change, Map<String, String> configs) {
        switch (change.operation()) {
            case SET -> configs.put(change.key(), Objects.requireNonNull(change.value()));
            case DELETE -> configs.remove(change.key());
            case APPEND, SUBTRACT -> {
                List<String> parts = parts(resource, change, configs.get(change.key()));
                for (String part : Objects.requireNonNull(change.value()).split(",", 0)) {
                    if (change.operation() == AlterConfigs.Operation.SUBTRACT) {
                        parts.remove(part);
                    } else if (!parts.contains(part)) {
                        parts.add(part);
                    }
                }
                configs.put(change.key(), String.join(",", parts));
            }
        }
    }

    /** The list that the change starts from: the one that is set, else the one that holds without being set. */
    private List<String> parts(ConfigResource resource, AlterConfigs.Change change, @Nullable String current) {
        ConfigKey key = known(resource.type()).get(change.key());
        // Of groups and subscriptions Kafka knows no lists.
        boolean mayBeList =
                resource.type() == ConfigResource.Type.TOPIC || resource.type() == ConfigResource.Type.BROKER;
        if (key == null || key.type() != ConfigDef.Type.LIST || !mayBeList) {
            throw new InvalidConfigurationException(
                    "Can't " + change.operation() + " to key " + change.key() + " because its type is not LIST.");
        }
        String value = current;
        if (value == null && resource.type() == ConfigResource.Type.TOPIC) {
            value = TopicConfigs.value(
                            change.key(),
                            Map.of(),
                            new BrokerConfigLayers(Map.of(), Map.of(), settings.brokerConfigs()))
                    .value();
        } else if (value == null) {
            value = resource.type() == ConfigResource.Type.BROKER
                    ? settings.brokerConfigs().getOrDefault(change.key(), key.defaultValue())
                    : key.defaultValue();
        }
        List<String> parts = new ArrayList<>();
        for (String part : value == null ? new String[0] : value.split(",", 0)) {
            if (!part.isEmpty()) {
                parts.add(part);
            }
        }
        return parts;
    }

    private static Map<String, ConfigKey> known(ConfigResource.Type type) {
        return switch (type) {
            case TOPIC -> KnownConfigs.topic();
            case GROUP -> KnownConfigs.group();
            case CLIENT_METRICS -> KnownConfigs.clientMetrics();
            default -> KnownConfigs.broker();
        };
    }
}
