/** Brokers killed for real, under load. Runs with {@code -DexcludedGroups= -Dgroups=chaos}. */
package dev.millrace.broker.chaos;
