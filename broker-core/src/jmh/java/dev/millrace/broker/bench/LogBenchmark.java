package dev.millrace.broker.bench;

import dev.millrace.broker.log.AppendResult;
import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.file.FileDisk;
import dev.millrace.broker.log.segment.LogSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One log on a real disk, without the network: appends of a producer's batch, and 64 KiB reads to a channel. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class LogBenchmark {

    private static final int READ_BYTES = 64 << 10;

    /** A log is begun anew beyond this, so that a long run does not fill the disk. */
    private static final long LOG_OFFSETS_MAX = 2_000_000;

    @Param({"1", "16", "160"})
    int records;

    @Param({"none", "lz4"})
    String compression;

    private Path folder;
    private int logs;
    private PartitionLog written;
    private PartitionLog read;
    private ByteBuffer template;
    private ByteBuffer batch;
    private FileChannel sink;
    private long next;

    @Setup(Level.Trial)
    public void open() throws IOException {
        folder = Files.createTempDirectory("millrace-bench");
        template = ProducedBatch.of(records, 100, compression).buffer();
        batch = ByteBuffer.allocateDirect(template.remaining());
        written = newLog();
        read = newLog();
        while (read.logEndOffset() < 100_000) {
            appendTo(read);
        }
        sink = FileChannel.open(Path.of("/dev/null"), StandardOpenOption.WRITE);
    }

    private PartitionLog newLog() throws IOException {
        return PartitionLog.open(new FileDisk(folder), "topic-" + logs++, LogConfig.DEFAULT, ProducedBatch.NOW_MS);
    }

    private AppendResult appendTo(PartitionLog log) throws IOException {
        batch.clear().put(template.duplicate()).flip();
        return log.append(batch, AppendOrigin.CLIENT, 0, ProducedBatch.NOW_MS);
    }

    @Benchmark
    public AppendResult append() throws IOException {
        if (written.logEndOffset() > LOG_OFFSETS_MAX) {
            written.delete(Runnable::run);
            written = newLog();
        }
        return appendTo(written);
    }

    @Benchmark
    public long read() throws IOException {
        if (next >= read.logEndOffset()) {
            next = 0;
        }
        try (LogSlice slice = read.read(next, READ_BYTES, Long.MAX_VALUE, true)) {
            next = slice.nextOffset();
            return slice.transferTo(sink, 0);
        }
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        sink.close();
        written.delete(Runnable::run);
        read.delete(Runnable::run);
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
