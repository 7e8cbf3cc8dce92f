package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.Conversation.LATEST;
import static dev.millrace.broker.reference.Conversation.manner;
import static org.apache.kafka.common.protocol.ApiKeys.FETCH;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;

/** Reading records, with and without a session (KIP-227). */
final class FetchScripts {

    static final List<Script> ALL = List.of(
            new Script("fetch", FetchScripts::fetch),
            new Script("fetch sessions", FetchScripts::sessions),
            new Script("fetch sessions of followers", FetchScripts::followers));

    private FetchScripts() {}

    private static String partition(int partition, long offset, String more) {
        return "{partition:%d,fetchOffset:%d,partitionMaxBytes:1000000%s}".formatted(partition, offset, more);
    }

    private static String topic(String name, Uuid id, String partitions) {
        return "{topic:'%s',topicId:'%s',partitions:[%s]}".formatted(name, id, partitions);
    }

    private static String request(String topics, String more) {
        return "{maxWaitMs:0,minBytes:0,maxBytes:10000000,topics:[%s]%s}".formatted(topics, more);
    }

    private static void fetch(Conversation talk) throws IOException {
        Uuid id = talk.topic("fetched-a", 3, "retention.ms", "-1");
        RecordScripts.fill(talk, "fetched-a", "a", "b", "c");
        RecordScripts.fill(talk, "fetched-a", "d", "e");
        String[][] steps = {
            {"from the start", partition(0, 0, "")},
            {"from the middle of a batch", partition(0, 1, "")},
            {"from the second batch", partition(0, 3, "")},
            {"from the end", partition(0, 5, "")},
            {"from beyond the end", partition(0, 6, "")},
            {"from a negative offset", partition(0, -1, "")},
            {"one batch, however small the limit", partition(0, 0, "").replace("1000000", "1")},
            {"two partitions", partition(0, 0, "") + "," + partition(1, 0, "")},
            {"a partition that is not there", partition(9, 0, "")},
            {"in the current leader epoch", partition(0, 0, ",currentLeaderEpoch:0")},
            {"in a leader epoch to come", partition(0, 0, ",currentLeaderEpoch:9")},
        };
        for (String[] step : steps) {
            talk.ask(step[0], FETCH, request(topic("fetched-a", id, step[1]), ""));
        }
        talk.ask(
                "what was read in the current epoch",
                FETCH,
                12,
                LATEST,
                request(topic("fetched-a", id, partition(0, 5, ",lastFetchedEpoch:0")), ""));
        talk.ask(
                "what was read in an epoch to come",
                FETCH,
                12,
                LATEST,
                request(topic("fetched-a", id, partition(0, 5, ",lastFetchedEpoch:4")), ""));
        talk.ask(
                "beyond what was written in the epoch",
                FETCH,
                12,
                LATEST,
                request(topic("fetched-a", id, partition(0, 7, ",lastFetchedEpoch:0")), ""));
        talk.ask(
                "no more than a limit over all",
                FETCH,
                request(topic("fetched-a", id, partition(0, 0, "") + "," + partition(1, 0, "")), "")
                        .replace("maxBytes:10000000", "maxBytes:1"));
        talk.ask(
                "only what is committed",
                FETCH,
                request(topic("fetched-a", id, partition(0, 0, "")), ",isolationLevel:1"));
        talk.ask(
                "a topic that is not there",
                FETCH,
                request(topic("fetched-none", new Uuid(7, 7), partition(0, 0, "")), ""));
        talk.ask("no id", FETCH, 13, LATEST, request(topic("fetched-a", Uuid.ZERO_UUID, partition(0, 0, "")), ""));
        talk.ask("nothing", FETCH, request("", ""));
        talk.ask(
                "as a follower that is none",
                FETCH,
                4,
                14,
                request(topic("fetched-a", id, partition(0, 0, "")), ",replicaId:9"));
        talk.ask(
                "as a follower that is none",
                FETCH,
                15,
                LATEST,
                request(topic("fetched-a", id, partition(0, 0, "")), ",replicaState:{replicaId:9,replicaEpoch:1}"));
        talk.ask(
                "as a client of another rack",
                FETCH,
                11,
                LATEST,
                request(topic("fetched-a", id, partition(0, 0, "")), ",rackId:'r1'"));
    }

