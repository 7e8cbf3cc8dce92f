package dev.millrace.connector.jdbc;

import org.apache.kafka.common.config.ConfigException;

/** A setting that can't be used; knows which one, so that validation can show it beside the setting. */
final class SettingException extends ConfigException {

    private final String setting;

    SettingException(String setting, String reason) {
        super(setting + ": " + reason);
        this.setting = setting;
    }

    String setting() {
        return setting;
    }
}
