package dev.millrace.connect.plugin;

import org.apache.kafka.connect.errors.ConnectException;

/** No plugin goes by a name that a config gives. The message names it, where it was looked for, and what is nearest. */
public final class PluginNotFoundException extends ConnectException {

    PluginNotFoundException(String message) {
        super(message);
    }
}
