package dev.millrace.broker.reference;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.protocol.ApiKeys;

/** What is known to differ, and why. */
final class Differences {

    private static final String SHARE_GROUPS = "share groups (KIP-932) are not served yet";
    private static final String STREAMS_GROUPS = "streams groups (KIP-1071) are not served yet";

    /** Keys that Apache Kafka serves and Millrace does not. */
    static final Map<ApiKeys, String> UNSERVED = unserved();

    static final List<Difference> KNOWN = List.of(
            Difference.of(
                    "api versions",
                    "ApiVersions .*",
                    "\\.apiKeys\\[(%s)\\]".formatted(ids(UNSERVED.keySet())),
                    "keys that are not served are not advertised"),
            Difference.of(
                    "topic configs",
                    ".*, an operation nobody knows",
                    ".*",
                    "an unknown operation is an invalid request; Kafka stumbles over it (UNKNOWN_SERVER_ERROR)"),
            Difference.of(
                    "settings replaced",
                    ".*, (only to see: )?a topic twice",
                    "",
                    "a resource that is named twice is an invalid request; Kafka never answers"),
            Difference.of(
                    "creating what can't be",
                    ".*, set: min.cleanable.dirty.ratio=NaN",
                    ".*",
                    "a ratio that is no number is refused; Kafka takes it"),
            Difference.of(
                    "pages of partitions",
                    ".*, unknown ones beside one that fits",
                    ".*",
                    "a topic of no name is an invalid topic; Kafka stumbles over it (UNKNOWN_SERVER_ERROR)"),
            Difference.of(
                    "consumer groups",
                    ".*, nobody asks in an epoch.*",
                    ".*",
                    "a member without an id is unknown; Kafka stumbles over it (UNKNOWN_SERVER_ERROR)"),
            Difference.of(
                    "moves under way",
                    "DeleteRecords .*, records of it deleted",
                    ".*",
                    "records of a partition that moves between log.dirs are deleted at once; Kafka answers when its copy has come so far (REQUEST_TIMED_OUT)"),
            Difference.of(
                    "interrupted transactions",
                    ".*, another begins, asked once",
                    ".*",
                    "who begins while the transaction of a predecessor is aborted is answered when that is done; Kafka has it ask again (CONCURRENT_TRANSACTIONS)"),
            Difference.of(
                    "metadata",
                    "Metadata .*, no name and no id",
                    ".*",
                    "a topic without name and id is unknown; Kafka stumbles over it (UNKNOWN_SERVER_ERROR)"),
            Difference.of(
                    "produce refused",
                    "Produce .*, no records",
                    "",
                    "a partition without records is an invalid record; Kafka never answers"),
            Difference.of(
                    "quorum",
                    "DescribeQuorum v2, the quorum",
                    "\\.nodes\\[0\\]\\.listeners.*",
                    "the controller is reached by the broker's listeners: it has none of its own"));

    private Differences() {}

    private static Map<ApiKeys, String> unserved() {
        Map<ApiKeys, String> unserved = new TreeMap<>();
        for (int id : new int[] {76, 77, 78, 79, 83, 84, 85, 86, 87, 90, 91, 92}) {
            unserved.put(ApiKeys.forId(id), SHARE_GROUPS);
        }
        unserved.put(ApiKeys.STREAMS_GROUP_HEARTBEAT, STREAMS_GROUPS);
        unserved.put(ApiKeys.STREAMS_GROUP_DESCRIBE, STREAMS_GROUPS);
        return unserved;
    }

    private static String ids(Set<ApiKeys> keys) {
        return keys.stream().map(key -> Short.toString(key.id)).collect(Collectors.joining("|"));
    }
}
