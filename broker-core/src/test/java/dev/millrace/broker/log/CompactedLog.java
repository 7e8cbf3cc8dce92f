package dev.millrace.broker.log;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.batch.BatchBuilder;
import dev.millrace.broker.log.config.CleaningLimits;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.segment.LogSlice;
import dev.millrace.broker.simulation.NastyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;

/** A log of keys and values on a disk in memory, with what a test does to it and sees of it. */
final class CompactedLog {
    static final String DIRECTORY = "topic-0";
    static final int STEP_BYTES = 300;

    final NastyDisk disk;
    final LogConfig config;
    CleaningLimits limits = new CleaningLimits(1 << 20, 0.9, 256);
    Compression compression = Compression.NONE;
    long nowMs = 1_700_000_000_000L;
    PartitionLog log;

    CompactedLog(long seed, LogConfig config) throws IOException {
        this(new NastyDisk(seed), config);
    }

    private CompactedLog(NastyDisk disk, LogConfig config) throws IOException {
        this.disk = disk;
        this.config = config;
        this.log = open();
        log.onHighWatermark(log.logEndOffset());
    }

    /** The same log on a disk of its own, as if it was killed. */
    CompactedLog copy(long seed) throws IOException {
        CompactedLog copy = new CompactedLog(disk.copy(seed), config);
        copy.limits = limits;
        copy.nowMs = nowMs;
        return copy;
    }

    private PartitionLog open() throws IOException {
        return PartitionLog.open(disk, DIRECTORY, config, nowMs);
    }

    void reopen() throws IOException {
        log = open();
        log.onHighWatermark(log.logEndOffset());
    }

    /** A batch of records {@code key=value}, or {@code key} for a tombstone. */
    AppendResult put(String... records) throws IOException {
        return append(-1, -1, false, records);
    }

    AppendResult putIn(long producerId, int sequence, String... records) throws IOException {
        return append(producerId, sequence, true, records);
    }

    AppendResult append(long producerId, int sequence, boolean transactional, String... records) throws IOException {
        List<SimpleRecord> simple = new ArrayList<>();
        for (String record : records) {
            int equals = record.indexOf('=');
            byte[] key = Batches.bytes(equals < 0 ? record : record.substring(0, equals));
            simple.add(new SimpleRecord(nowMs, key, equals < 0 ? null : Batches.bytes(record.substring(equals + 1))));
        }
        ByteBuffer batch = Batches.build(
                compression, producerId, (short) (producerId < 0 ? -1 : 0), sequence, transactional, simple);
        AppendResult result = log.append(batch, AppendOrigin.CLIENT, 0, nowMs);
        log.onHighWatermark(log.logEndOffset());
        return result;
    }

    void end(long producerId, boolean committed) throws IOException {
        ByteBuffer marker = BatchBuilder.endTransactionMarker(nowMs, producerId, (short) 0, 0, committed);
        log.append(marker, AppendOrigin.COORDINATOR, 0, nowMs);
        log.onHighWatermark(log.logEndOffset());
    }

    /** Makes the active segment a sealed one, which can be cleaned. */
    void roll() throws IOException {
        int before = log.segments().size();
        for (int i = 0; log.segments().size() == before; i++) {
            put("filler " + i + "=" + "x".repeat(200));
        }
    }

    LogCleaning begin() throws IOException {
        return log.clean(log.dirtyRange(log.logEndOffset(), nowMs), limits, nowMs);
    }

    LogCleaning clean() throws IOException {
        LogCleaning cleaning = begin();
        while (!cleaning.isDone()) {
            cleaning.step(STEP_BYTES);
        }
        return cleaning;
    }

    List<RecordBatch> batches() throws IOException {
        List<RecordBatch> batches = new ArrayList<>();
        long next = log.logStartOffset();
        while (next < log.logEndOffset()) {
            try (LogSlice slice = log.read(next, 700, Long.MAX_VALUE, true)) {
                for (RecordBatch batch :
                        MemoryRecords.readableRecords(LogReader.bytes(slice)).batches()) {
                    batch.ensureValid();
                    batches.add(batch);
                }
                if (slice.nextOffset() <= next) {
                    throw new AssertionError("no progress at " + next);
                }
                next = slice.nextOffset();
            }
        }
        return batches;
    }

    /** Every record, {@code offset:key=value} or {@code offset:key}, whatever became of its transaction; no filler. */
    List<String> records() throws IOException {
        List<String> records = new ArrayList<>();
        for (RecordBatch batch : batches()) {
            for (Record record : batch) {
                if (!batch.isControlBatch() && !text(record.key()).startsWith("filler")) {
                    records.add(describe(record));
                }
            }
        }
        return records;
    }

    /** The offsets of the control batches, and of those that have lost their record. */
    List<String> markers() throws IOException {
        List<String> markers = new ArrayList<>();
        for (RecordBatch batch : batches()) {
            if (batch.isControlBatch()) {
                markers.add(batch.lastOffset() + (batch.iterator().hasNext() ? "" : " emptied"));
            }
        }
        return markers;
    }

    /** As a consumer under read_committed sees the log, from an offset on: by offset, {@code key=value} or {@code key}. */
    TreeMap<Long, String> committed(long from) throws IOException {
        TreeMap<Long, String> visible = new TreeMap<>();
        long next = from;
        while (next < log.logEndOffset()) {
            try (LogSlice slice = log.read(next, 500, log.lastStableOffset(log.logEndOffset()), true)) {
                if (slice.sizeInBytes() == 0) {
                    break;
                }
                Map<Long, List<Long>> abortedFrom = new HashMap<>();
                for (AbortedTransaction aborted : log.abortedTransactions(next, slice.nextOffset())) {
                    abortedFrom
                            .computeIfAbsent(aborted.producerId(), id -> new ArrayList<>())
                            .add(aborted.firstOffset());
                }
                read(slice, next, abortedFrom, visible);
                next = slice.nextOffset();
            }
        }
        return visible;
    }

    private static void read(
            LogSlice slice, long from, Map<Long, List<Long>> abortedFrom, TreeMap<Long, String> visible)
            throws IOException {
        Set<Long> aborting = new HashSet<>();
        for (RecordBatch batch :
                MemoryRecords.readableRecords(LogReader.bytes(slice)).batches()) {
            List<Long> starts = abortedFrom.getOrDefault(batch.producerId(), List.of());
            if (starts.stream().anyMatch(start -> start <= batch.lastOffset())) {
                aborting.add(batch.producerId());
                starts.removeIf(start -> start <= batch.lastOffset());
            }
            if (batch.isControlBatch()) {
                aborting.remove(batch.producerId());
                continue;
            }
            if (batch.isTransactional() && aborting.contains(batch.producerId())) {
                continue;
            }
            for (Record record : batch) {
                if (record.offset() >= from) {
                    visible.put(record.offset(), keyValue(record));
                }
            }
        }
    }

    private static String describe(Record record) {
        return record.offset() + ":" + keyValue(record);
    }

    private static String keyValue(Record record) {
        return text(record.key()) + (record.hasValue() ? "=" + text(record.value()) : "");
    }

    private static String text(@Nullable ByteBuffer bytes) {
        return bytes == null ? "" : StandardCharsets.UTF_8.decode(bytes).toString();
    }

    List<String> files(String suffix) {
        return disk.list(DIRECTORY).stream()
                .map(Disk.Entry::name)
                .filter(name -> name.endsWith(suffix))
                .toList();
    }
}
