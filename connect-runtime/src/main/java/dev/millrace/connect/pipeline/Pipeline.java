package dev.millrace.connect.pipeline;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline as its file declares it, with every variable filled in. Immutable.
 *
 * @param name of the pipeline: names its data folder and its Connect group
 * @param directory of the file; relative paths in it start here
 * @param variables the settings in force, defaults included
 * @param finite whether the pipeline ends by itself once its input is through, unless the command line says otherwise
 * @param classPath where the classes of the jobs are: jars, and folders of jars
 * @param topics by name, in the order of the file
 * @param connectors by name: complete connector configs, as {@code PUT /connectors/{name}/config} takes them
 * @param jobs by name
 * @param errors what becomes of records that fail
 * @param show what to print when the pipeline has come to its end
 */
public record Pipeline(
        String name,
        Path directory,
        Map<String, String> variables,
        boolean finite,
        List<Path> classPath,
        Map<String, Topic> topics,
        Map<String, Map<String, String>> connectors,
        Map<String, Job> jobs,
        Errors errors,
        List<View> show) {

    /**
     * A topic to have.
     *
     * @param partitions null: the broker's default
     * @param replicationFactor null: the broker's default
     * @param config topic level settings, such as retention.ms
     */
    public record Topic(
            @Nullable Integer partitions, @Nullable Short replicationFactor, Map<String, String> config) {}

    /**
     * A streams job.
     *
     * @param className a class with a no-argument constructor
     * @param config settings of the streams library
     * @param settings the job's own settings
     */
    public record Job(String className, Map<String, String> config, Map<String, String> settings) {}

    /**
     * What becomes of records that fail.
     *
     * @param tolerated whether failed records that were set aside leave the exit status at zero
     * @param deadLetterTopics where failed records are set aside; they are counted in the summary
     */
    public record Errors(boolean tolerated, List<String> deadLetterTopics) {}

    /** A query whose rows are printed as a table at the end. */
    public record View(
            String title,
            String url,
            @Nullable String user,
            @Nullable String password,
            String query) {}
}
