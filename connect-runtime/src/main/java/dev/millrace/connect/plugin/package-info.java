/** Where plugins come from: found in folders and on the class path, named by class or alias, loaded in isolation. */
@IoShell
package dev.millrace.connect.plugin;

import dev.millrace.connect.machine.IoShell;
