package dev.millrace.server.run;

import java.util.List;
import java.util.Map;

/**
 * What a run has come to.
 *
 * @param pipeline its name
 * @param through whether everything was through when it ended
 * @param seconds it took
 * @param sources records written to topics, by connector
 * @param jobs records processed, by job
 * @param sinks records put, by connector
 * @param setAside records in dead letter topics, by topic, also from earlier runs on the same data
 * @param reasons why, by how often
 * @param failed whether this makes the exit status non-zero
 * @param data where the data is
 * @param bootstrapServers where the topics are, or were
 * @param lines all of it in words
 */
public record RunReport(
        String pipeline,
        boolean through,
        double seconds,
        Map<String, Long> sources,
        Map<String, Long> jobs,
        Map<String, Long> sinks,
        Map<String, Long> setAside,
        Map<String, Long> reasons,
        boolean failed,
        String data,
        String bootstrapServers,
        List<String> lines) {

    RunReport with(List<String> newLines) {
        return new RunReport(
                pipeline,
                through,
                seconds,
                sources,
                jobs,
                sinks,
                setAside,
                reasons,
                failed,
                data,
                bootstrapServers,
                newLines);
    }
}
