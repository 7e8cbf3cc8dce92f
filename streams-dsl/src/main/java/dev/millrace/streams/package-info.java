/** The entry points: build a topology, run it as an application, or offer it as a job. */
@IoShell
package dev.millrace.streams;

import dev.millrace.streams.purity.IoShell;
