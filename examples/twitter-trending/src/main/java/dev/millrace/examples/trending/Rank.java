package dev.millrace.examples.trending;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/** A row of the trending table; window and rank are its key. */
@JsonPropertyOrder({"window_start", "rank", "hashtag", "tweets", "engagement"})
record Rank(
        @JsonProperty("window_start") long windowStart,
        @JsonProperty("rank") int rank,
        @JsonProperty("hashtag") String hashtag,
        @JsonProperty("tweets") long tweets,
        @JsonProperty("engagement") long engagement) {}
