package dev.millrace.connect.worker;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** What values of a connector's settings have to be, beyond their type. */
final class SettingRules {

    private SettingRules() {}

    static ConfigDef.Validator nonEmpty() {
        return ConfigDef.LambdaValidator.with(
                (name, value) -> {
                    if (value instanceof String text
                            && (text.isBlank() || text.chars().anyMatch(Character::isISOControl))) {
                        throw new ConfigException(name, value, "must be a text without control characters");
                    }
                },
                () -> "non-empty string without ISO control characters");
    }

    static ConfigDef.Validator distinct() {
        return ConfigDef.LambdaValidator.with(
                (name, value) -> {
                    if (value instanceof List<?> names && new HashSet<>(names).size() < names.size()) {
                        throw new ConfigException(name, value, "names the same thing twice");
                    }
                },
                () -> "unique names");
    }

    static ConfigDef.Validator positiveOrBrokers() {
        return ConfigDef.LambdaValidator.with(
                (name, value) -> {
                    if (value instanceof Number number && number.intValue() < 1 && number.intValue() != -1) {
                        throw new ConfigException(name, value, "must be positive, or -1 for the broker's default");
                    }
                },
                () -> "Positive number, or -1 to use the broker's default");
    }

    static ConfigDef.Validator notNegative() {
        return ConfigDef.LambdaValidator.with(
                (name, value) -> {
                    if (value instanceof Number number && number.longValue() < 0) {
                        throw new ConfigException(name, value, "must be at least 0");
                    }
                },
                () -> "[0,...]");
    }

    static ConfigDef.Validator regexes() {
        return ConfigDef.LambdaValidator.with(
                (name, value) -> {
                    for (Object part : value instanceof List<?> parts ? parts : new ArrayList<>()) {
                        checkRegex(name, String.valueOf(part));
                    }
                },
                () -> "valid regular expressions");
    }

    static ConfigDef.Validator regex() {
        return ConfigDef.LambdaValidator.with(
                (name, value) -> checkRegex(name, value == null ? "" : value.toString()), () -> "valid regex");
    }

    private static void checkRegex(String name, String regex) {
        try {
            Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new ConfigException(name, regex, "is no regular expression: " + e.getDescription());
        }
    }
}
