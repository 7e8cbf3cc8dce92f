package dev.millrace.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.server.run.PipelineRun;
import dev.millrace.server.run.RunOptions;
import dev.millrace.server.run.RunReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace run}: a whole pipeline. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description =
                "Runs a whole pipeline: topics, connectors and jobs, on a broker inside this process or on a cluster.")
final class RunCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "PIPELINE", description = "A pipeline file, or a folder that holds a pipeline.yaml.")
    private Path pipeline = Path.of(".");

    @Option(
            names = "--set",
            paramLabel = "VARIABLE=VALUE",
            description = "The value of one of the pipeline's variables.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT,...",
            description = "Run on this cluster, Millrace or Apache Kafka, instead of a broker inside this process.")
    private @Nullable String bootstrapServers;

    @Option(
            names = "--until-done",
            negatable = true,
            description = "End once the input is through, or (--no-until-done) never. Default: what the pipeline says.")
    private @Nullable Boolean untilDone;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description =
                    "Where the run keeps its data. Default: a folder under ./data for this pipeline and these settings.")
    private @Nullable Path data;

    @Option(names = "--fresh", description = "Remove the data folder of an earlier run first.")
    private boolean fresh;

    @Option(
            names = "--override",
            paramLabel = "KEY=VALUE",
            description = "A setting of the server or, behind connect., of the Connect worker that this run starts.")
    private List<String> overrides = new ArrayList<>();

    @Option(
            names = "--only",
            paramLabel = "NAME",
            split = ",",
            description = "Run only these connectors and jobs here; the others run elsewhere.")
    private Set<String> only = new LinkedHashSet<>();

    @Option(names = "--output", paramLabel = "FORMAT", description = "text or json: how the summary is printed.")
    private Output output = Output.text;

    /** Names as they are typed. */
    enum Output {
        text,
        json
    }

    @Override
    public Integer call() throws InterruptedException, JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        var run = new PipelineRun(
                new RunOptions(pipeline, settings, bootstrapServers, untilDone, data, fresh, overrides, only),
                output == Output.json ? err : out,
                output == Output.text && Boolean.getBoolean("millrace.terminal"));
        var hook = new Thread(run::stop, "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        RunReport report = run.run();
        if (output == Output.json) {
            out.println(new ObjectMapper().writeValueAsString(report));
        } else {
            report.lines().forEach(out::println);
        }
        out.flush();
        return report.failed() ? 1 : 0;
    }
}
