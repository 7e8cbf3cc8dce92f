package dev.millrace.examples.trending;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What the topology looks at in a tweet, and the tweet as it came.
 *
 * @param createdAt event time, milliseconds since the epoch; null if the tweet does not say
 * @param likes 0 if the tweet does not say, likewise replies
 */
record Tweet(@Nullable Long createdAt, String text, long likes, long replies, byte[] json) {

    private static final long POPULAR_ABOVE = 10;
    private static final Pattern HASHTAG = Pattern.compile("#([\\p{L}\\p{M}\\p{Nd}_]+)");

    static Tweet of(TweetSerde.Fields fields, byte[] json) {
        String text = fields.text() == null ? "" : fields.text();
        return new Tweet(fields.createdAt(), text, orZero(fields.likes()), orZero(fields.replies()), json);
    }

    /** When the tweet was written; for one that does not say, when its record was. */
    static long eventTime(ConsumerRecord<Object, Object> record, long partitionTimeMs) {
        return record.value() instanceof Tweet tweet && tweet.createdAt != null ? tweet.createdAt : record.timestamp();
    }

    boolean popular() {
        return likes > POPULAR_ABOVE || replies > POPULAR_ABOVE;
    }

    /** Likes and replies; only those of popular tweets count. */
    long engagement() {
        return popular() ? likes + replies : 0;
    }

    /** Lower-cased, without '#', each once. */
    Set<String> hashtags() {
        var hashtags = new LinkedHashSet<String>();
        if (text.indexOf('#') >= 0) {
            Matcher matcher = HASHTAG.matcher(text);
            while (matcher.find()) {
                hashtags.add(matcher.group(1).toLowerCase(Locale.ROOT));
            }
        }
        return hashtags;
    }

    private static long orZero(@Nullable Long number) {
        return number == null ? 0 : number;
    }
}
