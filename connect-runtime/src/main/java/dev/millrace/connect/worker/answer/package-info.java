/** What a worker answers, as data; the JSON form of each record is that of Kafka Connect's REST API. */
@Deterministic
package dev.millrace.connect.worker.answer;

import dev.millrace.connect.machine.Deterministic;
