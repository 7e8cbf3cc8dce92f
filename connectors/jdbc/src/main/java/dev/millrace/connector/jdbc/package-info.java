/** The JDBC sink as a Connect plugin: its settings, its connection, and the transactions in which batches become durable. */
@IoShell
package dev.millrace.connector.jdbc;

import dev.millrace.connector.jdbc.sql.IoShell;
