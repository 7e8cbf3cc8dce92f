/** The shape of every replicated state machine here, and the ports through which time and execution reach it. */
@Deterministic
package dev.millrace.broker.machine;