    private static void sessions(Conversation talk) throws IOException {
        Uuid id = talk.topic("session-a", 3, "retention.ms", "-1");
        Uuid other = talk.topic("session-b", 1, "retention.ms", "-1");
        RecordScripts.fill(talk, "session-a", "a", "b");
        talk.ask(
                "outside of any",
                FETCH,
                7,
                LATEST,
                request(topic("session-a", id, partition(0, 2, "")), ",sessionId:0,sessionEpoch:-1"));
        talk.ask("a session nobody has", FETCH, 7, LATEST, request("", ",sessionId:1234567,sessionEpoch:1"));
        talk.ask(
                "the end of a session nobody has",
                FETCH,
                7,
                LATEST,
                request(topic("session-a", id, partition(0, 2, "")), ",sessionId:1234567,sessionEpoch:-1"));
        talk.ask("a session of nothing", FETCH, 7, LATEST, request("", ",sessionId:0,sessionEpoch:0"));
        talk.ask("an epoch without a session", FETCH, 7, LATEST, request("", ",sessionId:0,sessionEpoch:3"));
        for (int version = 7; version <= FETCH.latestVersion(); version++) {
            session(talk, version, id, other);
        }
    }

    private static void session(Conversation talk, int version, Uuid id, Uuid other) throws IOException {
        Conversation.Manner manner = manner().by("session-" + version);
        RecordScripts.fill(talk, "session-a", "a", "b");
        long end = 2L * (version - 7) + 4;
        FetchResponseData begun = talk.one(
                "a session begins",
                FETCH,
                version,
                request(topic("session-a", id, partition(0, 0, "") + "," + partition(1, 0, "")), ",sessionEpoch:0"),
                manner);
        int session = begun.sessionId();
        String in = ",sessionId:" + session + ",sessionEpoch:";
        talk.one("nothing changed on the client's side", FETCH, version, request("", in + 1), manner);
        talk.one(
                "it goes on to the end",
                FETCH,
                version,
                request(topic("session-a", id, partition(0, end, "")), in + 2),
                manner);
        talk.one("there is nothing new", FETCH, version, request("", in + 3), manner);
        RecordScripts.fill(talk, "session-b", "x");
        talk.one(
                "a topic comes to it",
                FETCH,
                version,
                request(topic("session-b", other, partition(0, 0, "")), in + 4),
                manner);
        talk.one(
                "and a partition that is not there",
                FETCH,
                version,
                request(topic("session-a", id, partition(9, 0, "")), in + 5),
                manner);
        talk.one("whose error is told again", FETCH, version, request("", in + 6), manner);
        talk.one(
                "both go",
                FETCH,
                version,
                request(
                        "",
                        in
                                + 7
                                + ",forgottenTopicsData:[{topic:'session-a',topicId:'%s',partitions:[9]},{topic:'session-b',topicId:'%s',partitions:[0]}]"
                                        .formatted(id, other)),
                manner);
        talk.one("an epoch is left out", FETCH, version, request("", in + 12), manner);
        talk.one(
                "a topic that is not there comes",
                FETCH,
                version,
                request(topic("session-none", new Uuid(7, 7), partition(0, 0, "")), in + 8),
                manner);
        talk.one(
                "the session ends",
                FETCH,
                version,
                request(topic("session-a", id, partition(0, end, "")), in + -1),
                manner);
        talk.one("it is gone", FETCH, version, request("", in + 9), manner);
    }

    /** Anybody may say that it is a follower; a session it gets, but no records. */
    private static void followers(Conversation talk) throws IOException {
        Uuid id = talk.topic("followed-a", 2, "retention.ms", "-1");
        RecordScripts.fill(talk, "followed-a", "a", "b");
        for (int version = 7; version <= FETCH.latestVersion(); version++) {
            Conversation.Manner manner = manner().by("follower-" + version);
            String as = version < 15 ? ",replicaId:9" : ",replicaState:{replicaId:9,replicaEpoch:1}";
            FetchResponseData begun = talk.one(
                    "a session of a follower that is none begins",
                    FETCH,
                    version,
                    request(
                            topic("followed-a", id, partition(0, 0, "") + "," + partition(1, 0, "")),
                            as + ",sessionEpoch:0"),
                    manner);
            String in = as + ",sessionId:" + begun.sessionId() + ",sessionEpoch:";
            talk.one("it is told the same again", FETCH, version, request("", in + 1), manner);
            talk.one(
                    "it asks in a leader epoch to come",
                    FETCH,
                    version,
                    request(
                            topic("followed-a", id, partition(0, 0, version < 9 ? "" : ",currentLeaderEpoch:9")),
                            in + 2),
                    manner);
            talk.one("it goes on as a client", FETCH, version, request("", in.replace(as, "") + 3), manner);
            talk.one("it ends", FETCH, version, request("", in + -1), manner);
        }
    }
}
