/** What is measured, never asserted. */
package dev.millrace.streams.bench;
