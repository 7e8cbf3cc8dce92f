package dev.millrace.broker.api.record;

import java.util.List;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchRequest;

/** What a fetch request stands for: which partitions are to be read, and how much of what was read is to be told. */
sealed interface FetchContext {

    List<FetchTopic> wanted();

    /** Makes of an answer about everything wanted the one that this reader gets. Once. */
    void finish(FetchResponseData answer);

    /** The answer to a reader that gets nothing for now, for it has had too much. */
    default FetchResponseData heldUp() {
        return new FetchResponseData();
    }

    /** A request that has nothing to do with any other. */
    record Sessionless(FetchRequest request) implements FetchContext {
        @Override
        public List<FetchTopic> wanted() {
            return request.data().topics();
        }

        @Override
        public void finish(FetchResponseData answer) {
            // It is told everything.
        }
    }

    /** The first request of a session. */
    record Beginning(FetchRequest request, FetchSessions sessions, long nowMs) implements FetchContext {
        @Override
        public List<FetchTopic> wanted() {
            return request.data().topics();
        }

        @Override
        public void finish(FetchResponseData answer) {
            answer.setSessionId(sessions.create(request, answer, nowMs));
        }
    }

    /** A request that goes on in its session. */
    record Incremental(FetchSession session) implements FetchContext {
        @Override
        public List<FetchTopic> wanted() {
            return session.wanted();
        }

        @Override
        public void finish(FetchResponseData answer) {
            session.leaveNews(answer);
        }

        @Override
        public FetchResponseData heldUp() {
            return new FetchResponseData().setSessionId(session.id());
        }
    }

    /** One that names no session there is, or not the next epoch of it. */
    record Refused(Errors error) implements FetchContext {
        @Override
        public List<FetchTopic> wanted() {
            return List.of();
        }

        @Override
        public void finish(FetchResponseData answer) {
            answer.setErrorCode(error.code());
        }
    }
}
