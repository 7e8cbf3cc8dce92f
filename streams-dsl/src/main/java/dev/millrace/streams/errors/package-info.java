/** What can go wrong in a topology, as types that say what the caller may assume. */
@Deterministic
package dev.millrace.streams.errors;

import dev.millrace.streams.purity.Deterministic;
