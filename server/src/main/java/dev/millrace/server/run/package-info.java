/** Runs a pipeline from its file to its end: topics, connectors and jobs, progress, and what to print when all is through. */
package dev.millrace.server.run;
