package dev.millrace.server.cli;

import dev.millrace.server.UserError;
import dev.millrace.server.assembly.MillraceServer;
import dev.millrace.server.config.ServerConfig;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.commons.cli.Options;
import org.jspecify.annotations.Nullable;

/** {@code millrace server}: in the foreground until SIGTERM. */
final class ServerCommand implements Command {

    /** For what can still be closed in order when the disk has failed. */
    private static final long ABANDON_MS = 2_000;

    @Override
    public String name() {
        return "server";
    }

    @Override
    public String arguments() {
        return "[FILE]";
    }

    @Override
    public String description() {
        return "Runs a node in the foreground: broker, Connect worker and HTTP, until SIGTERM. FILE has its properties; Apache"
                + " Kafka's server.properties works as it is. Without one: a single node on 127.0.0.1:9092 with its data under"
                + " ./data.";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(Command.valued(
                        "override", "KEY=VALUE", "A setting that goes before the file. May be given several times."));
    }

    @Override
    public int execute(Invocation invocation) throws UsageException, InterruptedException {
        Path file = invocation.argument().map(Path::of).orElse(null);
        MillraceServer server = MillraceServer.start(ServerConfig.load(file, invocation.values("override")));
        var closed = new CountDownLatch(1);
        var failure = new AtomicReference<@Nullable String>();
        Thread hook = new Thread(
                () -> {
                    server.close();
                    closed.countDown();
                },
                "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        invocation.out().println(readyLine(server));
        invocation.out().flush();
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
        return "millrace ready: bootstrap " + server.bootstrapServers()
                + server.httpAddress().map(address -> ", http " + address).orElse("")
                + sinceLaunch();
    }

    /** By the launcher's clock: to ask the JVM costs every start its management system. */
    private static String sinceLaunch() {
        Long launchedMs = Long.getLong("millrace.launched.ms");
        return launchedMs == null
                ? ""
                : String.format(Locale.ROOT, " (%.2f s)", (System.currentTimeMillis() - launchedMs) / 1000.0);
    }
}
