package dev.millrace.broker.api.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.DataRequests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.GetTelemetrySubscriptionsResponse;
import org.apache.kafka.common.requests.IncrementalAlterConfigsResponse;
import org.apache.kafka.common.requests.PushTelemetryResponse;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** GetTelemetrySubscriptions and PushTelemetry (KIP-714), from the bytes of the request to what a receiver gets. */
final class The_requests_about_clients_metrics {

    private static final byte CLIENT_METRICS = 16;
    private static final int INTERVAL_MS = 10_000;
    private static final int BYTES_MAX = 1_000;
    private static final byte GZIP = 1;
    private static final byte SNAPPY = 2;

    private final DataRequests requests = new DataRequests(Map.of("telemetry.max.bytes", "" + BYTES_MAX));

    @BeforeEach
    void somebody_wants_metrics() {
        subscribe("all", "interval.ms", "" + INTERVAL_MS, "metrics", "org.apache.kafka.");
    }

    private void subscribe(String name, String... configs) {
        AlterConfigsResource resource =
                new AlterConfigsResource().setResourceType(CLIENT_METRICS).setResourceName(name);
        for (int i = 0; i < configs.length; i += 2) {
            resource.configs().add(new AlterableConfig().setName(configs[i]).setValue(configs[i + 1]));
        }
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        assertThat(requests.ask(request, IncrementalAlterConfigsResponse.class)
                        .data()
                        .responses())
                .allMatch(response -> response.errorCode() == Errors.NONE.code());
    }

    private GetTelemetrySubscriptionsResponseData get(Uuid client) {
        return requests.ask(
                        new GetTelemetrySubscriptionsRequestData().setClientInstanceId(client),
                        GetTelemetrySubscriptionsResponse.class)
                .data();
    }

    private static PushTelemetryRequestData pushing(GetTelemetrySubscriptionsResponseData wanted, String metrics) {
        return new PushTelemetryRequestData()
                .setClientInstanceId(wanted.clientInstanceId())
                .setSubscriptionId(wanted.subscriptionId())
                .setMetrics(ByteBuffer.wrap(metrics.getBytes(StandardCharsets.UTF_8)));
    }

    private Errors push(PushTelemetryRequestData push) {
        return Errors.forCode(
                requests.ask(push, PushTelemetryResponse.class).data().errorCode());
    }

    private void pass(long ms) {
        requests.loop.advance(ms);
    }

    @Test
    void tell_a_new_client_its_id_and_what_is_wanted_of_it() {
        GetTelemetrySubscriptionsResponseData wanted = get(Uuid.ZERO_UUID);

        assertThat(wanted.clientInstanceId()).isNotEqualTo(Uuid.ZERO_UUID);
        assertThat(wanted.requestedMetrics()).containsExactly("org.apache.kafka.");
        assertThat(wanted.pushIntervalMs()).isEqualTo(INTERVAL_MS);
        assertThat(wanted.telemetryMaxBytes()).isEqualTo(BYTES_MAX);
    }

    @Nested
    class What_is_wanted {

        @Test
        void depends_on_the_clients_software() {
            subscribe(
                    "java",
                    "match",
                    "client_software_name=apache-kafka-.*,client_software_version=4\\..*",
                    "metrics",
                    "a");

            assertThat(get(Uuid.ZERO_UUID).requestedMetrics()).doesNotContain("a");
            requests.software = new ApiRequest.Software("apache-kafka-java", "4.3.1");
            assertThat(get(Uuid.ZERO_UUID).requestedMetrics()).contains("a");
            requests.software = new ApiRequest.Software("apache-kafka-java", "3.9.0");
            assertThat(get(Uuid.ZERO_UUID).requestedMetrics()).doesNotContain("a");
        }

        @Test
        void depends_on_where_the_client_is() {
            subscribe("here", "match", "client_source_address=127.0.0.1,client_source_port=4711", "metrics", "a");
            subscribe("there", "match", "client_source_address=127.0.0.1,client_source_port=4712", "metrics", "b");

            assertThat(get(Uuid.ZERO_UUID).requestedMetrics()).contains("a").doesNotContain("b");
        }

        @Test
        void is_all_and_nothing_else_when_somebody_wants_all() {
            subscribe("everything", "metrics", "*");

            assertThat(get(Uuid.ZERO_UUID).requestedMetrics()).containsExactly("*");
        }

        @Test
        void comes_as_often_as_the_most_impatient_wants() {
            subscribe("impatient", "metrics", "a", "interval.ms", "5000");

            assertThat(get(Uuid.ZERO_UUID).pushIntervalMs()).isEqualTo(5_000);
        }

        @Test
        void is_another_subscription_once_it_changes() {
            GetTelemetrySubscriptionsResponseData before = get(Uuid.ZERO_UUID);
            subscribe("more", "metrics", "a");

            assertThat(push(pushing(before, "metrics"))).isEqualTo(Errors.UNKNOWN_SUBSCRIPTION_ID);
            GetTelemetrySubscriptionsResponseData after = get(before.clientInstanceId());

            assertThat(after.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(after.subscriptionId()).isNotEqualTo(before.subscriptionId());
            assertThat(after.requestedMetrics()).containsExactly("a", "org.apache.kafka.");
        }
    }

    @Nested
    class A_client_that_was_told {

        private final GetTelemetrySubscriptionsResponseData wanted;

        A_client_that_was_told() {
            somebody_wants_metrics();
            wanted = get(Uuid.ZERO_UUID);
        }

