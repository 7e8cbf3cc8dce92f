package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.Conversation.LATEST;
import static dev.millrace.broker.reference.Conversation.manner;
import static org.apache.kafka.common.protocol.ApiKeys.ADD_RAFT_VOTER;
import static org.apache.kafka.common.protocol.ApiKeys.API_VERSIONS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CLUSTER;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_QUORUM;
import static org.apache.kafka.common.protocol.ApiKeys.REMOVE_RAFT_VOTER;
import static org.apache.kafka.common.protocol.ApiKeys.UNREGISTER_BROKER;
import static org.apache.kafka.common.protocol.ApiKeys.UPDATE_FEATURES;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

/** What a client asks about the broker and its cluster. */
final class ClusterScripts {

    static final List<Script> ALL = List.of(
            new Script("api versions", ClusterScripts::apiVersions),
            new Script("cluster", ClusterScripts::cluster),
            new Script("quorum", ClusterScripts::quorum));

    private ClusterScripts() {}

    private static void apiVersions(Conversation talk) throws IOException {
        talk.ask(
                "what is served",
                API_VERSIONS,
                "{clientSoftwareName:'a-client',clientSoftwareVersion:'1.0'}",
                manner().seenAs(ClusterScripts::withoutEpoch));
        talk.ask(
                "by a client with a bad name",
                API_VERSIONS,
                3,
                4,
                "{clientSoftwareName:'-',clientSoftwareVersion:'1'}");
        talk.ask("by a client of no version", API_VERSIONS, 3, 4, "{clientSoftwareName:'a',clientSoftwareVersion:''}");

        // In a version nobody knows: the answer is one of version 0, by which the client can choose (KIP-511).
        ByteBuffer answer = talk.wire().exchange(header(18, 99), ByteBuffer.allocate(0));
        talk.note("in a version of the future", API_VERSIONS, 99, versionZero(answer));
    }

    /** At which entry of the metadata's log the features were last changed differs with what was written to it. */
    private static JsonNode withoutEpoch(JsonNode answer) {
        blank(answer, "finalizedFeaturesEpoch");
        return answer;
    }

    private static JsonNode versionZero(ByteBuffer answer) {
        if (answer == null) {
            return TextNode.valueOf("connection closed");
        }
        answer.getInt();
        ApiVersionsResponseData versions = new ApiVersionsResponseData(new ByteBufferAccessor(answer), (short) 0);
        ObjectNode seen = JsonNodeFactory.instance.objectNode();
        seen.put("errorCode", versions.errorCode());
        versions.apiKeys()
                .forEach(range -> seen.put("key " + range.apiKey(), range.minVersion() + "-" + range.maxVersion()));
        return seen;
    }

    private static ByteBuffer header(int key, int version) {
        byte[] clientId = "frames".getBytes(StandardCharsets.UTF_8);
        ByteBuffer header = ByteBuffer.allocate(11 + clientId.length);
        header.putShort((short) key).putShort((short) version).putInt(7);
        header.putShort((short) clientId.length).put(clientId).put((byte) 0);
        return header.flip();
    }

    private static void cluster(Conversation talk) throws IOException {
        talk.ask("the cluster", DESCRIBE_CLUSTER, "{}");
        talk.ask("and what may be done to it", DESCRIBE_CLUSTER, "{includeClusterAuthorizedOperations:true}");
        talk.ask("and brokers that are fenced", DESCRIBE_CLUSTER, 2, 2, "{includeFencedBrokers:true}");
        talk.ask("its controllers", DESCRIBE_CLUSTER, 1, 2, "{endpointType:2}");
        talk.ask("an endpoint type nobody knows", DESCRIBE_CLUSTER, 1, 2, "{endpointType:9}");
        talk.ask("an unknown broker goes", UNREGISTER_BROKER, "{brokerId:77}");
        talk.ask("a feature nobody knows", UPDATE_FEATURES, "{featureUpdates:[{feature:'nope',maxVersionLevel:1}]}");
        talk.ask("no feature at all", UPDATE_FEATURES, "{}");
        String[][] changes = {
            {"a feature as it is", "feature:'transaction.version',maxVersionLevel:2,upgradeType:1"},
            {"a feature higher than it goes", "feature:'transaction.version',maxVersionLevel:3,upgradeType:1"},
            {"a feature below nothing", "feature:'transaction.version',maxVersionLevel:-1,upgradeType:2"},
            {"a feature lower, not meant", "feature:'transaction.version',maxVersionLevel:1,upgradeType:1"},
            {"a feature lower", "feature:'transaction.version',maxVersionLevel:1,upgradeType:2"},
            {"the metadata lower", "feature:'metadata.version',maxVersionLevel:7,upgradeType:2"},
            {"a feature in a way nobody knows", "feature:'transaction.version',maxVersionLevel:1,upgradeType:9"},
        };
        for (String[] change : changes) {
            talk.ask(change[0], UPDATE_FEATURES, 1, LATEST, "{validateOnly:true,featureUpdates:[{" + change[1] + "}]}");
        }
        talk.ask(
                "two features, one of which can't be",
                UPDATE_FEATURES,
                1,
                LATEST,
                "{validateOnly:true,featureUpdates:[{" + changes[4][1] + "},{"
                        + changes[1][1].replace("transaction", "group") + "}]}");
    }

    private static void quorum(Conversation talk) throws IOException {
        String ofMetadata = "{topics:[{topicName:'__cluster_metadata',partitions:[{partitionIndex:0}]}]}";
        talk.ask("the quorum", DESCRIBE_QUORUM, 0, 2, ofMetadata, manner().seenAs(ClusterScripts::withoutOffsets));
        talk.ask("of another topic", DESCRIBE_QUORUM, "{topics:[{topicName:'nope',partitions:[{partitionIndex:0}]}]}");
        talk.ask(
                "of another partition",
                DESCRIBE_QUORUM,
                "{topics:[{topicName:'__cluster_metadata',partitions:[{partitionIndex:1}]}]}");
        talk.ask("of nothing", DESCRIBE_QUORUM, "{}");
        talk.ask(
                "a voter of another cluster joins",
                ADD_RAFT_VOTER,
                "{clusterId:'nope',timeoutMs:1000,voterId:9,voterDirectoryId:'AAAAAAAAAAAAAAAAAAAAAQ',"
                        + "listeners:[{name:'CONTROLLER',host:'localhost',port:1}]}");
        talk.ask(
                "a voter of another cluster leaves",
                REMOVE_RAFT_VOTER,
                "{clusterId:'nope',voterId:9,voterDirectoryId:'AAAAAAAAAAAAAAAAAAAAAQ'}");
        talk.ask(
                "a voter leaves that is none",
                REMOVE_RAFT_VOTER,
                "{clusterId:null,voterId:9,voterDirectoryId:'AAAAAAAAAAAAAAAAAAAAAQ'}");
    }

    /** How long the metadata's log is differs with what was written to it. */
    private static JsonNode withoutOffsets(JsonNode answer) {
        for (JsonNode topic : answer.get("topics")) {
            for (JsonNode partition : topic.get("partitions")) {
                blank(partition, "highWatermark", "leaderEpoch");
                partition.get("currentVoters").forEach(voter -> blank(voter, "logEndOffset", "replicaDirectoryId"));
                partition.get("observers").forEach(voter -> blank(voter, "logEndOffset", "replicaDirectoryId"));
            }
        }
        return answer;
    }

    private static void blank(JsonNode node, String... fields) {
        for (String field : fields) {
            if (node.has(field)) {
                ((ObjectNode) node).put(field, "<any>");
            }
        }
    }
}
