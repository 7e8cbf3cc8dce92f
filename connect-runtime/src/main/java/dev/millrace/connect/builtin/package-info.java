/** Plugins that Kafka ships inside its own runtime: converters of bytes and numbers, policies on client settings. */
@Deterministic
package dev.millrace.connect.builtin;

import dev.millrace.connect.machine.Deterministic;
