package dev.millrace.broker.api.record;

import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.errors.InvalidRequestException;

/** The isolation level of a request, which is any byte on the wire. */
final class Isolation {

    private Isolation() {}

    /** @throws InvalidRequestException when there is no such level */
    static IsolationLevel of(byte id) {
        for (IsolationLevel level : IsolationLevel.values()) {
            if (level.id() == id) {
                return level;
            }
        }
        throw new InvalidRequestException("There is no isolation level " + id + ".");
    }
}
