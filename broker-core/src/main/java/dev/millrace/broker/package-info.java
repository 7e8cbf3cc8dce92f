/** The whole broker: its settings, what it is made of, and the order in which that starts and stops. */
@IoShell
package dev.millrace.broker;

import dev.millrace.broker.machine.IoShell;
