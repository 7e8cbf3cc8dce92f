package dev.millrace.connect.plugin;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Which classes plugins share with the runtime. What crosses the seam must be one class on both sides: the JDK, the Connect
 * API with the clients it exposes, the logging façade. Everything else a plugin brings itself if it has it. Plugins that
 * Kafka publishes under its own package are plugins all the same.
 */
final class Isolation {

    private static final List<String> SHARED = List.of("java.", "org.slf4j.", "org.apache.kafka.", "jakarta.ws.rs.");

    /** Packages of the JDK whose classes some libraries bring along, too; a second copy of them breaks casts. */
    private static final List<String> PERHAPS_OF_THE_JDK =
            List.of("javax.", "org.w3c.dom.", "org.xml.sax.", "org.ietf.jgss.", "jdk.", "sun.");

    private static final Pattern PLUGINS_OF_KAFKA = Pattern.compile("org\\.apache\\.kafka\\.(?:"
            + "connect\\.(?:json|file|mirror|converters)\\..*"
            + "|connect\\.transforms\\.(?!Transformation$|predicates\\.Predicate$).*"
            + "|connect\\.storage\\.(?:StringConverter|SimpleHeaderConverter)"
            + "|connect\\.connector\\.policy\\.(?!ConnectorClientConfig(?:OverridePolicy|Request(?:\\$ClientType)?)$).*"
            + "|common\\.config\\.provider\\.(?!ConfigProvider$).*)");

    private Isolation() {}

    static boolean isShared(String className) {
        return SHARED.stream().anyMatch(className::startsWith)
                && !PLUGINS_OF_KAFKA.matcher(className).matches();
    }

    static boolean mayBeOfTheJdk(String className) {
        return PERHAPS_OF_THE_JDK.stream().anyMatch(className::startsWith);
    }
}
