/** Requests about replicas: on which broker and in which directory each of them is, and which one leads. */
@Deterministic
package dev.millrace.broker.api.replica;

import dev.millrace.broker.machine.Deterministic;
