package dev.millrace.broker.wire;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** The field of nearly every response that tells for how long its client is held up (KIP-219). Any thread. */
public final class ThrottleTime {

    /** How to reach it in a response of this class. */
    private record Field(MethodHandle get, MethodHandle set) {}

    private static final ClassValue<@Nullable Field> FIELDS = new ClassValue<>() {
        @Override
        protected @Nullable Field computeValue(Class<?> type) {
            try {
                MethodHandles.Lookup lookup = MethodHandles.publicLookup();
                return new Field(
                        lookup.findVirtual(type, "throttleTimeMs", MethodType.methodType(int.class)),
                        lookup.findVirtual(type, "setThrottleTimeMs", MethodType.methodType(type, int.class)));
            } catch (NoSuchMethodException | IllegalAccessException e) {
                return null; // SaslHandshake and a few more have none
            }
        }
    };

    private ThrottleTime() {}

    /** 0 where there is no such field. */
    public static int of(ApiMessage response) {
        Field field = FIELDS.get(response.getClass());
        return field == null ? 0 : (int) call(field.get(), response);
    }

    /** Without effect where there is no such field. */
    public static void set(ApiMessage response, int throttleTimeMs) {
        Field field = FIELDS.get(response.getClass());
        if (field != null) {
            call(field.set(), response, throttleTimeMs);
        }
    }

    private static Object call(MethodHandle method, Object... arguments) {
        try {
            return method.invokeWithArguments(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e); // an accessor throws nothing
        }
    }
}
