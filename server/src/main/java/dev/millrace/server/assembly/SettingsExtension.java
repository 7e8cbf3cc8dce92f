package dev.millrace.server.assembly;

import dev.millrace.server.config.ServerConfig;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.inject.Singleton;

/** Makes the settings that the process was started with injectable as one object; single ones are injected by key. */
final class SettingsExtension implements Extension {

    private final ServerConfig settings;

    SettingsExtension(ServerConfig settings) {
        this.settings = settings;
    }

    void register(@Observes AfterBeanDiscovery discovery) {
        discovery
                .<ServerConfig>addBean()
                .types(ServerConfig.class)
                .scope(Singleton.class)
                .createWith(context -> settings);
    }
}
