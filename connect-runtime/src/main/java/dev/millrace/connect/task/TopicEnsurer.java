package dev.millrace.connect.task;

/** Makes topics before something is written to them. */
public interface TopicEnsurer {

    /**
     * Returns once the topic exists and can be written to, or is left to the broker's automatic creation.
     *
     * @throws org.apache.kafka.connect.errors.ConnectException when it cannot be made
     */
    void ensure(String topic);
}
