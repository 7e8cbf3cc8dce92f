package dev.millrace.connector.csv;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads its files one after the other. Where files are finite, {@link #poll} returns null only once every record of every
 * file has been returned.
 *
 * <p>A runtime calls {@link #stop} from any thread and everything else from one.
 */
public final class CsvSourceTask extends SourceTask {

    private static final Logger LOG = LoggerFactory.getLogger(CsvSourceTask.class);

    /** How a file looked just before it was opened; anything written since makes it look different. */
    private record Look(long bytes, FileTime modified) {

        static Look at(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Look(attributes.size(), attributes.lastModifiedTime());
        }
    }

    /** How far a file has been read, and how it looked then; the look is null when that was in an earlier life. */
    private record Progress(
            @Nullable FilePosition position, @Nullable Look look) {}

    private final CountDownLatch stopped = new CountDownLatch(1);
    /** Keeps a stop from closing a file under the feet of a poll. */
    private final ReentrantLock reading = new ReentrantLock();

    private Map<String, String> properties = Map.of();
    private @Nullable CsvSourceConfig config;
    private final Deque<Path> waiting = new ArrayDeque<>();
    private final Map<Path, Progress> progress = new HashMap<>();
    private @Nullable FileRecords current;
    private @Nullable Path currentPath;
    private @Nullable Look currentLook;
    private boolean idle;

    @Override
    public String version() {
        return CsvSourceConnector.VERSION;
    }

    /** @throws ConnectException when an input is missing or a setting can't be used */
    @Override
    public void start(Map<String, String> settings) {
        properties = Map.copyOf(settings);
        CsvSourceConfig typed = new CsvSourceConfig(properties);
        config = typed;
        if (!typed.follow()) {
            List<Path> files = TaskShare.files(properties);
            waiting.addAll(files.isEmpty() ? inputFiles(typed).list() : files);
            load(List.copyOf(waiting));
        }
    }

    @Override
    public @Nullable List<SourceRecord> poll() throws InterruptedException {
        CsvSourceConfig typed = config();
        if (idle) {
            stopped.await(typed.emptyPollWaitMs(), TimeUnit.MILLISECONDS);
        }
        List<SourceRecord> batch = new ArrayList<>(typed.batchSize());
        reading.lock();
        try {
            if (typed.follow() && current == null && waiting.isEmpty()) {
                lookForMore(typed);
            }
            read(typed, batch);
        } catch (IOException e) {
            throw new ConnectException("can't read " + currentPath + ": " + e, e);
        } finally {
            reading.unlock();
        }
        idle = batch.isEmpty();
        return idle ? null : batch;
    }

    @Override
    public void stop() {
        stopped.countDown();
        reading.lock();
        try {
            closeCurrent();
        } catch (IOException e) {
            LOG.warn("can't close file={} error={}", currentPath, e.toString());
        } finally {
            reading.unlock();
        }
    }

    private void read(CsvSourceConfig typed, List<SourceRecord> batch) throws IOException {
        while (batch.size() < typed.batchSize() && stopped.getCount() > 0) {
            FileRecords records = open(typed);
            if (records == null) {
                return;
            }
            SourceRecord record;
            try {
                record = records.next();
            } catch (ConnectException e) {
                if (batch.isEmpty()) {
                    throw e;
                }
                // What came before the malformed row goes out first; the next poll meets the same failure.
                return;
            }
            if (record == null) {
                closeCurrent();
            } else {
                batch.add(record);
            }
        }
    }

    private @Nullable FileRecords open(CsvSourceConfig typed) throws IOException {
        while (current == null) {
            Path path = waiting.poll();
            if (path == null) {
                return null;
            }
            currentPath = path;
            Progress known = progress.get(path);
            try {
                currentLook = Look.at(path);
                current = new FileRecords(CsvFile.open(path, typed, known == null ? null : known.position()), typed);
            } catch (NoSuchFileException e) {
                if (!typed.follow()) {
                    throw new ConnectException(path + " was there when the connector started and is gone now", e);
                }
                LOG.debug("gone since it was listed: file={}", path);
            }
        }
        return current;
    }

    private void closeCurrent() throws IOException {
        FileRecords records = current;
        Path path = currentPath;
        if (records == null || path == null) {
            return;
        }
        current = null;
        if (config().follow()) {
            progress.put(path, new Progress(records.position(), currentLook));
        }
        records.close();
    }

    /** Puts the files in line that have grown, or were not there before. */
    private void lookForMore(CsvSourceConfig typed) throws IOException {
        List<Path> mine = inputFiles(typed).listPresent().stream()
                .filter(file -> TaskShare.takes(properties, file))
                .toList();
        load(mine.stream().filter(file -> !progress.containsKey(file)).toList());
        for (Path file : mine) {
            Progress known = progress.get(file);
            try {
                if (known == null || !Look.at(file).equals(known.look())) {
                    waiting.add(file);
                }
            } catch (NoSuchFileException e) {
                LOG.debug("gone since it was listed: file={}", file);
            }
        }
    }

    private void load(List<Path> files) {
        Map<Map<String, String>, Path> partitions = new HashMap<>();
        files.forEach(file -> partitions.put(FilePosition.partition(file.toString()), file));
        Map<Map<String, String>, Map<String, Object>> offsets =
                context.offsetStorageReader().offsets(partitions.keySet());
        partitions.forEach((partition, file) -> {
            try {
                FilePosition position = FilePosition.ofOffset(offsets.get(partition));
                if (position != null) {
                    progress.put(file, new Progress(position, null));
                }
            } catch (IllegalArgumentException e) {
                throw new ConnectException(
                        file + ": " + e.getMessage() + "; reset the connector's offsets to read it from its beginning",
                        e);
            }
        });
    }

    private CsvSourceConfig config() {
        CsvSourceConfig typed = config;
        if (typed == null) {
            throw new IllegalStateException("the task has not been started");
        }
        return typed;
    }

    private static InputFiles inputFiles(CsvSourceConfig typed) {
        return new InputFiles(typed.inputPath(), typed.inputFilePattern());
    }
}
