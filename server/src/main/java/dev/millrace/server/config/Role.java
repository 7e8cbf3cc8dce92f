package dev.millrace.server.config;

import dev.millrace.server.UserError;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What this process does: the values of process.roles, Kafka's two and two more. */
public enum Role {
    BROKER,
    CONTROLLER,
    CONNECT,
    CONSOLE;

    static Set<Role> parse(String roles) {
        var parsed = EnumSet.noneOf(Role.class);
        for (String role : roles.split(",")) {
            String name = role.strip().toUpperCase(Locale.ROOT);
            if (!name.isEmpty()) {
                try {
                    parsed.add(valueOf(name));
                } catch (IllegalArgumentException e) {
                    throw new UserError(
                            "process.roles: '" + role.strip() + "' is none of broker, controller, connect, console", e);
                }
            }
        }
        if (parsed.isEmpty()) {
            throw new UserError("process.roles is empty: name at least one of broker, controller, connect, console");
        }
        return parsed;
    }
}
