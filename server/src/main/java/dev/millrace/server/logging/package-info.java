/** Where log lines go, and what they look like. */
package dev.millrace.server.logging;
