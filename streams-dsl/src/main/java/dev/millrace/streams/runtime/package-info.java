/** Owns the threads and clients of an application: poll, process, commit, assignment, transactions, restoring. */
@IoShell
package dev.millrace.streams.runtime;

import dev.millrace.streams.purity.IoShell;
