package dev.millrace.broker.metadata;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.internals.Topic;
import org.jspecify.annotations.Nullable;

/**
 * Which names new topics may have. Names that differ in nothing but '.' and '_' are refused, for they would become one
 * name in metrics.
 */
final class TopicNames {

    private final Map<String, String> namesByUnified = new HashMap<>();

    void add(String name) {
        if (Topic.hasCollisionChars(name)) {
            namesByUnified.put(Topic.unifyCollisionChars(name), name);
        }
    }

    void remove(String name) {
        if (Topic.hasCollisionChars(name)) {
            namesByUnified.remove(Topic.unifyCollisionChars(name), name);
        }
    }

    void clear() {
        namesByUnified.clear();
    }

    /**
     * @throws InvalidTopicException when the name is not one for a topic, or is too much like that of one of {@code siblings} or an
     *     existing topic
     * @throws TopicExistsException when there is such a topic in {@code image}
     */
    void check(String name, ClusterImage image, TopicNames siblings) {
        Topic.validate(name);
        if (image.topic(name) != null) {
            throw new TopicExistsException("Topic '" + name + "' already exists.");
        }
        String existing = collision(name);
        if (existing == null) {
            existing = siblings.collision(name);
        }
        if (existing != null) {
            throw new InvalidTopicException("Topic '" + name + "' collides with existing topic: " + existing);
        }
    }

    private @Nullable String collision(String name) {
        return Topic.hasCollisionChars(name) ? namesByUnified.get(Topic.unifyCollisionChars(name)) : null;
    }
}
