package dev.millrace.server.run;

import dev.millrace.connect.pipeline.Pipeline;
import dev.millrace.server.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.TopicExistsException;

/** Gives a cluster the topics that a pipeline declares. One that is there already has to have the declared partitions. */
final class Topics {

    private final Admin admin;

    Topics(Admin admin) {
        this.admin = admin;
    }

    /**
     * @return the names of those that were created
     * @throws UserError when a topic is there with another number of partitions, or the cluster refuses one
     */
    List<String> ensure(Map<String, Pipeline.Topic> declared) throws InterruptedException {
        Set<String> present = Waiting.on("list topics", admin.listTopics().names());
        List<String> existing =
                declared.keySet().stream().filter(present::contains).toList();
        Map<String, TopicDescription> descriptions =
                Waiting.on("describe topics", admin.describeTopics(existing).allTopicNames());
        descriptions.forEach((name, description) -> {
            Integer partitions = Objects.requireNonNull(declared.get(name)).partitions();
            if (partitions != null && partitions != description.partitions().size()) {
                throw new UserError(
                        "topic " + name + " has " + description.partitions().size()
                                + " partitions and the pipeline declares " + partitions
                                + ": change the pipeline, or delete the topic");
            }
        });
        List<NewTopic> missing = new ArrayList<>();
        declared.forEach((name, topic) -> {
            if (!present.contains(name)) {
                missing.add(new NewTopic(
                                name,
                                Optional.ofNullable(topic.partitions()),
                                Optional.ofNullable(topic.replicationFactor()))
                        .configs(topic.config()));
            }
        });
        // First all of them are tried: a pipeline that has one wrong topic leaves none behind.
        create(missing, true);
        create(missing, false);
        return missing.stream().map(NewTopic::name).toList();
    }

    private void create(List<NewTopic> missing, boolean validateOnly) throws InterruptedException {
        var created = admin.createTopics(missing, new CreateTopicsOptions().validateOnly(validateOnly))
                .values();
        for (NewTopic topic : missing) {
            try {
                Objects.requireNonNull(created.get(topic.name())).get();
            } catch (ExecutionException e) {
                Throwable refusal = e.getCause() == null ? e : e.getCause();
                if (!(refusal instanceof TopicExistsException)) {
                    throw new UserError(
                            "topic " + topic.name() + " can't be created: " + refusal.getMessage() + "; correct topics."
                                    + topic.name() + " in the pipeline",
                            refusal);
                }
            }
        }
    }
}
