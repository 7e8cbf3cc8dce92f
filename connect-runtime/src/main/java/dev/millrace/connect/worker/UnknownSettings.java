package dev.millrace.connect.worker;

import dev.millrace.connect.plugin.NearestName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the settings of a connector that nobody knows. Kafka Connect passes them over, and so does the REST API, for its
 * clients expect it; but who writes a pipeline file has misspelt them. A plugin may take settings that it does not define, as
 * those that it hands to a driver: one that begins as the plugin's own do passes, unless it is nearly one of them.
 */
final class UnknownSettings {

    /** What begins so goes to somebody who defines it elsewhere, or not at all. */
    private static final List<String> PASSED_ON = List.of(
            "key.converter.",
            "value.converter.",
            "header.converter.",
            Clients.PRODUCER_OVERRIDE,
            Clients.CONSUMER_OVERRIDE,
            Clients.ADMIN_OVERRIDE);

    private UnknownSettings() {}

    /**
     * @param known what the runtime and the plugin define, or the plugin has judged
     * @param own those among them that the plugin defines
     * @return a line for each
     */
    static List<String> in(Map<String, String> config, Set<String> known, Set<String> own) {
        List<String> errors = new ArrayList<>();
        for (String setting : new TreeSet<>(config.keySet())) {
            if (known.contains(setting) || PASSED_ON.stream().anyMatch(setting::startsWith)) {
                continue;
            }
            NearestName.of(setting, known)
                    .ifPresentOrElse(
                            near -> errors.add("unknown setting " + setting + ": did you mean " + near + "?"), () -> {
                                if (!beginsLikeOneOf(own, setting)) {
                                    errors.add("unknown setting " + setting
                                            + ": remove it, or correct its name; the plugin has "
                                            + String.join(", ", new TreeSet<>(own)));
                                }
                            });
        }
        return errors;
    }

    private static boolean beginsLikeOneOf(Set<String> own, String setting) {
        int dot = setting.indexOf('.');
        return dot > 0 && own.stream().anyMatch(name -> name.startsWith(setting.substring(0, dot + 1)));
    }
}
