package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.ConfigScripts.CLIENT_METRICS;
import static dev.millrace.broker.reference.ConfigScripts.alter;
import static dev.millrace.broker.reference.ConfigScripts.describe;
import static dev.millrace.broker.reference.ConfigScripts.valueOf;
import static dev.millrace.broker.reference.Conversation.manner;
import static org.apache.kafka.common.protocol.ApiKeys.API_VERSIONS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS;
import static org.apache.kafka.common.protocol.ApiKeys.INCREMENTAL_ALTER_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.PUSH_TELEMETRY;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsResponseData;

/** Clients' metrics (KIP-714), to a broker without a receiver of them: it checks what is pushed all the same. */
final class TelemetryScripts {

    static final Script CLIENT_METRICS_SCRIPT = new Script("client metrics", TelemetryScripts::clientMetrics);

    private TelemetryScripts() {}

    private static void clientMetrics(Conversation talk) throws IOException {
        talk.ask("of a subscription that is not there", DESCRIBE_CONFIGS, describe(CLIENT_METRICS, "metrics-none", ""));
        talk.ask("of no subscription", DESCRIBE_CONFIGS, describe(CLIENT_METRICS, "", ""));
        talk.ask(
                "a value out of bounds",
                INCREMENTAL_ALTER_CONFIGS,
                alter(CLIENT_METRICS, "metrics-a", "interval.ms set 1"));
        talk.ask(
                "a match that is none",
                INCREMENTAL_ALTER_CONFIGS,
                alter(CLIENT_METRICS, "metrics-a", "match set nope"));
        talk.ask("one nobody knows", INCREMENTAL_ALTER_CONFIGS, alter(CLIENT_METRICS, "metrics-a", "nope set 1"));
        talk.ask("of no name", INCREMENTAL_ALTER_CONFIGS, alter(CLIENT_METRICS, "", "interval.ms set 60000"));
        GetTelemetrySubscriptionsResponseData before =
                subscription(talk, "nobody wants metrics", Uuid.ZERO_UUID, "metrics-1");
        subscription(talk, "asked again too soon", before.clientInstanceId(), "metrics-1");
        talk.one(
                "pushed by a client nobody knows",
                PUSH_TELEMETRY,
                0,
                "{clientInstanceId:'AAAAAAAAAAAAAAAAAAAAAQ',subscriptionId:5}",
                manner().by("metrics-2"));
        talk.one("pushed by nobody", PUSH_TELEMETRY, 0, "{subscriptionId:5}", manner().by("metrics-2"));

        talk.ask(
                "a subscription",
                INCREMENTAL_ALTER_CONFIGS,
                alter(
                        CLIENT_METRICS,
                        "metrics-a",
                        "interval.ms set 60000",
                        "metrics set org.apache.kafka.",
                        "match set client_id=metrics-.*"));
        talk.one(
                "its settings",
                DESCRIBE_CONFIGS,
                4,
                describe(CLIENT_METRICS, "metrics-a", ",includeSynonyms:true"),
                manner().until(answer -> valueOf((DescribeConfigsResponseData) answer, "interval.ms")
                        .equals("60000")));
        talk.one(
                "and what they are for",
                DESCRIBE_CONFIGS,
                4,
                describe(CLIENT_METRICS, "metrics-a", ",includeDocumentation:true"));
        GetTelemetrySubscriptionsResponseData wanted =
                subscription(talk, "somebody wants them", Uuid.ZERO_UUID, "metrics-3");
        subscription(talk, "another client's nobody wants", Uuid.ZERO_UUID, "other-3");
        String of = "{clientInstanceId:'%s',subscriptionId:%d"
                .formatted(wanted.clientInstanceId(), wanted.subscriptionId());
        talk.one(
                "pushed for an old subscription",
                PUSH_TELEMETRY,
                0,
                "{clientInstanceId:'%s',subscriptionId:%d}"
                        .formatted(wanted.clientInstanceId(), wanted.subscriptionId() ^ 1),
                manner().by("metrics-3"));
        talk.one("again too soon", PUSH_TELEMETRY, 0, of + ",compressionType:9}", manner().by("metrics-3"));
        pushes(talk);
        software(talk);
        talk.ask(
                "no subscription any more",
                INCREMENTAL_ALTER_CONFIGS,
                alter(CLIENT_METRICS, "metrics-a", "interval.ms delete", "metrics delete", "match delete"));
    }

    private static GetTelemetrySubscriptionsResponseData subscription(
            Conversation talk, String title, Uuid instance, String client) throws IOException {
        return talk.one(
                title,
                GET_TELEMETRY_SUBSCRIPTIONS,
                0,
                "{clientInstanceId:'%s'}".formatted(instance),
                manner().by(client));
    }

