/** Requests about settings of topics, brokers, groups and clients' metrics, and about the levels of loggers. */
@Deterministic
package dev.millrace.broker.api.config;

import dev.millrace.broker.machine.Deterministic;
