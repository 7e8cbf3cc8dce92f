/** What an application can be told: keys, defaults and checks. */
@Deterministic
package dev.millrace.streams.config;

import dev.millrace.streams.purity.Deterministic;
