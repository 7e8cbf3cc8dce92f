package dev.millrace.examples.trending;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.examples.trending.StraightComputation.Result;
import dev.millrace.examples.trending.StraightComputation.Trend;
import dev.millrace.examples.trending.StraightComputation.Tweet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

class The_sample {

    private static final Path FILE = Path.of("sample", "tweets.csv");

    private final Result result;

    The_sample() throws IOException {
        result = StraightComputation.of(FILE, "sample");
    }

    @Test
    void is_what_its_generator_makes() throws IOException {
        assertThat(Files.readAllBytes(FILE)).isEqualTo(SampleGenerator.sample(SampleGenerator.SEED));
    }

    @Test
    void is_small_enough_to_carry_along() throws IOException {
        assertThat(Files.size(FILE)).isLessThan(700_000);
    }

    @Test
    void has_its_tweets_and_its_malformed_rows() {
        assertThat(result.tweets()).hasSize(SampleGenerator.ROWS);
        assertThat(result.malformed()).isEqualTo(SampleGenerator.MALFORMED);
        assertThat(result.hashtagCounts().keySet()).noneMatch(key -> key.startsWith("malformed@"));
    }

    @Test
    void has_tweets_that_come_days_late() {
        long latest = 0;
        long lateByMax = 0;
        for (Tweet tweet : result.tweets()) {
            latest = Math.max(latest, tweet.createdAt());
            lateByMax = Math.max(lateByMax, latest - tweet.createdAt());
        }
        assertThat(lateByMax).isGreaterThan(2 * 86_400_000L);
    }

    @Test
    void has_popular_tweets_and_others() {
        assertThat(result.popular()).hasSizeBetween(SampleGenerator.ROWS / 20, SampleGenerator.ROWS / 2);
    }

    @Test
    void has_ties_that_engagement_and_ties_that_the_name_must_break() {
        boolean byEngagement = false;
        boolean byName = false;
        for (int i = 1; i < result.trending().size(); i++) {
            Trend above = result.trending().get(i - 1);
            Trend below = result.trending().get(i);
            if (above.windowStart() == below.windowStart() && above.tweets() == below.tweets()) {
                byEngagement |= above.engagement() > below.engagement();
                byName |= above.engagement() == below.engagement();
            }
        }
        assertThat(byEngagement).isTrue();
        assertThat(byName).isTrue();
    }

    @Test
    void has_minutes_with_more_hashtags_than_are_ranked() {
        assertThat(result.trending()).anyMatch(trend -> trend.rank() == StraightComputation.RANKS);
        assertThat(result.hashtagCounts()).hasSizeGreaterThan(result.trending().size());
    }

    @Test
    void has_hashtags_of_many_scripts_in_one_case() {
        Set<String> hashtags = new HashSet<>();
        result.tweets().forEach(tweet -> hashtags.addAll(tweet.hashtags()));
        assertThat(hashtags).contains("größe", "日本", "ελλάδα", "हिन्दी", "île", "data_mesh", "2024", "안녕", "река");
        assertThat(hashtags).allMatch(hashtag -> hashtag.equals(hashtag.toLowerCase(Locale.ROOT)));
    }

    @Test
    void counts_a_hashtag_once_for_each_tweet() {
        Tweet tweet = new Tweet(1L, 0, "ada", "#Go #go #GO! ##gone a#b #_ # #é😀 #x-y", 0, 0);
        assertThat(tweet.hashtags()).containsExactly("go", "gone", "b", "_", "é", "x");
    }

    @Test
    void is_made_of_tweets_whose_windows_are_whole_minutes() {
        assertThat(List.of(
                        new Tweet(1L, 119_999, "ada", "", 0, 0).windowStart(),
                        new Tweet(1L, 120_000, "", "", 0, 0).windowStart()))
                .containsExactly(60_000L, 120_000L);
    }
}
