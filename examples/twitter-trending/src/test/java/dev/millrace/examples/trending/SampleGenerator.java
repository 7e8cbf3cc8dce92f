package dev.millrace.examples.trending;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Makes the sample: tweets that nobody wrote, the same from the same seed, with everything in them that makes real files hard.
 * Hashtags are used as in life (a few all the time, most hardly ever), one after another of them bursts for a few minutes, some
 * tweets come days late, and some rows are no tweets at all.
 */
public final class SampleGenerator {

    static final long SEED = 20240301;
    static final int ROWS = 4000;
    /** Rows that are malformed, each in its own way; the first five ways come twice. */
    static final int MALFORMED = 15;

    private static final Instant BEGIN = Instant.parse("2024-03-01T18:00:00Z");
    private static final int MINUTES = 90;
    private static final int LATE_PERCENT = 3;
    private static final long DAY_MS = 86_400_000;
    private static final long JITTER_MS = 90_000;

    private static final List<String> HASHTAGS = List.of(
            "news",
            "Millrace",
            "kafka",
            "Java",
            "streaming",
            "olympics",
            "music",
            "football",
            "weather",
            "catsofmillrace",
            "MondayMorning",
            "größe",
            "日本",
            "Ελλάδα",
            "हिन्दी",
            "café",
            "data_mesh",
            "web3",
            "2024",
            "coffee",
            "openSource",
            "AI",
            "ml_ops",
            "sunset",
            "London",
            "København",
            "ÎLE",
            "река",
            "안녕",
            "rust",
            "go",
            "python",
            "linux",
            "debian",
            "postgres",
            "h2",
            "sql",
            "csv",
            "throwback",
            "friday",
            "TGIF",
            "nowplaying",
            "travel",
            "food",
            "art",
            "design",
            "startup",
            "remote",
            "climate",
            "space");

    private static final List<String> WORDS = List.of(
            "just",
            "saw",
            "this",
            "amazing",
            "really",
            "can't",
            "believe",
            "it",
            "happened",
            "again",
            "today",
            "who",
            "else",
            "is",
            "watching",
            "the",
            "match",
            "with",
            "friends",
            "and",
            "coffee",
            "so",
            "good",
            "no",
            "way",
            "breaking:",
            "live",
            "from",
            "my",
            "window",
            "\"quoted\"",
            "50%",
            "&",
            "a,b,c",
            "über",
            "naïve",
            "tomorrow",
            "at",
            "noon",
            "thread");

    private static final List<String> EMOJI = List.of("😂", "🔥", "🥊", "❤️", "👩‍💻", "🇮🇪", "🎉", "👀");
    private static final List<String> USERS =
            List.of("ada", "grace", "linus", "margaret", "dennis", "barbara", "ken", "frances", "edsger", "radia");

    private final Random random;
    private final double[] cumulativeWeights = new double[HASHTAGS.size()];
    private long id = 1_763_000_000_000_000_000L;

    private SampleGenerator(long seed) {
        this.random = new Random(seed);
        double sum = 0;
        for (int i = 0; i < cumulativeWeights.length; i++) {
            sum += 1.0 / (i + 1);
            cumulativeWeights[i] = sum;
        }
    }

