package dev.millrace.broker.api;

import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * A decoded request and who sent it. Record batches in the body are slices of the received buffer: they are valid until
 * the request's ticket is answered.
 */
public record ApiRequest<Q extends AbstractRequest>(RequestHeader header, Q body, Peer peer) {

    /**
     * The other end of the connection.
     *
     * @param host as classic group members are listed with it: {@code /127.0.0.1}
     * @param listener the listener's name, for the addresses in metadata answers
     * @param software what the client says that it is
     */
    public record Peer(
            String connectionId, String host, int port, String principal, String listener, Software software) {

        /** The host's address, as a number. */
        public String address() {
            return host.substring(host.indexOf('/') + 1);
        }

        /** The same, once it has said what it is. */
        public Peer with(Software told) {
            return new Peer(connectionId, host, port, principal, listener, told);
        }
    }

    /** A client's library (KIP-511). */
    public record Software(String name, String version) {

        /** Of clients that say nothing. */
        public static final Software UNKNOWN = new Software("unknown", "unknown");

        /** It is kept for as long as the connection is there. */
        private static final int CHARS_MAX = 256;

        /** As a client says it in its request for the versions of APIs; unknown what it leaves out, and what is no name. */
        public static Software of(ApiVersionsRequest request) {
            return request.isValid()
                    ? new Software(
                            known(request.data().clientSoftwareName()),
                            known(request.data().clientSoftwareVersion()))
                    : UNKNOWN;
        }

        private static String known(String told) {
            return told.isEmpty() || told.length() > CHARS_MAX ? UNKNOWN.name : told;
        }
    }

    public String clientId() {
        return header.clientId() == null ? "" : header.clientId();
    }

    public short version() {
        return header.apiVersion();
    }
}
