/** Threads behind the Loop port, and the pool for disk work. */
@IoShell
package dev.millrace.broker.thread;

import dev.millrace.broker.machine.IoShell;
