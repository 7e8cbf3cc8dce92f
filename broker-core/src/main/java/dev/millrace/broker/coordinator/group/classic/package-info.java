/** Groups of the classic protocol: members join, one of them assigns, all ask for their part; then a generation is agreed on. */
@Deterministic
package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.machine.Deterministic;
