package dev.millrace.broker.log;

/** Files, as a port: real ones in production, nasty ones in the simulation. Paths are relative to one of log.dirs. */
public interface Disk {}
