/** The Disk port on real files: channels, fsync, slices for sendfile. */
@IoShell
package dev.millrace.broker.log.file;

import dev.millrace.broker.machine.IoShell;
