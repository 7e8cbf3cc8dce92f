package dev.millrace.broker.metadata;

import static dev.millrace.broker.metadata.ControllerSpec.id;
import static dev.millrace.broker.metadata.ControllerSpec.onBroker1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.simulation.ManualLoop;
import dev.millrace.broker.simulation.ManualMetadataLog;
import dev.millrace.broker.simulation.RecordedTicket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class The_metadata_of_a_cluster {

    private final ManualLoop loop = new ManualLoop();
    private final ManualMetadataLog log = new ManualMetadataLog()
            .given(
                    new MetadataEntry(0, 0, List.of(ControllerSpec.broker(1, null))),
                    new MetadataEntry(
                            0,
                            1,
                            List.of(
                                    new MetadataEvent.TopicCreated("old", id(50)),
                                    new MetadataEvent.PartitionAdded(id(50), onBroker1(0, 0)))));
    private final List<ImageChange> changes = new ArrayList<>();
    private final List<Runnable> readiness = new ArrayList<>();
    private long ids;
    private final ClusterMetadata metadata = new ClusterMetadata(
            loop, log, new Controller(ClusterImage.empty("cluster"), ControllerSettings.DEFAULT, () -> id(++ids)));

    @BeforeEach
    void subscribe() {
        metadata.subscribe((change, ready) -> {
            changes.add(change);
            readiness.add(ready);
        });
    }

    private void start() throws IOException {
        metadata.start(() -> {});
        readiness.forEach(Runnable::run);
        readiness.clear();
    }

    private RecordedTicket<List<CreateTopics.Outcome>> create(String name) {
        RecordedTicket<List<CreateTopics.Outcome>> ticket = new RecordedTicket<>();
        metadata.submit(
                new CreateTopics(List.of(CreateTopics.NewTopic.of(name, 1, (short) 1, Map.of())), false, ticket));
        loop.runAll();
        return ticket;
    }

    private void subscribersAreReady() {
        readiness.forEach(Runnable::run);
        readiness.clear();
    }

    @Nested
    class At_the_start {

        @Test
        void replays_the_log_into_one_change() throws IOException {
            start();

            assertThat(changes).hasSize(1);
            assertThat(changes.get(0).changedTopics()).containsExactly(id(50));
            assertThat(metadata.image().version()).isEqualTo(2);
            assertThat(metadata.image().topic("old")).isNotNull();
        }

        @Test
        void is_ready_when_its_subscribers_are() throws IOException {
            List<String> said = new ArrayList<>();
            metadata.start(() -> said.add("ready"));
            assertThat(said).isEmpty();

            subscribersAreReady();

            assertThat(said).containsExactly("ready");
        }

        @Test
        void ignores_an_entry_that_was_decided_on_another_image() throws IOException {
            log.given(new MetadataEntry(0, 1, List.of(new MetadataEvent.TopicCreated("stale", id(51)))));

            start();

            assertThat(metadata.image().topic("stale")).isNull();
            assertThat(metadata.image().version()).isEqualTo(2);
        }
    }

    @Nested
    class While_it_leads {

        @BeforeEach
        void lead() throws IOException {
            start();
            changes.clear();
        }

        @Test
        void answers_when_the_entry_is_committed_and_the_subscribers_have_followed() {
            RecordedTicket<List<CreateTopics.Outcome>> ticket = create("orders");
            assertThat(metadata.image().topic("orders")).isNull();

            log.commitAll();
            assertThat(metadata.image().topic("orders")).isNotNull();
            assertThat(ticket.isOpen()).isTrue();

            subscribersAreReady();
            assertThat(ticket.answer().get(0).error()).isNull();
        }

        @Test
        void appends_its_term_and_the_version_it_decided_on() {
            create("orders");

            assertThat(log.uncommitted())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.imageVersion()).isEqualTo(2))
                    .satisfies(entry -> assertThat(entry.controllerEpoch()).isEqualTo(metadata.controllerEpoch()));
        }

        @Test
        void decides_on_what_its_earlier_decisions_lead_to_before_they_are_committed() {
            create("orders");
            RecordedTicket<List<CreateTopics.Outcome>> second = create("orders");
            assertThat(second.isOpen())
                    .as("an answer that rests on an uncommitted entry waits for it")
                    .isTrue();

            log.commitAll();
            subscribersAreReady();

            assertThat(second.answer().get(0).error()).isInstanceOf(TopicExistsException.class);
        }

        @Test
        void answers_at_once_what_changes_nothing() {
            assertThat(create("old").answer().get(0).error()).isInstanceOf(TopicExistsException.class);
            assertThat(log.uncommitted()).isEmpty();
        }

        @Test
        void publishes_one_change_for_each_entry() {
            create("orders");
            create("users");
            log.commitAll();

            assertThat(changes).hasSize(2);
            assertThat(changes.get(1).before()).isSameAs(changes.get(0).after());
        }

        @Test
        void takes_back_what_was_not_committed_when_it_resigns() {
            RecordedTicket<List<CreateTopics.Outcome>> ticket = create("orders");

            log.resign();

            assertThat(ticket.error()).isEqualTo(Errors.NOT_CONTROLLER);
            log.lead();
            RecordedTicket<List<CreateTopics.Outcome>> again = create("orders");
            log.commitAll();
            subscribersAreReady();
            assertThat(again.answer().get(0).error()).isNull();
        }

        @Test
        void ignores_its_own_entry_when_another_controllers_came_first() {
            create("orders");
            MetadataEntry own = log.uncommitted().get(0);
            log.resign();

            log.commit(new MetadataEntry(9, 2, List.of(new MetadataEvent.TopicCreated("theirs", id(60)))));
            log.commit(own);

            assertThat(metadata.image().topic("theirs")).isNotNull();
            assertThat(metadata.image().topic("orders")).isNull();
        }

        @Test
        void refuses_commands_after_its_log_has_failed() {
            RecordedTicket<List<CreateTopics.Outcome>> ticket = create("orders");

            log.fail(new IOException("no disk"));

            assertThat(ticket.error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            assertThat(create("users").error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        }
    }

    @Nested
    class While_another_leads {

        @BeforeEach
        void follow() throws IOException {
            log.following();
            start();
        }

        @Test
        void refuses_commands() {
            assertThat(create("orders").error()).isEqualTo(Errors.NOT_CONTROLLER);
        }

        @Test
        void follows_what_the_other_decides() {
            log.commit(new MetadataEntry(4, 2, List.of(new MetadataEvent.TopicCreated("theirs", id(60)))));

            assertThat(metadata.image().topic("theirs")).isNotNull();
        }

        @Test
        void decides_on_what_it_followed_once_it_leads() {
            log.commit(new MetadataEntry(4, 2, List.of(new MetadataEvent.TopicCreated("theirs", id(60)))));
            log.lead();

            assertThat(create("theirs").answer().get(0).error()).isInstanceOf(TopicExistsException.class);
        }
    }
}
