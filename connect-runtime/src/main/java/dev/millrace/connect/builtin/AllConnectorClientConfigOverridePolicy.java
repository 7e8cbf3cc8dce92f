package dev.millrace.connect.builtin;

/** Connectors may override every client setting. */
public final class AllConnectorClientConfigOverridePolicy extends ClientConfigOverridePolicy {
    @Override
    boolean allows(String setting) {
        return true;
    }

    @Override
    String allowed() {
        return "it lets them set everything.";
    }
}