    private static void pushes(Conversation talk) throws IOException {
        String packed = Base64.getEncoder().encodeToString(gzip(new byte[100]));
        String expanding = Base64.getEncoder().encodeToString(gzip(new byte[2 << 20]));
        String[][] steps = {
            {"nothing", "compressionType:0"},
            {"something", "metrics:'AQID'"},
            {"something that is packed", "compressionType:1,metrics:'" + packed + "'"},
            {"packed otherwise than it says", "compressionType:4,metrics:'" + packed + "'"},
            {"packed as nobody knows", "compressionType:9,metrics:'" + packed + "'"},
            {"too much", "metrics:'" + "AAAA".repeat(360_000) + "'"},
            {"too much when it is unpacked", "compressionType:1,metrics:'" + expanding + "'"},
        };
        for (int i = 0; i < steps.length; i++) {
            String client = "metrics-push-" + i;
            String push = "{%s,%s".formatted(wanted(talk, client), steps[i][1]);
            talk.one("pushed: " + steps[i][0], PUSH_TELEMETRY, 0, push + "}", manner().by(client));
            talk.one("pushed again: " + steps[i][0], PUSH_TELEMETRY, 0, push + "}", manner().by(client));
            talk.one("the last: " + steps[i][0], PUSH_TELEMETRY, 0, push + ",terminating:true}", manner().by(client));
            talk.one("after the last: " + steps[i][0], PUSH_TELEMETRY, 0, push + "}", manner().by(client));
            talk.one("and after that: " + steps[i][0], PUSH_TELEMETRY, 0, push + "}", manner().by(client));
        }
        String unpacked = "{%s,compressionType:9,metrics:'AQID'}".formatted(wanted(talk, "metrics-ask"));
        talk.one("pushed, to ask again", PUSH_TELEMETRY, 0, unpacked, manner().by("metrics-ask"));
        talk.one(
                "asked again after an error",
                GET_TELEMETRY_SUBSCRIPTIONS,
                0,
                unpacked.replaceFirst(",.*", "}"),
                manner().by("metrics-ask"));
    }

    /** What a client is told, as far as it needs that to push. */
    private static String wanted(Conversation talk, String client) throws IOException {
        GetTelemetrySubscriptionsResponseData wanted = subscription(talk, "asked by " + client, Uuid.ZERO_UUID, client);
        return "clientInstanceId:'%s',subscriptionId:%d".formatted(wanted.clientInstanceId(), wanted.subscriptionId());
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private static void software(Conversation talk) throws IOException {
        String[][] subscriptions = {
            {"metrics-b", "client_software_name=unknown"},
            {"metrics-c", "client_software_name=script;client_software_version=1.0"},
            {"metrics-d", "client_source_address=127.0.0.1;client_id=told.*"},
            {"metrics-e", "client_source_port=1;client_id=told.*"},
        };
        for (String[] subscription : subscriptions) {
            talk.aside(
                    INCREMENTAL_ALTER_CONFIGS,
                    alter(
                            CLIENT_METRICS,
                            subscription[0],
                            "interval.ms set 50000",
                            "metrics set " + subscription[0],
                            "match set " + subscription[1].replace(';', ',')));
        }
        talk.one(
                "by a client that does not say what it is",
                GET_TELEMETRY_SUBSCRIPTIONS,
                0,
                "{}",
                manner().by("untold").until(answer -> ((GetTelemetrySubscriptionsResponseData) answer)
                        .requestedMetrics()
                        .contains("metrics-b")));
        talk.one(
                "a client says what it is",
                API_VERSIONS,
                4,
                "{clientSoftwareName:'script',clientSoftwareVersion:'1.0'}",
                manner().by("told").seenAs(answer -> answer.get("errorCode")));
        talk.one(
                "by that client",
                GET_TELEMETRY_SUBSCRIPTIONS,
                0,
                "{}",
                manner().by("told").seenAs(TelemetryScripts::sorted));
        for (String[] subscription : subscriptions) {
            talk.aside(
                    INCREMENTAL_ALTER_CONFIGS,
                    alter(CLIENT_METRICS, subscription[0], "interval.ms delete", "metrics delete", "match delete"));
        }
    }

    /** Kafka tells the metrics of several subscriptions in no order. */
    private static JsonNode sorted(JsonNode answer) {
        List<String> names = new ArrayList<>();
        answer.get("requestedMetrics").forEach(name -> names.add(name.asText()));
        ArrayNode inOrder = ((ObjectNode) answer).putArray("requestedMetrics");
        names.stream().sorted().forEach(inOrder::add);
        return answer;
    }
}
