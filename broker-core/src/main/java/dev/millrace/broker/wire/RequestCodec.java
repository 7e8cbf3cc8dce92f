package dev.millrace.broker.wire;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.RequestHeader;

/** Turns the bytes of a frame into a request. Stateless; any thread. */
public final class RequestCodec {

    private final ServedVersions served;

    public RequestCodec(ServedVersions served) {
        this.served = served;
    }

    /** A request as it was sent. */
    public record Decoded(RequestHeader header, AbstractRequest body) {

        /** Whether the body goes on reading from the frame after it was decoded, as record batches do. */
        public boolean retainsFrame() {
            return header.apiKey().requiresDelayedAllocation;
        }
    }

    /**
     * Refuses what would become more objects than there is room for: a request is read into many times its size, but for the
     * records in it.
     *
     * @throws InvalidRequestException naming the request and the limit
     */
    public void requireDecodable(ByteBuffer frame, int structuredBytesMax) {
        int size = frame.remaining();
        if (size > structuredBytesMax && frame.getShort(frame.position()) != ApiKeys.PRODUCE.id) {
            short key = frame.getShort(frame.position());
            throw new InvalidRequestException("a request with the key " + key + " of " + size
                    + " bytes; there is memory for " + structuredBytesMax + ", but for records");
        }
    }

    /**
     * Decodes one frame, without the size in front of it. ApiVersions in a version that is not known decodes to a request
     * that {@link ApiVersionsRequest#hasUnsupportedRequestVersion} tells, to be answered in version 0 (KIP-511).
     *
     * @param frame record batches in the request stay slices of it
     * @throws InvalidRequestException when it is no request, or one of a key that is not served: nothing that could be
     *     answered
     * @throws UnsupportedVersionException when the key is served, but not in this version: nor can this be answered
     */
    public Decoded decode(ByteBuffer frame) {
        RequestHeader header = RequestHeader.parse(frame);
        ApiKeys key = header.apiKey();
        short version = header.apiVersion();
        if (!served.serves(key)) {
            throw new InvalidRequestException(key + " is not served");
        }
        if (!served.serves(key, version)) {
            if (key == ApiKeys.API_VERSIONS) {
                return new Decoded(header, new ApiVersionsRequest(new ApiVersionsRequestData(), (short) 0, version));
            }
            throw new UnsupportedVersionException(key + " is not served in version " + version);
        }
        return new Decoded(header, parseBody(key, version, frame));
    }

    private static AbstractRequest parseBody(ApiKeys key, short version, ByteBuffer frame) {
        try {
            return AbstractRequest.parseRequest(key, version, new ByteBufferAccessor(frame)).request;
        } catch (RuntimeException e) {
            // The generated readers run into whatever garbage leads them to: buffer underflows, negative sizes…
            throw new InvalidRequestException(key + " in version " + version + " can't be read: " + e.getMessage(), e);
        }
    }
}
