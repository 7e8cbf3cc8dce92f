/** Owns the state of a task: tables of live entries, and the form in which their changes go to the changelog. */
@Deterministic
package dev.millrace.streams.state;

import dev.millrace.streams.purity.Deterministic;
