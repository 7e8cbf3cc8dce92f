package dev.millrace.broker.api;

import org.apache.kafka.common.requests.AbstractRequest;
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
     */
    public record Peer(String connectionId, String host, String principal, String listener) {}

    public String clientId() {
        return header.clientId() == null ? "" : header.clientId();
    }

    public short version() {
        return header.apiVersion();
    }
}
