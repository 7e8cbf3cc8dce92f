/** Wires the process together with CDI: which parts it has, in which order they start and stop. */
package dev.millrace.server.assembly;
