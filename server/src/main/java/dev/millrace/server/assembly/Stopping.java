package dev.millrace.server.assembly;

/** The process is stopping: services observe it in the reverse order of {@link Starting}. */
record Stopping() {

    static final int HTTP = 100;
    static final int CONNECT = 200;
    static final int BROKER = 300;
}
