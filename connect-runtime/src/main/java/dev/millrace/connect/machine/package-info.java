/** The two kinds of package that this module has, and the shape of its state machine. */
@Deterministic
package dev.millrace.connect.machine;
