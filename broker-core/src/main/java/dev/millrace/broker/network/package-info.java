/** Listeners and connections: framing, back-pressure, and answers in request order. */
@IoShell
package dev.millrace.broker.network;

import dev.millrace.broker.machine.IoShell;
