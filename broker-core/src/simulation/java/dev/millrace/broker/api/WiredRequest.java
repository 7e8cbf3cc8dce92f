package dev.millrace.broker.api;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestHeader;

/** A request as a broker gets it, by way of the wire's bytes: what its version can't say is gone. */
public record WiredRequest(RequestHeader header, AbstractRequest body) {

    public static WiredRequest of(ApiMessage request, int version) {
        ApiKeys key = ApiKeys.forId(request.apiKey());
        AbstractRequest body = AbstractRequest.parseRequest(
                        key,
                        (short) version,
                        new ByteBufferAccessor(MessageUtil.toByteBufferAccessor(request, (short) version)
                                .buffer()))
                .request;
        return new WiredRequest(new RequestHeader(key, (short) version, "client", 1), body);
    }
}
