/** The settings of the process: where they come from, and which part of it each belongs to. */
package dev.millrace.server.config;
