package dev.millrace.server.run;

import dev.millrace.connect.pipeline.Pipeline;

final class Preflight {
    static void check(Pipeline pipeline) {}
}
