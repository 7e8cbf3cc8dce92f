package dev.millrace.broker.coordinator.group.record;

import java.util.Arrays;

/** Bytes that the coordinator carries for clients without looking in, compared by content. The array is never written to. */
public record Bytes(byte[] value) {

    public static final Bytes NONE = new Bytes(new byte[0]);

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return value.length + " bytes";
    }
}
