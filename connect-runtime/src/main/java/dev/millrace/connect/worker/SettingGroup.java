package dev.millrace.connect.worker;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.jspecify.annotations.Nullable;

/** Settings under one heading, in the order in which they are added. */
final class SettingGroup {
    private final String name;
    private int size;

    SettingGroup(String name) {
        this.name = name;
    }

    void add(
            ConfigDef definition,
            String key,
            ConfigDef.Type type,
            @Nullable Object standard,
            ConfigDef.@Nullable Validator validator,
            Importance importance,
            Width width,
            String title,
            String text) {
        definition.define(key, type, standard, validator, importance, text, name, ++size, width, title);
    }

    /** Adds all that a plugin defines, each key behind the prefix. */
    void embed(ConfigDef definition, String prefix, ConfigDef plugin) {
        definition.embed(prefix, name, size, plugin);
    }
}
