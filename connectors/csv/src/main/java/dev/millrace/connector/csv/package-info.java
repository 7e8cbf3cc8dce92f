/** The CSV source as a Connect plugin: its settings, which files it reads, and how far it got in each. */
@IoShell
package dev.millrace.connector.csv;

import dev.millrace.connector.csv.row.IoShell;
