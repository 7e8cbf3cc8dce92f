package dev.millrace.examples.trending;

import dev.millrace.streams.Job;
import dev.millrace.streams.JobContext;
import dev.millrace.streams.StreamsBuilder;
import dev.millrace.streams.Topology;
import dev.millrace.streams.kstream.Consumed;
import dev.millrace.streams.kstream.Grouped;
import dev.millrace.streams.kstream.KStream;
import dev.millrace.streams.kstream.KeyValue;
import dev.millrace.streams.kstream.Materialized;
import dev.millrace.streams.kstream.Produced;
import dev.millrace.streams.kstream.TimeWindows;
import dev.millrace.streams.kstream.Windowed;
import dev.millrace.streams.serde.JsonSerde;
import java.time.Duration;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * Which hashtags are talked about, minute by minute of event time.
 *
 * <pre>
 *   tweets ─┬─ popular? ───────────────────────────────────────────▶ popular-tweets
 *           └─ by hashtag and minute: tweets, engagement ─┬─────────▶ hashtag-counts
 *                                                         └─ by minute: best ten ─▶ trending-hashtags
 * </pre>
 *
 * Tweets may come in any order, days apart: windows never close, and every result is replaced as better is known.
 */
public final class TrendingHashtags implements Job {

    private static final Duration WINDOW = Duration.ofMinutes(1);

    private static final Serde<Tweet> TWEET = new TweetSerde();
    private static final Serde<Tally> TALLY = JsonSerde.of(Tally.class);
    private static final Serde<Standing> STANDING = JsonSerde.of(Standing.class);
    private static final Serde<Ranking> RANKING = JsonSerde.of(Ranking.class);
    private static final Serde<Rank> RANK = JsonSerde.of(Rank.class);

    @Override
    public Topology build(JobContext job) {
        String tweetsTopic = job.setting("tweets.topic", "tweets");
        String popularTopic = job.setting("popular.topic", "popular-tweets");
        String countsTopic = job.setting("counts.topic", "hashtag-counts");
        String trendingTopic = job.setting("trending.topic", "trending-hashtags");
        var builder = new StreamsBuilder();

        KStream<byte[], Tweet> tweets = builder.stream(
                tweetsTopic, Consumed.with(Serdes.ByteArray(), TWEET).withTimestampExtractor(Tweet::eventTime));

        tweets.filter((key, tweet) -> tweet != null && tweet.popular()).to(popularTopic);

        KStream<Windowed<String>, Tally> tallies = tweets.filter((key, tweet) -> tweet != null)
                .flatMap((key, tweet) -> tweet.hashtags().stream()
                        .map(hashtag -> KeyValue.pair(hashtag, tweet.engagement()))
                        .toList())
                .groupByKey(Grouped.with(Serdes.String(), Serdes.Long()).withName("by-hashtag"))
                .windowedBy(TimeWindows.ofSizeAndGrace(WINDOW, TimeWindows.UNLIMITED_GRACE))
                .aggregate(
                        () -> Tally.NONE,
                        (hashtag, engagement, tally) -> tally.plus(engagement),
                        Materialized.<String, Tally>as("tallies").withValueSerde(TALLY))
                .toStream();

        tallies.map((hashtag, tally) ->
                        KeyValue.pair(hashtag.key() + "@" + hashtag.window().start(), Long.toString(tally.tweets())))
                .to(countsTopic, Produced.with(Serdes.String(), Serdes.String()));

        tallies.map((hashtag, tally) -> KeyValue.pair(
                        hashtag.window().start(), new Standing(hashtag.key(), tally.tweets(), tally.engagement())))
                .groupByKey(Grouped.with(Serdes.Long(), STANDING).withName("by-minute"))
                .aggregate(
                        () -> Ranking.EMPTY,
                        (windowStart, standing, ranking) -> ranking.with(standing),
                        Materialized.<Long, Ranking>as("rankings")
                                .withValueSerde(RANKING)
                                .withCachingDisabled())
                .toStream()
                .flatMap((windowStart, ranking) -> ranking.changedRanks(windowStart))
                .to(trendingTopic, Produced.with(Serdes.String(), RANK));

        return builder.build();
    }
}
