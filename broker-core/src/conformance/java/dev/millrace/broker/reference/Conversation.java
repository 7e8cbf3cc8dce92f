package dev.millrace.broker.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A script's talk with one broker, and what it has come to so far. */
final class Conversation implements AutoCloseable {

    static final int LATEST = -1;

    private final InetSocketAddress address;
    private final Blanks blanks;
    private final List<Exchange> exchanges = new ArrayList<>();
    private final Map<String, Wire> clients = new HashMap<>();

    Conversation(InetSocketAddress address) {
        this.address = address;
        this.blanks = new Blanks(address.getPort());
    }

    List<Exchange> exchanges() {
        return exchanges;
    }

    /** How a request is said, and how its answer is noted down. */
    static final class Manner {
        private String client = "script";
        private boolean ordered;
        private UnaryOperator<JsonNode> seen = UnaryOperator.identity();
        private @Nullable Predicate<ApiMessage> until;

        /** By the client of this id, on a connection of its own. */
        Manner by(String clientId) {
            client = clientId;
            return this;
        }

        /** The order of entries belongs to the answer. */
        Manner inOrder() {
            ordered = true;
            return this;
        }

        /** Of the answer this much counts. */
        Manner seenAs(UnaryOperator<JsonNode> view) {
            seen = view;
            return this;
        }

        /** Asks again until the answer is such: what was changed takes effect only after a while. */
        Manner until(Predicate<ApiMessage> settled) {
            until = settled;
            return this;
        }
    }

    static Manner manner() {
        return new Manner();
    }

    /** Asks in every version there is. */
    void ask(String step, ApiKeys key, String request) throws IOException {
        ask(step, key, request, manner());
    }

    void ask(String step, ApiKeys key, String request, Manner manner) throws IOException {
        ask(step, key, key.oldestVersion(), LATEST, request, manner);
    }

    void ask(String step, ApiKeys key, int from, int to, String request) throws IOException {
        ask(step, key, from, to, request, manner());
    }

    /** In a request <code>#</code> stands for the version, so that what it makes has a name of its own. */
    void ask(String step, ApiKeys key, int from, int to, String request, Manner manner) throws IOException {
        int last = to == LATEST ? key.latestVersion(false) : to;
        for (int version = from; version <= last; version++) {
            one(step, key, version, request.replace("#", Integer.toString(version)), manner);
        }
    }

    /** Asks in the latest version. */
    <R extends ApiMessage> R one(String step, ApiKeys key, String request) throws IOException {
        return one(step, key, key.latestVersion(false), request, manner());
    }

    <R extends ApiMessage> R one(String step, ApiKeys key, int version, String request) throws IOException {
        return one(step, key, version, request, manner());
    }

    <R extends ApiMessage> R one(String step, ApiKeys key, int version, String request, Manner manner)
            throws IOException {
        return one(step, key, (short) version, Requests.of(key, (short) version, request), manner);
    }

    /** Asks in one version; a new answer of this kind stands for none. */
    @SuppressWarnings("unchecked") // the caller knows what this key is answered with
    <R extends ApiMessage> R one(String step, ApiKeys key, short version, ApiMessage request, Manner manner)
            throws IOException {
        ApiMessage answer = wire(manner.client).ask(key, version, request);
        Predicate<ApiMessage> settled = manner.until;
        if (settled != null && answer != null && !settled.test(answer)) {
            ApiMessage[] latest = {answer};
            Awaitility.await(step)
                    .atMost(Duration.ofSeconds(15))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> {
                        latest[0] = wire(manner.client).ask(key, version, request);
                        return latest[0] != null && settled.test(latest[0]);
                    });
            answer = latest[0];
        }
        JsonNode noted = answer == null
                ? TextNode.valueOf("no answer")
                : blanks.blank(manner.seen.apply(Answers.json(answer, version)), manner.ordered);
        exchanges.add(new Exchange(step, key, version, noted));
        return (R) (answer == null ? ApiMessageType.fromApiKey(key.id).newResponse() : answer);
    }

    /** Notes what came of a frame that no codec makes. */
    void note(String step, ApiKeys key, int version, JsonNode answer) {
        exchanges.add(new Exchange(step, key, (short) version, blanks.blank(answer, false)));
    }

    /** A connection beside those of the clients. */
    Wire wire() {
        return wire("frames");
    }

    /** Asks without noting it down. */
    <R extends ApiMessage> R aside(ApiKeys key, String request) throws IOException {
        return aside(key, Requests.of(key, key.latestVersion(false), request));
    }

    @SuppressWarnings("unchecked") // the caller knows what this key is answered with
    <R extends ApiMessage> R aside(ApiKeys key, ApiMessage request) throws IOException {
        ApiMessage answer = wire("script").ask(key, key.latestVersion(false), request);
        if (answer == null) {
            throw new IOException(key + ": the connection was closed");
        }
        return (R) answer;
    }

    private Wire wire(String clientId) {
        return clients.computeIfAbsent(clientId, id -> new Wire(address, id));
    }

    /** A new topic whose partitions are led; one of an earlier run goes first. */
    Uuid topic(String name, int partitions, String... configs) throws IOException {
        dropTopic(name);
        StringJoiner pairs = new StringJoiner(",");
        for (int i = 0; i < configs.length; i += 2) {
            pairs.add("{name:'" + configs[i] + "',value:'" + configs[i + 1] + "'}");
        }
        aside(
                ApiKeys.CREATE_TOPICS,
                "{timeoutMs:30000,topics:[{name:'%s',numPartitions:%d,replicationFactor:1,configs:[%s]}]}"
                        .formatted(name, partitions, pairs));
        settle("leaders of " + name, () -> isLed(name, partitions));
        return topicId(name);
    }

    void dropTopic(String name) throws IOException {
        if (!topicId(name).equals(Uuid.ZERO_UUID)) {
            aside(ApiKeys.DELETE_TOPICS, "{timeoutMs:30000,topics:[{name:'" + name + "'}]}");
            settle("end of " + name, () -> topicId(name).equals(Uuid.ZERO_UUID));
        }
    }

    /** Waits for what was changed to take effect. */
    void settle(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }

    /** The zero id when there is no such topic. */
    Uuid topicId(String name) throws IOException {
        MetadataResponseData metadata =
                aside(ApiKeys.METADATA, "{allowAutoTopicCreation:false,topics:[{name:'" + name + "'}]}");
        return metadata.topics().iterator().next().topicId();
    }

    private boolean isLed(String name, int partitions) throws IOException {
        StringJoiner wanted = new StringJoiner(",");
        for (int i = 0; i < partitions; i++) {
            wanted.add("{partitionIndex:" + i + ",timestamp:-1}");
        }
        ListOffsetsResponseData offsets = aside(
                ApiKeys.LIST_OFFSETS, "{replicaId:-1,topics:[{name:'%s',partitions:[%s]}]}".formatted(name, wanted));
        return offsets.topics().get(0).partitions().stream()
                .allMatch(partition -> partition.errorCode() == Errors.NONE.code());
    }

    @Override
    public void close() throws IOException {
        for (Wire client : clients.values()) {
            client.close();
        }
    }
}
