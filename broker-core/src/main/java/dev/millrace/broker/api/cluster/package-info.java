/** Requests about the cluster as a whole: its brokers, coordinators, voters and features. */
@Deterministic
package dev.millrace.broker.api.cluster;

import dev.millrace.broker.machine.Deterministic;
