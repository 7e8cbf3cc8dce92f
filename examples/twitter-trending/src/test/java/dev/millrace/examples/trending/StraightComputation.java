package dev.millrace.examples.trending;

import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * What the pipeline must come to, computed from the whole file at once with Commons CSV and collections: the definition in code,
 * to compare results with. It shares nothing with the pipeline.
 *
 * <p>A row is malformed, and left out, when its quoting is broken (then its first line alone is given up), when it has another
 * number of columns than the header, when its bytes are not of the charset, or when its id, time, likes or replies are no such
 * thing; an empty id is none, empty likes and replies are 0.
 */
public final class StraightComputation {

    /** More likes, or more replies, than this make a tweet popular. */
    static final int POPULAR = 10;

    static final int RANKS = 10;
    static final long WINDOW_MS = 60_000;

    private static final Pattern HASHTAG = Pattern.compile("#([\\p{L}\\p{M}\\p{Nd}_]+)");
    /** What decoding puts in the place of bytes that are not of the charset. */
    private static final char REPLACEMENT = '\uFFFD';

    /**
     * @param id        null when the file has none
     * @param createdAt milliseconds since the epoch
     * @param user      null when the file has none
     */
    public record Tweet(Long id, long createdAt, String user, String text, int likes, int replies) {

        boolean isPopular() {
            return likes > POPULAR || replies > POPULAR;
        }

        long windowStart() {
            return Math.floorDiv(createdAt, WINDOW_MS) * WINDOW_MS;
        }

        Set<String> hashtags() {
            Set<String> hashtags = new LinkedHashSet<>();
            Matcher matcher = HASHTAG.matcher(text);
            while (matcher.find()) {
                hashtags.add(matcher.group(1).toLowerCase(Locale.ROOT));
            }
            return hashtags;
        }
    }

    /** One of the most used hashtags of a minute. */
    public record Trend(long windowStart, int rank, String hashtag, long tweets, long engagement) {}

    /**
     * @param popular       in the order of the file
     * @param hashtagCounts tweets by {@code hashtag@windowStartMs}
     * @param trending      by window and rank
     * @param malformed     rows left out
     */
    public record Result(
            List<Tweet> tweets,
            List<Tweet> popular,
            Map<String, Long> hashtagCounts,
            List<Trend> trending,
            int malformed) {}

    private record Rows(List<CSVRecord> records, int broken) {}

    private StraightComputation() {}

    /** @param layout one of crisislex, mayweather, twitter-ratio, sample */
    public static Result of(Path file, String layout) throws IOException {
        Charset charset = layout.equals("twitter-ratio") ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
        Rows rows = rows(new String(Files.readAllBytes(file), charset));
        List<Tweet> tweets = new ArrayList<>();
        int malformed = rows.broken();
        List<String> header = rows.records().isEmpty()
                ? List.of()
                : rows.records().get(0).toList().stream().map(String::strip).toList();
        for (int i = 1; i < rows.records().size(); i++) {
            Tweet tweet = tweet(rows.records().get(i), header, layout);
            if (tweet == null) {
                malformed++;
            } else {
                tweets.add(tweet);
            }
        }
        return result(tweets, malformed);
    }

