/** Pipeline files: what one declares, how it is read and checked, and what has to change for a cluster to match it. */
@IoShell
package dev.millrace.connect.pipeline;

import dev.millrace.connect.machine.IoShell;
