/** Turns what was said in the language into data: sub-topologies, tasks, internal topics, and where tasks run. */
@Deterministic
package dev.millrace.streams.plan;

import dev.millrace.streams.purity.Deterministic;
