/** The worker's three topics: one log client, and what each of them holds, read back into memory. */
@IoShell
package dev.millrace.connect.worker.storage;

import dev.millrace.connect.machine.IoShell;
