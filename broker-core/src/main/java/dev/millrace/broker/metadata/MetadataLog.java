package dev.millrace.broker.metadata;

import java.io.IOException;
import org.apache.kafka.common.errors.ApiException;

/**
 * The replicated log of cluster metadata, as a port. Every member sees the same entries in the same order; one of them at a
 * time leads and may append. All methods are called on the metadata loop, and call their listener there.
 */
public interface MetadataLog extends AutoCloseable {

    /**
     * Begins to deliver: first every entry that is committed already, in order, then what gets committed.
     *
     * @throws IOException when the log can't be read; names the file
     */
    void start(Listener listener) throws IOException;

    /**
     * Hands an entry in. It is committed later, and told to {@link Listener#onCommitted}; or it gets lost, after which
     * {@link Listener#onResigned} or {@link Listener#onFailed} is called.
     *
     * @throws ApiException when this member does not lead, or its log has failed
     */
    void append(MetadataEntry entry);

    @Override
    void close() throws IOException;

    /** Who follows the log. */
    interface Listener {

        /** The entry is durable on a majority of the voters. */
        void onCommitted(MetadataEntry entry);

        /** This member leads. Everything that was committed before has been delivered. */
        void onLeading(int controllerEpoch);

        /** This member leads no longer. What it appended and was not committed yet may or may not be committed later. */
        void onResigned();

        /** The log can neither be read nor written any more. */
        void onFailed(IOException cause);
    }
}
