/** What the settings of a topic and of the broker say about a log. */
@Deterministic
package dev.millrace.broker.log.config;

import dev.millrace.broker.machine.Deterministic;
