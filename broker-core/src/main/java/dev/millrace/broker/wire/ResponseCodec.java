package dev.millrace.broker.wire;

import dev.millrace.broker.log.segment.LogSlice;
import io.netty.buffer.ByteBufAllocator;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;

/** Turns a response into what is to be sent, without touching the records in it. Stateless; any thread. */
public final class ResponseCodec {

    private ResponseCodec() {}

    /**
     * Encodes the response to the request with this header. Slices of the log become pieces of their own and belong to the
     * frame from then on; when encoding fails they were released.
     *
     * @param version of the body; the request's own, unless that is not supported
     */
    public static ResponseFrame encode(
            RequestHeader request, short version, ApiMessage response, ByteBufAllocator allocator) {
        ResponseHeader header = request.toResponseHeader();
        ResponseWriter writer = null;
        try {
            ObjectSerializationCache cache = new ObjectSerializationCache();
            MessageSizeAccumulator size = new MessageSizeAccumulator();
            Message headerMessage = header.data();
            headerMessage.addSize(size, cache, header.headerVersion());
            response.addSize(size, cache, version);

            writer = new ResponseWriter(Integer.BYTES + size.sizeExcludingZeroCopy(), allocator);
            writer.writeInt(size.totalSize());
            headerMessage.write(writer, cache, header.headerVersion());
            response.write(writer, cache, version);
            return writer.frame();
        } catch (RuntimeException | Error e) {
            if (writer != null) {
                writer.release();
            }
            release(response);
            throw e;
        }
    }

    /** Releases the slices of a response that is never going to be encoded. */
    public static void release(ApiMessage response) {
        if (response instanceof FetchResponseData fetched) {
            fetched.responses().forEach(topic -> topic.partitions().forEach(partition -> {
                if (partition.records() instanceof LogSlice slice) {
                    slice.close();
                }
            }));
        }
    }
}