    /** @param arguments the file to write */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            System.err.println("usage: SampleGenerator FILE");
            System.exit(2);
        }
        Files.write(Path.of(arguments[0]), sample(SEED));
    }

    static byte[] sample(long seed) {
        return new SampleGenerator(seed).rows();
    }

    private byte[] rows() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        write(bytes, "id,created_at,user,text,likes,replies\n");
        int malformed = 0;
        for (int i = 0; i < ROWS; i++) {
            long minute = (long) i * MINUTES / ROWS;
            write(bytes, tweet(minute));
            if (i % (ROWS / MALFORMED) == ROWS / MALFORMED - 1 && malformed < MALFORMED) {
                malformed(bytes, malformed++ % 10, minute);
            }
        }
        return bytes.toByteArray();
    }

    private String tweet(long minute) {
        long time = BEGIN.toEpochMilli() + minute * 60_000 + random.nextInt(60_000) - random.nextInt((int) JITTER_MS);
        if (random.nextInt(100) < LATE_PERCENT) {
            time -= DAY_MS * (1 + random.nextInt(3));
        }
        return id() + "," + Instant.ofEpochMilli(time / 1000 * 1000) + "," + pick(USERS) + random.nextInt(400) + ","
                + quoted(text(minute)) + "," + likes() + "," + replies() + lineEnd();
    }

    private String id() {
        id += 1 + random.nextInt(1 << 30);
        // Some exports lose the ids.
        return random.nextInt(200) == 0 ? "" : String.valueOf(id);
    }

    private String text(long minute) {
        StringBuilder text = new StringBuilder();
        for (int words = 3 + random.nextInt(9); words > 0; words--) {
            text.append(pick(WORDS)).append(' ');
        }
        for (int hashtags = hashtagCount(); hashtags > 0; hashtags--) {
            text.append(random.nextInt(12) == 0 ? "\n#" : "#").append(hashtag(minute));
            text.append(random.nextInt(15) == 0 ? "!" : " ");
        }
        if (random.nextInt(4) == 0) {
            text.append(pick(EMOJI));
        }
        if (random.nextInt(40) == 0) {
            text.append("\r\n\r\nvia https://example.org/#/").append(random.nextInt(100));
        }
        return text.toString().strip();
    }

    private int hashtagCount() {
        int[] counts = {0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 3, 4};
        return counts[random.nextInt(counts.length)];
    }

    private String hashtag(long minute) {
        // Every ten minutes another hashtag has its five minutes.
        if (minute % 10 < 5 && random.nextInt(3) == 0) {
            return HASHTAGS.get((int) (minute / 10 * 7 + 11) % HASHTAGS.size());
        }
        double point = random.nextDouble() * cumulativeWeights[cumulativeWeights.length - 1];
        int index = 0;
        while (cumulativeWeights[index] < point) {
            index++;
        }
        String name = HASHTAGS.get(index);
        return random.nextInt(6) == 0 ? name.toUpperCase(Locale.ROOT) : name;
    }

    private String likes() {
        if (random.nextInt(100) == 0) {
            return "";
        }
        return String.valueOf(random.nextInt(10) == 0 ? 1 << random.nextInt(15) : random.nextInt(12));
    }

    private String replies() {
        return String.valueOf(random.nextInt(15) == 0 ? 1 << random.nextInt(10) : random.nextInt(4));
    }

    private String lineEnd() {
        return random.nextInt(50) == 0 ? "\r\n" : "\n";
    }

    private void malformed(ByteArrayOutputStream bytes, int kind, long minute) {
        String time = BEGIN.plusSeconds(60 * minute).toString();
        String good = id + "," + time + ",broken,#malformed row,1,2";
        switch (kind) {
            case 0 -> write(bytes, id + "," + time + ",broken\n");
            case 1 -> write(bytes, good + ",too,many\n");
            case 2 -> write(bytes, good.replace(time, "2024-02-30T10:00:00Z") + "\n");
            case 3 -> write(bytes, good.replace("row,1", "row,lots") + "\n");
            case 4 -> write(bytes, good.replace("#malformed row", "\"#malformed\" row") + "\n");
            case 5 -> write(bytes, good.replace("#malformed row", "\"#malformed row that never ends") + "\n");
            case 6 -> write(bytes, good.replace(String.valueOf(id), "1.763E+18") + "\n");
            case 7 -> write(bytes, good.replace(time, "") + "\n");
            case 8 -> write(bytes, good.replace(time, "1924-03-01T10:00:00Z") + "\n");
            default -> {
                write(bytes, good.substring(0, good.indexOf("row")));
                bytes.write(0xE9);
                write(bytes, good.substring(good.indexOf("row")) + "\n");
            }
        }
    }

    private String pick(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static String quoted(String text) {
        boolean plain = text.chars().noneMatch(c -> c == '"' || c == ',' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    private static void write(ByteArrayOutputStream bytes, String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
