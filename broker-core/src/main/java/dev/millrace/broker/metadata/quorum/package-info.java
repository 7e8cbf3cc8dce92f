/** The log of cluster metadata behind the MetadataLog port. */
@IoShell
package dev.millrace.broker.metadata.quorum;

import dev.millrace.broker.machine.IoShell;
