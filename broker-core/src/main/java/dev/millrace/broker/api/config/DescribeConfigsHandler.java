package dev.millrace.broker.api.config;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.ConfigSources;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.config.ConfigKey;
import dev.millrace.broker.config.KnownConfigs;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.BrokerConfigLayers;
import dev.millrace.broker.metadata.ClientMetricsConfigs;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.ConfigValue;
import dev.millrace.broker.metadata.ConfigValue.Source;
import dev.millrace.broker.metadata.ConfigValue.Synonym;
import dev.millrace.broker.metadata.GroupConfigs;
import dev.millrace.broker.metadata.TopicConfigs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.jspecify.annotations.Nullable;

/** DescribeConfigs (key 32): every setting of a topic, a broker or a group, where its value comes from, and what else had a say. */
final class DescribeConfigsHandler implements ApiHandler<DescribeConfigsRequest, DescribeConfigsResponseData> {

    private static final Set<ConfigResource.Type> DESCRIBED = EnumSet.of(
            ConfigResource.Type.TOPIC,
            ConfigResource.Type.BROKER,
            ConfigResource.Type.BROKER_LOGGER,
            ConfigResource.Type.GROUP,
            ConfigResource.Type.CLIENT_METRICS);

    private final NodeView node;

    DescribeConfigsHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_CONFIGS;
    }

    @Override
    public void handle(ApiRequest<DescribeConfigsRequest> request, Ticket<DescribeConfigsResponseData> ticket) {
        DescribeConfigsRequestData wanted = request.body().data();
        ClusterImage image = node.image();
        DescribeConfigsResponseData response = new DescribeConfigsResponseData();
        // One of a kind that has no settings fails them all.
        wanted.resources().forEach(resource -> checkType(ConfigResource.Type.forId(resource.resourceType())));
        for (DescribeConfigsResource resource : wanted.resources()) {
            DescribeConfigsResult result = new DescribeConfigsResult()
                    .setResourceType(resource.resourceType())
                    .setResourceName(resource.resourceName());
            try {
                for (Described described : describe(resource, image)) {
                    if (isWanted(described.key(), resource.configurationKeys())) {
                        result.configs().add(described.toResult(wanted));
                    }
                }
            } catch (ApiException e) {
                result.setErrorCode(Errors.forException(e).code()).setErrorMessage(e.getMessage());
            }
            response.results().add(result);
        }
        ticket.answer(response);
    }

    private static boolean isWanted(ConfigKey key, @Nullable Collection<String> names) {
        return names == null || names.isEmpty() || names.contains(key.name());
    }

    private List<Described> describe(DescribeConfigsResource resource, ClusterImage image) {
        ConfigResource.Type type = ConfigResource.Type.forId(resource.resourceType());
        return switch (type) {
            case TOPIC -> topic(resource.resourceName(), image);
            case BROKER -> broker(resource.resourceName(), image);
            case BROKER_LOGGER -> loggers(resource.resourceName());
            case GROUP -> group(resource.resourceName(), image);
            case CLIENT_METRICS -> clientMetrics(resource.resourceName(), image);
            default -> throw withoutSettings(type);
        };
    }

    private static void checkType(ConfigResource.Type type) {
        if (!DESCRIBED.contains(type)) {
            throw withoutSettings(type);
        }
    }

    private static InvalidRequestException withoutSettings(ConfigResource.Type type) {
        return new InvalidRequestException("Resources of type " + type + " have no settings.");
    }

    private List<Described> topic(String name, ClusterImage image) {
        Topic.validate(name);
        if (image.topic(name) == null) {
            throw new UnknownTopicOrPartitionException("The topic '" + name + "' does not exist.");
        }
        Map<String, String> overrides = image.configs(new ConfigResource(ConfigResource.Type.TOPIC, name));
        BrokerConfigLayers brokers = BrokerConfigLayers.of(image, node.nodeId(), node.brokerConfigs());
        List<Described> described = new ArrayList<>();
        for (ConfigKey key : KnownConfigs.topic().values()) {
            if (!key.internal() || overrides.containsKey(key.name())) {
                described.add(new Described(
                        key,
                        TopicConfigs.value(key.name(), overrides, brokers),
                        false,
                        ConfigDocs.ofTopic(key.name())));
            }
        }
        return described;
    }

    private List<Described> broker(String name, ClusterImage image) {
        BrokerConfigLayers all = BrokerConfigLayers.of(image, node.nodeId(), node.brokerConfigs());
        if (name.isEmpty()) {
            // Without a name: what is set for all brokers, and nothing else.
            return layered(new BrokerConfigLayers(Map.of(), all.dynamicDefault(), Map.of()), true);
        }
        node.requireThisBroker(name);
        return layered(all, false);
    }

    private static List<Described> layered(BrokerConfigLayers layers, boolean onlySet) {
        List<Described> described = new ArrayList<>();
        for (ConfigKey key : KnownConfigs.broker().values()) {
            ConfigValue value = brokerValue(key, layers, onlySet);
            boolean set = value.source() != Source.DEFAULT_CONFIG;
            if (set || (!onlySet && !key.internal())) {
                described.add(new Described(
                        key, value, key.update() == ConfigKey.Update.READ_ONLY, ConfigDocs.ofBroker(key.name())));
            }
        }
        Set<String> unknown = new TreeSet<>(layers.dynamic().keySet());
        unknown.addAll(layers.dynamicDefault().keySet());
        unknown.removeAll(KnownConfigs.broker().keySet());
        for (String name : unknown) {
            ConfigKey rate = KnownConfigs.replicationRates().get(name);
            if (rate != null) {
                described.add(new Described(rate, brokerValue(rate, layers, onlySet), false, null));
                continue;
            }
            // What only a plugin knows may be a secret, as far as the broker can tell.
            ConfigKey key = new ConfigKey(
                    name, ConfigDef.Type.PASSWORD, null, ConfigKey.Update.READ_ONLY, false, ConfigKey.ANY, List.of());
            described.add(new Described(key, brokerValue(key, layers, onlySet), true, null, ConfigType.UNKNOWN.id()));
        }
        return described;
    }

    private static ConfigValue brokerValue(ConfigKey key, BrokerConfigLayers layers, boolean onlySet) {
        List<Synonym> synonyms = new ArrayList<>();
        for (BrokerConfigLayers.Layer layer : layers.inOrder()) {
            String value = layer.configs().get(key.name());
            if (value != null) {
                synonyms.add(new Synonym(key.name(), value, layer.source()));
            }
        }
        if (key.defaultValue() != null && !onlySet) {
            synonyms.add(new Synonym(key.name(), key.defaultValue(), Source.DEFAULT_CONFIG));
        } else if (!synonyms.isEmpty() && !onlySet) {
            synonyms.addAll(otherUnits(key));
        }
        if (synonyms.isEmpty()) {
            return new ConfigValue(key.name(), null, Source.DEFAULT_CONFIG, synonyms);
        }
        Synonym effective = synonyms.get(0);
        // What is set for all brokers is told as it was written, as Kafka does.
        return new ConfigValue(
                key.name(),
                onlySet ? effective.value() : key.canonical(effective.value()),
                effective.source(),
                synonyms);
    }

    /** The defaults of the same setting in other units: log.retention.hours beside log.retention.ms. */
    private static List<Synonym> otherUnits(ConfigKey key) {
        List<Synonym> defaults = new ArrayList<>();
        for (ConfigKey topic : KnownConfigs.topic().values()) {
            if (!topic.synonyms().isEmpty() && topic.synonyms().get(0).equals(key.name())) {
                for (String other : topic.synonyms()) {
                    ConfigKey known = KnownConfigs.broker().get(other);
                    if (known != null && known.defaultValue() != null) {
                        defaults.add(new Synonym(other, known.defaultValue(), Source.DEFAULT_CONFIG));
                    }
                }
            }
        }
        return defaults;
    }

    private List<Described> group(String name, ClusterImage image) {
        if (name.isEmpty()) {
            throw new InvalidRequestException("Group name must not be empty");
        }
        Map<String, String> overrides = image.configs(new ConfigResource(ConfigResource.Type.GROUP, name));
        BrokerConfigLayers brokers = BrokerConfigLayers.of(image, node.nodeId(), node.brokerConfigs());
        List<Described> described = new ArrayList<>();
        for (ConfigKey key : KnownConfigs.group().values()) {
            if (!key.internal()) {
                described.add(new Described(
                        key,
                        GroupConfigs.value(key.name(), overrides, brokers),
                        false,
                        ConfigDocs.ofGroup(key.name())));
            }
        }
        return described;
    }

    private static List<Described> clientMetrics(String name, ClusterImage image) {
        if (name.isEmpty()) {
            throw new InvalidRequestException("The name of the subscription must not be empty.");
        }
        Map<String, String> overrides = image.configs(new ConfigResource(ConfigResource.Type.CLIENT_METRICS, name));
        List<Described> described = new ArrayList<>();
        for (ConfigKey key : KnownConfigs.clientMetrics().values()) {
            described.add(new Described(
                    key,
                    ClientMetricsConfigs.value(key.name(), overrides),
                    false,
                    ConfigDocs.ofClientMetrics(key.name())));
        }
        return described;
    }

    private List<Described> loggers(String name) {
        node.requireThisBroker(name);
        List<Described> described = new ArrayList<>();
        node.loggers().levels().forEach((logger, level) -> {
            ConfigKey key = new ConfigKey(
                    logger, ConfigDef.Type.STRING, null, ConfigKey.Update.PER_BROKER, false, ConfigKey.ANY, List.of());
            ConfigValue value = new ConfigValue(
                    logger,
                    level,
                    Source.DYNAMIC_BROKER_LOGGER_CONFIG,
                    List.of(new Synonym(logger, level, Source.DYNAMIC_BROKER_LOGGER_CONFIG)));
            described.add(new Described(key, value, false, "", ConfigType.UNKNOWN.id()));
        });
        return described;
    }

    /** A setting, ready to be told. */
    private record Described(
            ConfigKey key,
            ConfigValue value,
            boolean readOnly,
            @Nullable String documentation,
            byte type) {

        Described(ConfigKey key, ConfigValue value, boolean readOnly, @Nullable String documentation) {
            this(key, value, readOnly, documentation, type(key.type()));
        }

        DescribeConfigsResourceResult toResult(DescribeConfigsRequestData wanted) {
            DescribeConfigsResourceResult result = new DescribeConfigsResourceResult()
                    .setName(key.name())
                    .setValue(shown(value.value()))
                    .setReadOnly(readOnly)
                    .setConfigSource(ConfigSources.id(value.source()))
                    .setIsSensitive(key.sensitive())
                    .setConfigType(type)
                    .setDocumentation(value.source() == Source.DYNAMIC_BROKER_LOGGER_CONFIG ? "" : null);
            if (wanted.includeDocumentation()) {
                result.setDocumentation(documentation);
            }
            if (wanted.includeSynonyms()) {
                for (Synonym synonym : value.synonyms()) {
                    result.synonyms()
                            .add(new DescribeConfigsSynonym()
                                    .setName(synonym.name())
                                    .setValue(shown(synonym.value()))
                                    .setSource(ConfigSources.id(synonym.source())));
                }
            }
            return result;
        }

        private @Nullable String shown(@Nullable String plain) {
            return key.sensitive() ? null : plain;
        }

        private static byte type(ConfigDef.Type type) {
            return ConfigType.valueOf(type.name()).id();
        }
    }
}
