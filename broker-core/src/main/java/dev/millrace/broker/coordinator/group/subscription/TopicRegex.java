package dev.millrace.broker.coordinator.group.subscription;

import com.google.re2j.PatternSyntaxException;
import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.security.ClientRegex;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.errors.InvalidRegularExpression;

/** An expression for the names of topics. */
public record TopicRegex(ClientRegex regex) {

    /** @throws InvalidRegularExpression if it can't be read */
    public static TopicRegex compile(String regex) {
        try {
            return new TopicRegex(ClientRegex.compile(regex));
        } catch (PatternSyntaxException e) {
            throw new InvalidRegularExpression(
                    "The regular expression " + regex + " can't be read: " + e.getDescription() + ".");
        }
    }

    public boolean matches(String topic) {
        return regex.matches(topic);
    }

    public SortedSet<String> matches(Collection<ClusterTopics.Topic> topics) {
        SortedSet<String> matched = new TreeSet<>();
        for (ClusterTopics.Topic topic : topics) {
            if (matches(topic.name())) {
                matched.add(topic.name());
            }
        }
        return Collections.unmodifiableSortedSet(matched);
    }
}
