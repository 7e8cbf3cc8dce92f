package dev.millrace.broker.metadata;

import static dev.millrace.broker.metadata.ControllerSpec.id;
import static dev.millrace.broker.metadata.ControllerSpec.onBroker1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class A_cluster_image {

    private ClusterImage image = ClusterImage.empty("cluster");

    private ImageChange apply(MetadataEvent... events) {
        ImageBuilder builder = new ImageBuilder(image);
        for (MetadataEvent event : events) {
            builder.apply(event);
        }
        ImageChange change = builder.build(image.version() + 1);
        image = change.after();
        return change;
    }

    private static MetadataEvent created(String name, Uuid id) {
        return new MetadataEvent.TopicCreated(name, id);
    }

    private static MetadataEvent added(Uuid id, int partition) {
        return new MetadataEvent.PartitionAdded(id, onBroker1(partition, 0));
    }

    @Test
    void finds_a_topic_by_name_and_by_id() {
        apply(created("orders", id(1)), added(id(1), 0));

        assertThat(image.topic("orders")).isSameAs(image.topic(id(1)));
    }

    @Test
    void does_not_change_once_it_is_made() {
        apply(created("orders", id(1)), added(id(1), 0));
        ClusterImage before = image;

        apply(added(id(1), 1), new MetadataEvent.ConfigChanged(ControllerSpec.topic("orders"), "segment.ms", "1"));

        TopicImage topic = before.topic("orders");
        assertThat(topic).isNotNull();
        assertThat(topic.partitions()).hasSize(1);
        assertThat(topic.configs()).isEmpty();
    }

    @Test
    void shares_what_did_not_change_with_the_one_before() {
        apply(created("orders", id(1)), added(id(1), 0));
        TopicImage orders = image.topic("orders");

        apply(created("users", id(2)), added(id(2), 0));

        assertThat(image.topic("orders")).isSameAs(orders);
    }

    @Test
    void tells_which_topics_an_entry_touched() {
        apply(created("orders", id(1)), created("users", id(2)), created("old", id(3)));

        ImageChange change = apply(
                added(id(1), 0),
                new MetadataEvent.TopicDeleted(id(3)),
                created("new", id(4)),
                new MetadataEvent.ProducerIdsAllocated(1, 1000));

        assertThat(change.changedTopics()).isEqualTo(Set.of(id(1), id(3), id(4)));
        assertThat(change.brokersChanged()).isFalse();
    }

    @Test
    void forgets_a_topic_that_came_and_went_within_one_entry() {
        ImageChange change = apply(created("orders", id(1)), added(id(1), 0), new MetadataEvent.TopicDeleted(id(1)));

        assertThat(image.topics()).isEmpty();
        assertThat(change.changedTopics()).isEmpty();
    }

    @Test
    void keeps_the_new_topic_when_a_name_changes_hands_within_one_entry() {
        apply(created("orders", id(1)), added(id(1), 0));

        apply(
                new MetadataEvent.TopicDeleted(id(1)),
                created("orders", id(2)),
                added(id(2), 0),
                new MetadataEvent.ConfigChanged(ControllerSpec.topic("orders"), "segment.ms", "1"));

        TopicImage topic = image.topic("orders");
        assertThat(topic).isNotNull();
        assertThat(topic.id()).isEqualTo(id(2));
        assertThat(topic.configs()).containsEntry("segment.ms", "1");
        assertThat(image.topic(id(1))).isNull();
    }

    @Test
    void is_not_disturbed_by_events_about_what_does_not_exist() {
        apply(
                added(id(9), 0),
                new MetadataEvent.PartitionChanged(id(9), onBroker1(0, 1)),
                new MetadataEvent.TopicDeleted(id(9)),
                new MetadataEvent.ConfigChanged(ControllerSpec.topic("nothing"), "segment.ms", "1"));

        assertThat(image.topics()).isEmpty();
        assertThat(image.version()).isEqualTo(1);
    }

    @Test
    void replaces_a_broker_that_registers_again() {
        apply(ControllerSpec.broker(1, null));
        ImageChange change = apply(ControllerSpec.broker(1, "rack"));

        assertThat(change.brokersChanged()).isTrue();
        assertThat(image.brokers()).extracting(BrokerImage::rack).containsExactly("rack");
    }

    @Test
    void knows_what_is_set_on_brokers() {
        ConfigResource all = new ConfigResource(ConfigResource.Type.BROKER, "");
        apply(new MetadataEvent.ConfigChanged(all, "log.segment.bytes", "1048576"));
        assertThat(image.configs(all)).containsEntry("log.segment.bytes", "1048576");

        ImageChange change = apply(new MetadataEvent.ConfigChanged(all, "log.segment.bytes", null));

        assertThat(change.brokerConfigsChanged()).isTrue();
        assertThat(image.configs(all)).isEmpty();
    }

    @Test
    void is_the_same_whether_events_come_in_one_entry_or_in_many() {
        List<MetadataEvent> events = List.of(
                created("orders", id(1)),
                added(id(1), 0),
                added(id(1), 1),
                new MetadataEvent.ConfigChanged(ControllerSpec.topic("orders"), "segment.ms", "1"),
                new MetadataEvent.PartitionChanged(id(1), onBroker1(1, 5)));

        for (MetadataEvent event : events) {
            apply(event);
        }
        TopicImage oneByOne = image.topic("orders");
        image = ClusterImage.empty("cluster");
        apply(events.toArray(new MetadataEvent[0]));

        assertThat(image.topic("orders")).isEqualTo(oneByOne);
    }
}
