package dev.millrace.connect.worker;

import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** A request that was not carried out. The message is one clear line for the person who asked. */
public final class RequestRefused extends ConnectException {

    private final int status;

    /** @param status as in HTTP: 400, 404, 409 or 500 */
    public RequestRefused(int status, @Nullable String message) {
        super(message);
        this.status = status;
    }

    public static RequestRefused badRequest(@Nullable String message) {
        return new RequestRefused(400, message);
    }

    public static RequestRefused notFound(@Nullable String message) {
        return new RequestRefused(404, message);
    }

    public static RequestRefused conflict(@Nullable String message) {
        return new RequestRefused(409, message);
    }

    /** The HTTP status that Kafka Connect gives this refusal. */
    public int status() {
        return status;
    }
}
