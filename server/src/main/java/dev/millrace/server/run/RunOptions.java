package dev.millrace.server.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a run is asked for.
 *
 * @param pipeline the file, or its folder
 * @param settings values of the pipeline's variables
 * @param bootstrapServers the cluster to run on; null: a broker inside this process
 * @param untilDone whether to end once the input is through; null: as the pipeline says
 * @param data the data folder; null: one for this pipeline and these settings
 * @param fresh whether to remove the data folder first
 * @param overrides settings of the embedded server and worker, {@code key=value}
 * @param only the connectors and jobs to run here, the others being run elsewhere; empty: all
 */
public record RunOptions(
        Path pipeline,
        Map<String, String> settings,
        @Nullable String bootstrapServers,
        @Nullable Boolean untilDone,
        @Nullable Path data,
        boolean fresh,
        List<String> overrides,
        Set<String> only) {}
