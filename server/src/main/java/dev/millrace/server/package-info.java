/** The one process: {@code main}, and what ends it with a message instead of a stack trace. */
package dev.millrace.server;
