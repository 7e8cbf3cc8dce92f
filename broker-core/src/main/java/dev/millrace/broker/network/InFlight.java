package dev.millrace.broker.network;

/**
 * What one connection has in memory: requests that are not answered, and responses that are not sent. It takes up another
 * request only while both are within bounds. Belongs to the connection's loop.
 */
final class InFlight {

    /** Requests of one connection that are not answered, or whose answer is not sent. */
    static final int REQUESTS_MAX = 64;

    /** Bytes of one connection's requests and responses in memory, from which on no further request is taken up. */
    static final int BYTES_MAX = 16 << 20;

    /**
     * Responses of one connection that are in memory and not sent, from which on no further request is taken up: what a client
     * costs that never reads, and one more response.
     */
    static final int RESPONSE_BYTES_MAX = 1 << 20;

    /** No connection may have more than this part of the memory for requests in flight. */
    private static final int CONNECTIONS_PER_MEMORY = 8;

    private final UnsentResponses unsentOfAll;
    private final long bytesMax;
    private int requests;
    private long requestBytes;
    private long responseBytes;

    InFlight(RequestMemory memoryOfAll, UnsentResponses unsentOfAll) {
        this.unsentOfAll = unsentOfAll;
        this.bytesMax = Math.min(BYTES_MAX, memoryOfAll.bytesMax() / CONNECTIONS_PER_MEMORY);
    }

    /** Whether no further request is to be taken up. */
    boolean isFull() {
        return requests >= REQUESTS_MAX
                || requestBytes + responseBytes >= bytesMax
                || responseBytes >= RESPONSE_BYTES_MAX
                || !unsentOfAll.mayAdd(responseBytes);
    }

    /** Those whose answer is not there, or not sent. */
    int requests() {
        return requests;
    }

    long requestBytes() {
        return requestBytes;
    }

    void onRequest(long bytes) {
        requests++;
        requestBytes += bytes;
    }

    /** The request holds nothing any more; its answer is still to be sent. */
    void onReleased(long bytes) {
        requestBytes -= bytes;
    }

    void onResponse(long bytes) {
        changeUnsent(bytes);
    }

    void onSent(long bytes) {
        requests--;
        changeUnsent(-bytes);
    }

    /** Nothing is sent any more. */
    void onClosed() {
        changeUnsent(-responseBytes);
    }

    private void changeUnsent(long bytes) {
        responseBytes += bytes;
        unsentOfAll.change(bytes);
    }
}