    /** @param arguments the file and its layout */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("usage: StraightComputation FILE crisislex|mayweather|twitter-ratio|sample");
            System.exit(2);
        }
        Result result = of(Path.of(arguments[0]), arguments[1]);
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        result.popular()
                .forEach(t -> out.println(
                        "popular\t" + t.createdAt() + "\t" + t.id() + "\t" + t.likes() + "\t" + t.replies()));
        result.hashtagCounts().forEach((key, count) -> out.println("count\t" + key + "\t" + count));
        result.trending()
                .forEach(t -> out.println("trend\t" + t.windowStart() + "\t" + t.rank() + "\t" + t.hashtag() + "\t"
                        + t.tweets() + "\t" + t.engagement()));
        out.println("tweets\t" + result.tweets().size() + "\tmalformed\t" + result.malformed());
        out.flush();
    }

    private static Result result(List<Tweet> tweets, int malformed) {
        Map<Long, Map<String, long[]>> windows = new TreeMap<>();
        List<Tweet> popular = new ArrayList<>();
        for (Tweet tweet : tweets) {
            if (tweet.isPopular()) {
                popular.add(tweet);
            }
            for (String hashtag : tweet.hashtags()) {
                long[] tweetsAndEngagement = windows.computeIfAbsent(tweet.windowStart(), window -> new TreeMap<>())
                        .computeIfAbsent(hashtag, name -> new long[2]);
                tweetsAndEngagement[0]++;
                tweetsAndEngagement[1] += tweet.isPopular() ? (long) tweet.likes() + tweet.replies() : 0;
            }
        }
        Map<String, Long> counts = new TreeMap<>();
        List<Trend> trending = new ArrayList<>();
        windows.forEach((window, hashtags) -> {
            hashtags.forEach((hashtag, numbers) -> counts.put(hashtag + "@" + window, numbers[0]));
            trending.addAll(top(window, hashtags));
        });
        return new Result(tweets, popular, counts, trending, malformed);
    }

    private static List<Trend> top(long window, Map<String, long[]> hashtags) {
        List<Map.Entry<String, long[]>> sorted = new ArrayList<>(hashtags.entrySet());
        sorted.sort(Comparator.comparingLong((Map.Entry<String, long[]> entry) -> -entry.getValue()[0])
                .thenComparingLong(entry -> -entry.getValue()[1])
                .thenComparing(Map.Entry::getKey));
        List<Trend> top = new ArrayList<>();
        for (int rank = 1; rank <= Math.min(RANKS, sorted.size()); rank++) {
            Map.Entry<String, long[]> entry = sorted.get(rank - 1);
            top.add(new Trend(window, rank, entry.getKey(), entry.getValue()[0], entry.getValue()[1]));
        }
        return top;
    }

    /** Null for a malformed one. */
    private static Tweet tweet(CSVRecord row, List<String> header, String layout) {
        if (row.size() != header.size() || row.stream().anyMatch(column -> column.indexOf(REPLACEMENT) >= 0)) {
            return null;
        }
        try {
            Tweet tweet =
                    switch (layout) {
                        case "crisislex" -> {
                            Long id = id(row.get(header.indexOf("tweet id")).replace("'", ""));
                            yield new Tweet(id, snowflakeTime(id), null, row.get(header.indexOf("tweet")), 0, 0);
                        }
                        case "mayweather" ->
                            new Tweet(
                                    id(row.get(header.indexOf("id"))),
                                    time(row.get(header.indexOf("created_at")), "uuuu-MM-dd HH:mm:ss"),
                                    row.get(header.indexOf("screen_name")),
                                    row.get(header.indexOf("text")),
                                    0,
                                    0);
                        case "twitter-ratio" ->
                            new Tweet(
                                    null,
                                    time(row.get(header.indexOf("created_at")), "M/d/uu H:mm"),
                                    row.get(header.indexOf("user")),
                                    row.get(header.indexOf("text")),
                                    number(row.get(header.indexOf("favorites"))),
                                    number(row.get(header.indexOf("replies"))));
                        case "sample" ->
                            new Tweet(
                                    id(row.get(header.indexOf("id"))),
                                    OffsetDateTime.parse(row.get(header.indexOf("created_at")))
                                            .toInstant()
                                            .toEpochMilli(),
                                    row.get(header.indexOf("user")),
                                    row.get(header.indexOf("text")),
                                    number(row.get(header.indexOf("likes"))),
                                    number(row.get(header.indexOf("replies"))));
                        default -> throw new IllegalArgumentException("no layout '" + layout + "'");
                    };
            return tweet.createdAt() < 0 ? null : tweet;
        } catch (NumberFormatException | DateTimeException | NullPointerException e) {
            return null;
        }
    }

    private static Long id(String text) {
        return text.isBlank() ? null : Long.valueOf(text.strip());
    }

    private static int number(String text) {
        return text.isBlank() ? 0 : Integer.parseInt(text.strip());
    }

    private static long snowflakeTime(long id) {
        if (id < 0) {
            throw new NumberFormatException("a snowflake is not negative");
        }
        return (id >> 22) + 1288834974657L;
    }

    private static long time(String text, String pattern) {
        TemporalAccessor parsed = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.STRICT)
                .parse(text.strip());
        return LocalDateTime.from(parsed).toInstant(ZoneOffset.UTC).toEpochMilli();
    }

    /** Commons CSV stops at broken quoting; it is then set on the line after the one that the broken row begins with. */
    private static Rows rows(String text) throws IOException {
        List<Integer> lineStarts = lineStarts(text);
        List<CSVRecord> records = new ArrayList<>();
        int broken = 0;
        int line = 0;
        while (line < lineStarts.size()) {
            String rest = text.substring(lineStarts.get(line));
            long read = 0;
            try (CSVParser parser = CSVParser.parse(new StringReader(rest), CSVFormat.RFC4180)) {
                for (CSVRecord row : parser) {
                    read = parser.getCurrentLineNumber();
                    boolean emptyLine = row.size() == 1 && row.get(0).isEmpty();
                    if (!emptyLine) {
                        records.add(row);
                    }
                }
                line = lineStarts.size();
            } catch (UncheckedIOException e) {
                broken++;
                line += (int) read + 1;
            }
        }
        return new Rows(records, broken);
    }

    private static List<Integer> lineStarts(String text) {
        List<Integer> starts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            boolean carriageReturnOfTwo = text.charAt(i) == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
            if (text.charAt(i) == '\n' || (text.charAt(i) == '\r' && !carriageReturnOfTwo)) {
                starts.add(start);
                start = i + 1;
            }
        }
        if (start < text.length()) {
            starts.add(start);
        }
        return starts;
    }
}
