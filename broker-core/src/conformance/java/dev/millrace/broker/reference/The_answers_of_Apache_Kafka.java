package dev.millrace.broker.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.ApiKeys;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Millrace gives them too. Plays every script to a Millrace of its own, and compares what it answers with what Apache Kafka
 * answered: as noted down, or as asked now when {@code -Dmillrace.reference=HOST:PORT} names one; with
 * {@code -Dmillrace.record} what that one answers is noted down. {@code -Dmillrace.scripts=REGEX} plays only some.
 */
class The_answers_of_Apache_Kafka {

    private static final String KAFKA_VERSION = "4.3.1";
    private static final Path PAGE = Path.of("../docs/compatibility.md");
    private static final Path REPORTS = Path.of("target/compatibility");
    private static final @Nullable String REFERENCE = System.getProperty("millrace.reference");
    private static final String WANTED = System.getProperty("millrace.scripts", ".*");
    private static final boolean RECORD = System.getProperty("millrace.record") != null;

    @TempDir
    Path directory;

    private final CompatibilityPage page = new CompatibilityPage();
    private final List<Script> done = new ArrayList<>();
    private final Map<Script, Exception> brokenOff = new HashMap<>();
    private @Nullable JsonNode kafkaVersions;
    private @Nullable JsonNode millraceVersions;

    @TestFactory
    List<DynamicTest> are_those_of_Millrace() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Script script : Scripts.ALL) {
            if (script.title().matches(WANTED)) {
                tests.add(dynamicTest(script.title(), () -> compare(script)));
            }
        }
        if (tests.size() == Scripts.ALL.size()) {
            tests.add(dynamicTest("the page of compatibility says so", this::comparePage));
        }
        return tests;
    }

    private void compare(Script script) throws Exception {
        List<Exchange> expected = expected(script);
        List<Exchange> actual = answersOfMillrace(script);
        Comparison comparison = new Comparison(script, expected, actual);
        remember(comparison, actual);
        report(comparison);
        List<Comparison.Finding> unexplained = comparison.findings().stream()
                .filter(finding -> Differences.KNOWN.stream().noneMatch(known -> known.explains(script, finding)))
                .toList();
        assertThat(unexplained)
                .as("%s differences that nobody has explained", unexplained.size())
                .isEmpty();
        List<Difference> stale = Differences.KNOWN.stream()
                .filter(known -> known.isAbout(script))
                .filter(known -> comparison.findings().stream().noneMatch(finding -> known.explains(script, finding)))
                .toList();
        assertThat(stale).as("explained differences that are none").isEmpty();
    }

    private static List<Exchange> expected(Script script) throws Exception {
        if (REFERENCE == null) {
            return Golden.read(script);
        }
        List<Exchange> asked = play(script, Millrace.addressOf(REFERENCE));
        if (RECORD) {
            Golden.write(script, asked);
            return Golden.read(script);
        }
        List<Exchange> canonical = new ArrayList<>();
        for (Exchange exchange : asked) {
            canonical.add(new Exchange(
                    exchange.step(), exchange.key(), exchange.version(), Golden.canonical(exchange.answer())));
        }
        return canonical;
    }

    /** A script that breaks off has come to fewer answers: those that are missing differ. */
    private List<Exchange> answersOfMillrace(Script script) throws Exception {
        try (Millrace millrace = new Millrace(directory.resolve(script.title().replace(' ', '-')));
                Conversation conversation = new Conversation(millrace.address())) {
            try {
                script.play().with(conversation);
            } catch (IOException | ConditionTimeoutException e) {
                brokenOff.put(script, e);
            }
            return conversation.exchanges();
        }
    }

    private void report(Comparison comparison) throws IOException {
        StringBuilder report = new StringBuilder();
        comparison.findings().forEach(finding -> report.append(finding).append('\n'));
        if (brokenOff.containsKey(comparison.script())) {
            report.append("broken off: ")
                    .append(brokenOff.get(comparison.script()))
                    .append('\n');
        }
        Files.createDirectories(REPORTS);
        Files.writeString(REPORTS.resolve(comparison.script().title() + ".txt"), report);
    }

    private static List<Exchange> play(Script script, InetSocketAddress broker) throws Exception {
        try (Conversation conversation = new Conversation(broker)) {
            script.play().with(conversation);
            return conversation.exchanges();
        }
    }

    private void remember(Comparison comparison, List<Exchange> actual) {
        done.add(comparison.script());
        page.add(comparison, Differences.KNOWN);
        if (kafkaVersions == null) {
            kafkaVersions = lastVersions(comparison.expected());
            millraceVersions = lastVersions(actual);
        }
    }

    private static @Nullable JsonNode lastVersions(List<Exchange> exchanges) {
        JsonNode versions = null;
        for (Exchange exchange : exchanges) {
            if (exchange.key() == ApiKeys.API_VERSIONS
                    && exchange.answer().path("errorCode").asInt(-1) == 0) {
                versions = exchange.answer();
            }
        }
        return versions;
    }

    private void comparePage() throws Exception {
        assertThat(done).as("scripts that were played").isEqualTo(Scripts.ALL);
        assertThat(kafkaVersions).isNotNull();
        assertThat(millraceVersions).isNotNull();
        String rendered = page.render(KAFKA_VERSION, kafkaVersions, millraceVersions, Differences.UNSERVED);
        if (RECORD || System.getProperty("millrace.page") != null) {
            Files.writeString(PAGE, rendered);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/compatibility.md, which -Dmillrace.page writes")
                .isEqualTo(rendered);
    }
}
