package dev.millrace.server.assembly;

/** The process is starting: services observe it in the order of their priority, lowest first. */
record Starting() {

    /** Priorities: what starts first. A service may use those before it. */
    static final int BROKER = 100;

    static final int CONNECT = 200;
    static final int HTTP = 300;
}
