package dev.millrace.server.assembly;

/** The process is starting: services observe it in the order of their priority, lowest first. */
record Starting() {

    /** Priorities: what starts first. A service may use those before it. */
    /** Before anything is written: an address in use is what is most often in the way. */
    static final int HTTP_BINDS = 50;

    static final int BROKER = 100;

    static final int CONNECT = 200;
    static final int HTTP_SERVES = 300;
}
