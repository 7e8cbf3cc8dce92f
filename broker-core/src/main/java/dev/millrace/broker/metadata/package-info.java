/** What the cluster consists of, as an immutable image, and the controller that decides how it changes. */
@Deterministic
package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Deterministic;
