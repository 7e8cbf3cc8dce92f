package dev.millrace.server.cli;

import dev.millrace.server.UserError;
import dev.millrace.server.assembly.MillraceServer;
import dev.millrace.server.config.ServerConfig;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace server}: in the foreground until SIGTERM. */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        description = "Runs a node in the foreground: broker, Connect worker and HTTP, until SIGTERM.")
final class ServerCommand implements Callable<Integer> {

    /** For what can still be closed in order when the disk has failed. */
    private static final long ABANDON_MS = 2_000;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description =
                    "A properties file; Apache Kafka's server.properties works as it is. Without one: a single node on "
                            + "127.0.0.1:9092 with its data under ./data.")
    private @Nullable Path file;

    @Option(
            names = "--override",
            paramLabel = "KEY=VALUE",
            description = "A setting that goes before the file. May be given several times.")
    private List<String> overrides = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        MillraceServer server = MillraceServer.start(ServerConfig.load(file, overrides));
        var closed = new CountDownLatch(1);
        var failure = new AtomicReference<@Nullable String>();
        Thread hook = new Thread(
                () -> {
                    server.close();
                    closed.countDown();
                },
                "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        PrintWriter out = spec.commandLine().getOut();
        out.println(readyLine(server));
        out.flush();
        server.failure().thenAccept(reason -> {
            failure.set(reason);
            closed.countDown();
        });
        closed.await();
        String reason = failure.get();
        if (reason == null) {
            return 0;
        }
        Runtime.getRuntime().removeShutdownHook(hook);
        server.abandon(ABANDON_MS);
        throw new UserError(reason);
    }

    private static String readyLine(MillraceServer server) {
        long sinceStartMs = System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime();
        return "millrace ready: bootstrap " + server.bootstrapServers()
                + server.httpAddress().map(address -> ", http " + address).orElse("")
                + String.format(Locale.ROOT, " (%.2f s)", sinceStartMs / 1000.0);
    }
}
