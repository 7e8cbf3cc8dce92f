/** Plugins written by hand for the specifications: a source that counts and a sink that remembers. */
@Deterministic
package dev.millrace.connect.doubles;

import dev.millrace.connect.machine.Deterministic;
