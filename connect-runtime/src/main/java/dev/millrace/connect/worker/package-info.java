/** One worker: takes requests, keeps the plan in the storage topics, and brings what runs into line with what ought to run. */
@IoShell
package dev.millrace.connect.worker;

import dev.millrace.connect.machine.IoShell;
