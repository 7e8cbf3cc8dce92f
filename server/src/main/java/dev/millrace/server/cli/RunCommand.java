package dev.millrace.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.server.run.PipelineRun;
import dev.millrace.server.run.RunOptions;
import dev.millrace.server.run.RunReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.OptionGroup;
import org.apache.commons.cli.Options;

/** {@code millrace run}: a whole pipeline. */
final class RunCommand implements Command {

    @Override
    public String name() {
        return "run";
    }

    @Override
    public String arguments() {
        return "PIPELINE";
    }

    @Override
    public String description() {
        return "Runs a whole pipeline: topics, connectors and jobs, on a broker inside this process or on a cluster. PIPELINE is"
                + " a pipeline file, or a folder that holds a pipeline.yaml.";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(Command.valued(
                        "set",
                        "VARIABLE=VALUE",
                        "The value of one of the pipeline's variables. May be given several times."))
                .addOption(Command.valued(
                        "bootstrap-servers",
                        "HOST:PORT,...",
                        "Run on this cluster, Millrace or Apache Kafka, instead of a broker inside this process."))
                .addOptionGroup(new OptionGroup()
                        .addOption(Option.builder()
                                .longOpt("until-done")
                                .desc("End once the input is through. Default: what the pipeline says.")
                                .get())
                        .addOption(Option.builder()
                                .longOpt("no-until-done")
                                .desc("Never end by itself.")
                                .get()))
                .addOption(
                        Command.valued(
                                "data",
                                "FOLDER",
                                "Where the run keeps its data. Default: a folder under ./data for this pipeline and these settings."))
                .addOption(Option.builder()
                        .longOpt("fresh")
                        .desc("Remove the data folder of an earlier run first.")
                        .get())
                .addOption(Command.valued(
                        "override",
                        "KEY=VALUE",
                        "A setting of the server or, behind connect., of the Connect worker that this run starts. May be given"
                                + " several times."))
                .addOption(
                        Command.valued(
                                "only",
                                "NAME[,NAME...]",
                                "Run only these connectors and jobs here; the others run elsewhere. May be given several times."))
                .addOption(
                        Command.valued("output", "FORMAT", "text or json: how the summary is printed. Default: text."));
    }

    @Override
    public int execute(Invocation invocation) throws UsageException, InterruptedException, JsonProcessingException {
        boolean json = isJson(invocation.value("output").orElse("text"));
        PrintWriter out = invocation.out();
        var run = new PipelineRun(
                options(invocation), json ? invocation.err() : out, !json && Boolean.getBoolean("millrace.terminal"));
        var hook = new Thread(run::stop, "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        RunReport report = run.run();
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(report));
        } else {
            report.lines().forEach(out::println);
        }
        out.flush();
        return report.failed() ? 1 : 0;
    }

    private static RunOptions options(Invocation invocation) throws UsageException {
        String pipeline = invocation
                .argument()
                .orElseThrow(() -> new UsageException("no PIPELINE given: name its file, or its folder"));
        Boolean untilDone =
                invocation.has("until-done") ? Boolean.TRUE : invocation.has("no-until-done") ? false : null;
        Set<String> only = new LinkedHashSet<>();
        invocation.values("only").forEach(names -> only.addAll(List.of(names.split(","))));
        return new RunOptions(
                Path.of(pipeline),
                invocation.assignments("set"),
                invocation.value("bootstrap-servers").orElse(null),
                untilDone,
                invocation.value("data").map(Path::of).orElse(null),
                invocation.has("fresh"),
                invocation.values("override"),
                only);
    }

    private static boolean isJson(String output) throws UsageException {
        return switch (output) {
            case "json" -> true;
            case "text" -> false;
            default -> throw new UsageException("--output " + output + ": expected text or json");
        };
    }
}
