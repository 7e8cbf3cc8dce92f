package dev.millrace.broker.network;

import java.util.List;
import org.apache.kafka.common.Endpoint;

/**
 * The settings of the broker's network, by Kafka's names.
 *
 * @param listeners listeners: where to listen; port 0 is any free one
 * @param threads num.network.threads
 * @param requestBytesMax socket.request.max.bytes
 * @param queuedBytesMax queued.max.request.bytes: of all requests that are not answered
 * @param structuredBytesMax of a request that is no records, and becomes objects many times its size
 * @param idleMsMax connections.max.idle.ms; not positive: no limit
 * @param sendBufferBytes socket.send.buffer.bytes; -1: the system sizes it as it goes
 * @param receiveBufferBytes socket.receive.buffer.bytes; -1: the system sizes it as it goes
 * @param backlog socket.listen.backlog.size
 * @param connections how many are let in, as the configuration file has it
 */
public record NetworkConfig(
        List<Endpoint> listeners,
        int threads,
        int requestBytesMax,
        long queuedBytesMax,
        int structuredBytesMax,
        long idleMsMax,
        int sendBufferBytes,
        int receiveBufferBytes,
        int backlog,
        ConnectionLimits connections) {}
