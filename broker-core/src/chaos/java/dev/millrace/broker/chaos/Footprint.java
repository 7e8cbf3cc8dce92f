package dev.millrace.broker.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process has: after a garbage collection, and as Linux tells it.
 *
 * @param heapBytes of objects that are in use
 * @param directBytes of buffers outside the heap, those that are kept for the next use included
 * @param threads of Java
 * @param residentBytes of physical memory
 * @param files that are open, sockets included
 */
record Footprint(long heapBytes, long directBytes, int threads, long residentBytes, int files) {

    static Footprint of(long pid, String measured) throws IOException {
        String[] words = measured.split(" ");
        Path process = Path.of("/proc", Long.toString(pid));
        long residentBytes;
        try (Stream<String> lines = Files.lines(process.resolve("status"))) {
            residentBytes = lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElseThrow();
        }
        try (Stream<Path> files = Files.list(process.resolve("fd"))) {
            return new Footprint(
                    Long.parseLong(words[1]), Long.parseLong(words[2]), Integer.parseInt(words[3]), residentBytes, (int)
                            files.count());
        }
    }

    @Override
    public String toString() {
        return "heap %.1f MB, direct %.1f MB, resident %.1f MB, %d threads, %d files"
                .formatted(heapBytes / 1e6, directBytes / 1e6, residentBytes / 1e6, threads, files);
    }
}