        @Test
        void gives_its_metrics_to_the_receivers() {
            assertThat(push(pushing(wanted, "metrics"))).isEqualTo(Errors.NONE);

            assertThat(requests.receivers.held).singleElement().satisfies(held -> {
                assertThat(held.text()).isEqualTo("metrics");
                assertThat(held.payload().clientInstanceId()).isEqualTo(wanted.clientInstanceId());
                assertThat(held.payload().contentType()).isEqualTo("OTLP");
                assertThat(held.payload().isTerminating()).isFalse();
                assertThat(held.pushIntervalMs()).isEqualTo(INTERVAL_MS);
                assertThat(held.sender().clientId()).isEqualTo("client");
            });
        }

        @Test
        void gives_them_unpacked() throws IOException {
            ByteBufferOutputStream packed = new ByteBufferOutputStream(64);
            try (var gzip = Compression.gzip().build().wrapForOutput(packed, (byte) 2)) {
                gzip.write("metrics".getBytes(StandardCharsets.UTF_8));
            }

            assertThat(push(pushing(wanted, "")
                            .setMetrics(packed.buffer().flip())
                            .setCompressionType(GZIP)))
                    .isEqualTo(Errors.NONE);
            assertThat(requests.receivers.held)
                    .extracting(HeldMetrics.Held::text)
                    .containsExactly("metrics");
        }

        @Test
        void is_refused_what_becomes_too_much_when_it_is_unpacked() throws IOException {
            ByteBufferOutputStream packed = new ByteBufferOutputStream(64);
            try (var gzip = Compression.gzip().build().wrapForOutput(packed, (byte) 2)) {
                gzip.write(new byte[BYTES_MAX + 1]);
            }

            assertThat(push(pushing(wanted, "")
                            .setMetrics(packed.buffer().flip())
                            .setCompressionType(GZIP)))
                    .isEqualTo(Errors.INVALID_RECORD);
            assertThat(requests.receivers.held).isEmpty();
        }

        @Test
        void is_refused_what_is_packed_otherwise_than_it_says() {
            assertThat(push(pushing(wanted, "metrics").setCompressionType(GZIP)))
                    .isEqualTo(Errors.INVALID_RECORD);
        }

        @Test
        void is_refused_what_claims_to_be_gigabytes() {
            byte[] claim = {-1, -1, -1, -1, 7, 0, 0, 0};

            assertThat(push(pushing(wanted, "")
                            .setMetrics(ByteBuffer.wrap(claim))
                            .setCompressionType(SNAPPY)))
                    .isEqualTo(Errors.INVALID_RECORD);
        }

        @Test
        void pushes_nothing_more_than_the_limit() {
            assertThat(push(pushing(wanted, "m".repeat(BYTES_MAX + 1)))).isEqualTo(Errors.TELEMETRY_TOO_LARGE);

            assertThat(requests.receivers.held).isEmpty();
        }

        @Test
        void pushes_nothing_in_a_codec_that_is_none() {
            assertThat(push(pushing(wanted, "metrics").setCompressionType((byte) 9)))
                    .isEqualTo(Errors.UNSUPPORTED_COMPRESSION_TYPE);
        }

        @Test
        void pushes_once_in_an_interval() {
            assertThat(push(pushing(wanted, "1"))).isEqualTo(Errors.NONE);
            assertThat(push(pushing(wanted, "2"))).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
            pass(INTERVAL_MS);
            assertThat(push(pushing(wanted, "3"))).isEqualTo(Errors.NONE);

            assertThat(requests.receivers.held)
                    .extracting(HeldMetrics.Held::text)
                    .containsExactly("1", "3");
        }

        @Test
        void asks_again_no_sooner_than_it_is_to_push() {
            assertThat(get(wanted.clientInstanceId()).errorCode()).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED.code());
            pass(INTERVAL_MS);
            assertThat(get(wanted.clientInstanceId()).errorCode()).isEqualTo(Errors.NONE.code());
        }

        @Test
        void asks_at_once_after_an_error_that_asking_mends() {
            assertThat(push(pushing(wanted, "1").setSubscriptionId(wanted.subscriptionId() ^ 1)))
                    .isEqualTo(Errors.UNKNOWN_SUBSCRIPTION_ID);

            assertThat(get(wanted.clientInstanceId()).errorCode()).isEqualTo(Errors.NONE.code());
        }

        @Test
        void pushes_for_the_last_time_whenever_it_ends() {
            push(pushing(wanted, "1"));

            assertThat(push(pushing(wanted, "2").setTerminating(true))).isEqualTo(Errors.NONE);
            assertThat(requests.receivers.held).last().satisfies(held -> assertThat(
                            held.payload().isTerminating())
                    .isTrue());
        }

        @Test
        void pushes_nothing_after_that() {
            push(pushing(wanted, "1").setTerminating(true));

            assertThat(push(pushing(wanted, "2").setTerminating(true))).isEqualTo(Errors.INVALID_REQUEST);
        }

        @Test
        void is_told_when_a_receiver_has_failed() {
            requests.receivers.failure = new IllegalStateException("down");

            assertThat(push(pushing(wanted, "1"))).isEqualTo(Errors.INVALID_RECORD);
        }

        @Test
        void is_forgotten_when_it_goes() {
            push(pushing(wanted, "1"));
            requests.disconnect();

            assertThat(push(pushing(wanted, "2"))).isEqualTo(Errors.NONE);
        }

        @Test
        void is_forgotten_when_it_is_silent() {
            push(pushing(wanted, "1").setTerminating(true));
            pass(60_000);

            assertThat(push(pushing(wanted, "2"))).isEqualTo(Errors.NONE);
        }
    }

    @Test
    void take_nothing_from_a_client_without_an_id() {
        assertThat(push(pushing(new GetTelemetrySubscriptionsResponseData(), "metrics")))
                .isEqualTo(Errors.INVALID_REQUEST);
    }
}
