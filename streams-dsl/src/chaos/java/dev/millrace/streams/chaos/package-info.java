/** Processes killed for real. Runs with {@code -DexcludedGroups= -Dgroups=chaos}. */
package dev.millrace.streams.chaos;
