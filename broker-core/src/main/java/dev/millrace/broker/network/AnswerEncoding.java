package dev.millrace.broker.network;

import dev.millrace.broker.wire.RequestCodec;
import dev.millrace.broker.wire.ResponseCodec;
import dev.millrace.broker.wire.ResponseFrame;
import io.netty.buffer.ByteBufAllocator;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes an answer into bytes; one that can't be told becomes the word that the broker has failed. */
final class AnswerEncoding {

    private static final Logger LOG = LoggerFactory.getLogger(AnswerEncoding.class);

    private AnswerEncoding() {}

    /** Null when not even an error can be told: then the client is to learn by losing the connection. */
    static @Nullable ResponseFrame encode(
            RequestCodec.Decoded request, ApiMessage answer, ByteBufAllocator allocator, String connectionId) {
        short version = request.body().version();
        try {
            return ResponseCodec.encode(request.header(), version, answer, allocator);
        } catch (RuntimeException e) {
            LOG.error(
                    "A response can't be encoded: apiKey={}, version={}, connection={}",
                    request.header().apiKey(),
                    version,
                    connectionId,
                    e);
        }
        try {
            UnknownServerException error = new UnknownServerException("The broker failed to encode its response");
            ApiMessage instead = request.body().getErrorResponse(0, error).data();
            return ResponseCodec.encode(request.header(), version, instead, allocator);
        } catch (RuntimeException e) {
            LOG.error("Connection closed, for not even an error can be told: connection={}", connectionId, e);
            return null;
        }
    }
}
