package dev.millrace.examples.trending;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.millrace.streams.serde.JsonSerde;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Tweets as JSON. What goes out is what came in, byte for byte: also the fields that nobody here knows. */
final class TweetSerde implements Serde<Tweet> {

    private final Deserializer<Fields> fields = JsonSerde.of(Fields.class).deserializer();

    /** Whatever the input leaves out or does not know is null. */
    record Fields(
            @JsonProperty("created_at") @Nullable Long createdAt,
            @JsonProperty("text") @Nullable String text,
            @JsonProperty("likes") @Nullable Long likes,
            @JsonProperty("replies") @Nullable Long replies) {}

    @Override
    public Serializer<Tweet> serializer() {
        return (topic, tweet) -> tweet.json();
    }

    @Override
    @SuppressWarnings("NullAway") // JSON's null is no tweet.
    public Deserializer<Tweet> deserializer() {
        return (topic, json) -> {
            Fields read = fields.deserialize(topic, json);
            return read == null ? null : Tweet.of(read, json);
        };
    }
}
