package dev.millrace.connect.builtin;

/** Connectors may override no client setting. */
public final class NoneConnectorClientConfigOverridePolicy extends ClientConfigOverridePolicy {
    @Override
    boolean allows(String setting) {
        return false;
    }

    @Override
    String allowed() {
        return "it lets them set nothing.";
    }
}
