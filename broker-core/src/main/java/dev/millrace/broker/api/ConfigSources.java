package dev.millrace.broker.api;

import dev.millrace.broker.metadata.ConfigValue;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;

/** The numbers by which responses tell where a setting comes from. */
public final class ConfigSources {

    private ConfigSources() {}

    public static byte id(ConfigValue.Source source) {
        return (switch (source) {
                    case DYNAMIC_TOPIC_CONFIG -> ConfigSource.TOPIC_CONFIG;
                    case DYNAMIC_GROUP_CONFIG -> ConfigSource.GROUP_CONFIG;
                    case DYNAMIC_CLIENT_METRICS_CONFIG -> ConfigSource.CLIENT_METRICS_CONFIG;
                    case DYNAMIC_BROKER_LOGGER_CONFIG -> ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG;
                    case DYNAMIC_BROKER_CONFIG -> ConfigSource.DYNAMIC_BROKER_CONFIG;
                    case DYNAMIC_DEFAULT_BROKER_CONFIG -> ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG;
                    case STATIC_BROKER_CONFIG -> ConfigSource.STATIC_BROKER_CONFIG;
                    case DEFAULT_CONFIG -> ConfigSource.DEFAULT_CONFIG;
                })
                .id();
    }
}
