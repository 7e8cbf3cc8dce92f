package dev.millrace.connect.task;

import java.util.List;
import java.util.function.Function;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;
import org.jspecify.annotations.Nullable;

/** A connector's chain of transformations (KIP-66), each perhaps under a predicate (KIP-585). */
public final class Transformations<R extends ConnectRecord<R>> implements AutoCloseable {

    private final List<Link<R>> links;

    public Transformations(List<Link<R>> links) {
        this.links = List.copyOf(links);
    }

    /**
     * @param predicate null to transform every record
     * @param negate whether to transform those that the predicate does not match
     */
    public record Link<R extends ConnectRecord<R>>(
            Transformation<R> transformation, @Nullable Predicate<R> predicate, boolean negate)
            implements Function<R, @Nullable R> {
        @Override
        public @Nullable R apply(R record) {
            return predicate == null || predicate.test(record) != negate ? transformation.apply(record) : record;
        }
    }

    /** The record that comes out; null when one of the transformations drops it. */
    @Nullable
    R apply(R record, ErrorHandler errors) throws RecordGivenUp {
        R current = record;
        for (Link<R> link : links) {
            R next = errors.run(Stage.TRANSFORMATION, link.transformation().getClass(), link, current);
            if (next == null) {
                return null;
            }
            current = next;
        }
        return current;
    }

    /** Closes the transformations and predicates. */
    @Override
    public void close() {
        for (Link<R> link : links) {
            link.transformation().close();
            Predicate<R> predicate = link.predicate();
            if (predicate != null) {
                predicate.close();
            }
        }
    }
}
