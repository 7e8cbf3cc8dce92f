package dev.millrace.broker.reference;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection, on which every request goes out in exactly the version that is asked for: no client library
 * chooses, retries or hides anything. Connects anew after the broker has closed it.
 */
final class Wire implements AutoCloseable {

    private static final int READ_TIMEOUT_MS = 10_000;

    private final InetSocketAddress address;
    private final String clientId;
    private @Nullable Socket socket;
    private int correlationId;

    Wire(InetSocketAddress address, String clientId) {
        this.address = address;
        this.clientId = clientId;
    }

    /** The answer as the version of the request has it; null when there is none: the broker closed the connection, or kept silent. */
    @Nullable
    ApiMessage ask(ApiKeys key, short version, ApiMessage request) throws IOException {
        RequestHeader header = new RequestHeader(key, version, clientId, ++correlationId);
        ByteBuffer headerBytes = MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion())
                .buffer();
        ByteBuffer body = MessageUtil.toByteBufferAccessor(request, version).buffer();
        ByteBuffer answer = exchange(headerBytes, body);
        if (answer == null) {
            return null;
        }
        ResponseHeader.parse(answer, key.responseHeaderVersion(version));
        ApiMessage response = ApiMessageType.fromApiKey(key.id).newResponse();
        response.read(new ByteBufferAccessor(answer), version);
        if (answer.hasRemaining()) {
            throw new IOException(key + " v" + version + ": " + answer.remaining() + " bytes too many in the answer");
        }
        return response;
    }

    /** Sends a frame of any kind and reads the next one; null when there is none: the broker closed the connection, or kept silent. */
    @Nullable
    ByteBuffer exchange(ByteBuffer header, ByteBuffer body) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + header.remaining() + body.remaining())
                .putInt(header.remaining() + body.remaining())
                .put(header)
                .put(body);
        try {
            Socket open = open();
            open.getOutputStream().write(frame.array());
            DataInputStream in = new DataInputStream(open.getInputStream());
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            return ByteBuffer.wrap(bytes);
        } catch (EOFException | SocketException | SocketTimeoutException e) {
            close();
            return null;
        }
    }

    private Socket open() throws IOException {
        if (socket == null) {
            socket = new Socket();
            socket.connect(address);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(READ_TIMEOUT_MS);
        }
        return socket;
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
