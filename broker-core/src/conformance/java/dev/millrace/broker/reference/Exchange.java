package dev.millrace.broker.reference;

import com.fasterxml.jackson.databind.JsonNode;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * A request and what came of it.
 *
 * @param step what was asked, in words; once in a conversation and version
 * @param answer without what is another thing on every broker
 */
record Exchange(String step, ApiKeys key, short version, JsonNode answer) {

    /** By which the answers of two brokers to the same request are found. */
    String name() {
        return key.name + " v" + version + ", " + step;
    }
}
