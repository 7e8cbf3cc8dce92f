package dev.millrace.broker.coordinator.group.offset;

import static dev.millrace.broker.coordinator.group.shard.Joining.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.shard.Offsets;
import dev.millrace.broker.coordinator.group.shard.TestHost;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class The_retention_of_offsets {

    private static final long RETENTION_MS = 100_000;
    private static final GroupConfig CONFIG = new GroupConfig(6_000, 1_800_000, 3_000, 100, 4096, RETENTION_MS, 10_000);

    private static void expire(TestHost host) {
        host.submit(new ExpireOffsets());
    }

    @Test
    void is_checked_at_intervals() {
        TestHost host = new TestHost(CONFIG).reloaded();
        new Offsets(host).commit("t", 5);

        host.advance(RETENTION_MS + 10_000);

        assertThat(host.groups().all()).isEmpty();
        assertThat(host.timers()).containsEntry(new ExpireOffsets(), host.nowMs + 10_000);
    }

    @Nested
    class of_a_group_that_only_commits {

        private final TestHost host = new TestHost(CONFIG);
        private final Offsets offsets = new Offsets(host);

        @Test
        void counts_from_the_commit() {
            offsets.commit("t", 5);
            host.advance(RETENTION_MS - 1);
            expire(host);
            assertThat(offsets.committed("t")).isEqualTo(5);

            host.advance(1);
            expire(host);

            assertThat(host.last.events()).containsExactly(Offsets.forgotten("t"), TestHost.groupDeleted());
        }

        @Test
        void keeps_the_group_as_long_as_it_has_offsets() {
            offsets.commit("t", 5);
            host.advance(RETENTION_MS);
            offsets.commit("u", 5);

            expire(host);

            assertThat(host.last.events()).containsExactly(Offsets.forgotten("t"));
        }

        @Test
        void is_what_the_client_asked_for_if_it_did() {
            offsets.commit(Offsets.request("t", 5).setRetentionTimeMs(1_000), 3);

            host.advance(1_000);
            expire(host);

            assertThat(offsets.committed("t")).isEqualTo(-1);
        }

        @Test
        void waits_for_an_open_transaction() {
            offsets.commit("t", 5);
            offsets.commitInTransaction("t", 6);
            host.advance(RETENTION_MS);

            expire(host);
            assertThat(host.last.events()).isEmpty();

            offsets.endTransaction(false);
            expire(host);
            assertThat(offsets.committed("t")).isEqualTo(-1);
        }

        @Test
        void keeps_a_group_whose_first_offset_is_in_an_open_transaction() {
            offsets.commitInTransaction("t", 6);
            host.advance(RETENTION_MS);

            expire(host);

            assertThat(host.last.events()).isEmpty();
        }
    }

    @Nested
    class of_a_group_with_members {

        private TestHost consumers(String... topics) {
            TestHost host = TestHost.stable(CONFIG, client("a").topics(topics).sessionMs(1_800_000));
            new Offsets(host).commit(Offsets.requestOf(host.memberId(0), 1));
            return host;
        }

        @Test
        void does_not_pass_as_long_as_they_read_the_topic() {
            TestHost host = consumers("t");
            host.advance(10 * RETENTION_MS);

            expire(host);

            assertThat(new Offsets(host).committed("t")).isOne();
        }

        @Test
        void counts_from_the_commit_for_topics_that_they_do_not_read() {
            TestHost host = consumers("u");
            host.advance(RETENTION_MS);

            expire(host);

            assertThat(host.last.events()).containsExactly(Offsets.forgotten("t"));
            assertThat(host.phase()).isEqualTo("Stable");
        }

        @Test
        void does_not_pass_while_they_rebalance() {
            TestHost host = consumers("u");
            host.join(client("b").version(3));
            host.advance(RETENTION_MS);

            expire(host);

            assertThat(host.last.events()).isEmpty();
        }

        @Test
        void does_not_pass_if_nobody_knows_what_they_read() {
            TestHost connect =
                    TestHost.stable(CONFIG, client("w").type("connect").sessionMs(1_800_000));
            TestHost odd =
                    TestHost.stable(CONFIG, client("w").protocols("range").sessionMs(1_800_000));
            for (TestHost host : new TestHost[] {connect, odd}) {
                new Offsets(host).commit(Offsets.requestOf(host.memberId(0), 1));
                host.advance(RETENTION_MS);
                expire(host);
                assertThat(host.last.events()).isEmpty();
            }
        }

        @Test
        void counts_from_when_the_last_of_them_left() {
            TestHost host = consumers("t");
            host.advance(RETENTION_MS);
            host.leave(host.memberId(0));

            host.advance(RETENTION_MS - 1);
            expire(host);
            assertThat(new Offsets(host).committed("t")).isOne();
            host.advance(1);
            expire(host);
            assertThat(host.groups().all()).isEmpty();
        }

        @Test
        void counts_on_through_a_reload() {
            TestHost host = consumers("t");
            host.leave(host.memberId(0));
            host.advance(RETENTION_MS);
            TestHost reloaded = host.reloaded();

            expire(reloaded);

            assertThat(reloaded.groups().all()).isEmpty();
        }
    }

    @Test
    void ends_groups_without_offsets_once_they_are_empty() {
        TestHost host = TestHost.stable(CONFIG, client("a"));
        expire(host);
        assertThat(host.last.events()).isEmpty();
        host.leave(host.memberId(0));

        expire(host);

        assertThat(host.last.events()).containsExactly(TestHost.groupDeleted());
    }

    @Test
    void spares_a_group_that_somebody_is_about_to_join() {
        TestHost host = new TestHost(CONFIG);
        host.join(client("a"));

        expire(host);

        assertThat(host.last.events()).isEmpty();
    }

    @Nested
    class of_a_topic_that_is_deleted {

        private final TestHost host = new TestHost(CONFIG);
        private final Offsets offsets = new Offsets(host);

        private void delete(String topic, Uuid id) {
            host.submit(new ForgetTopics(List.of(new ForgetTopics.DeletedTopic(topic, id))));
        }

        @Test
        void ends_at_once() {
            offsets.commit("t", 5);
            offsets.commit("u", 6);

            delete("t", new Uuid(1, 1));

            assertThat(host.last.events()).containsExactly(Offsets.forgotten("t"));
            assertThat(offsets.committed("u")).isEqualTo(6);
        }

        @Test
        void ends_for_offsets_in_open_transactions_too() {
            offsets.commit("t", 5);
            offsets.commitInTransaction("t", 6);

            delete("t", new Uuid(1, 1));
            offsets.endTransaction(true);

            assertThat(host.log).filteredOn(OffsetForgotten.class::isInstance).hasSize(1);
            assertThat(offsets.committed("t")).isEqualTo(-1);
        }

        @Test
        void goes_on_for_a_new_topic_of_the_same_name() {
            var request = Offsets.request("t", 5);
            request.topics().get(0).setTopicId(new Uuid(1, 2));
            offsets.commit(request);

            delete("t", new Uuid(1, 1));

            assertThat(offsets.committed("t")).isEqualTo(5);
        }
    }
}
