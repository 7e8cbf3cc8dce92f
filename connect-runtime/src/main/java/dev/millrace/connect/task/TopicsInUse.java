package dev.millrace.connect.task;

/** Takes note of the topics that a connector uses (KIP-558). */
public interface TopicsInUse {

    /** Called for every record: must be cheap for a topic that is known already. */
    void add(String topic);
}
