/** The command line: one class a command. */
package dev.millrace.server.cli;
