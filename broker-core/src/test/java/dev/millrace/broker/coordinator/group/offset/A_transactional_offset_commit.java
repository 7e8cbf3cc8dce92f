package dev.millrace.broker.coordinator.group.offset;

import static dev.millrace.broker.coordinator.group.shard.Joining.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.shard.Offsets;
import dev.millrace.broker.coordinator.group.shard.TestHost;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class A_transactional_offset_commit {

    private final TestHost host = new TestHost();
    private final Offsets offsets = new Offsets(host);

    @Nested
    class while_its_transaction_is_open {

        @Test
        void does_not_count() {
            offsets.commit("t", 3);
            offsets.commitInTransaction("t", 5);

            assertThat(offsets.committed("t")).isEqualTo(3);
        }

        @Test
        void makes_whoever_wants_stable_offsets_wait() {
            offsets.commit("t", 3);
            offsets.commitInTransaction("t", 5);

            assertThat(offsets.stable("t")).isEqualTo(Errors.UNSTABLE_OFFSET_COMMIT);
            assertThat(offsets.stable("other")).isEqualTo(Errors.NONE);
        }

        @Test
        void makes_whoever_wants_all_stable_offsets_wait() {
            offsets.commit("t", 3);
            offsets.commitInTransaction("t", 5);

            assertThat(offsets.fetchAll(true)
                            .topics()
                            .get(0)
                            .partitions()
                            .get(0)
                            .errorCode())
                    .isEqualTo(Errors.UNSTABLE_OFFSET_COMMIT.code());
        }

        @Test
        void is_still_open_after_a_reload() {
            offsets.commitInTransaction("t", 5);
            TestHost reloaded = host.reloaded();

            assertThat(new Offsets(reloaded).stable("t")).isEqualTo(Errors.UNSTABLE_OFFSET_COMMIT);
            new Offsets(reloaded).endTransaction(true);
            assertThat(new Offsets(reloaded).committed("t")).isEqualTo(5);
        }
    }

    @Nested
    class once_its_transaction_is_committed {

        @Test
        void counts() {
            offsets.commitInTransaction("t", 5);
            offsets.endTransaction(true);

            assertThat(offsets.committed("t")).isEqualTo(5);
            assertThat(offsets.stable("t")).isEqualTo(Errors.NONE);
        }

        @Test
        void counts_with_its_last_offset() {
            offsets.commitInTransaction("t", 5);
            offsets.commitInTransaction("t", 6);
            offsets.endTransaction(true);

            assertThat(offsets.committed("t")).isEqualTo(6);
        }

        @Test
        void gives_way_to_a_plain_commit_that_came_later() {
            offsets.commitInTransaction("t", 5);
            offsets.commit("t", 3);
            offsets.endTransaction(true);

            assertThat(offsets.committed("t")).isEqualTo(3);
            assertThat(new Offsets(host.reloaded()).committed("t")).isEqualTo(3);
        }

        @Test
        void takes_the_place_of_a_plain_commit_that_came_earlier() {
            offsets.commit("t", 3);
            offsets.commitInTransaction("t", 5);
            offsets.endTransaction(true);

            assertThat(offsets.committed("t")).isEqualTo(5);
            assertThat(new Offsets(host.reloaded()).committed("t")).isEqualTo(5);
        }

        @Test
        void is_over_for_the_next_transaction_of_the_producer() {
            offsets.commitInTransaction("t", 5);
            offsets.endTransaction(true);
            offsets.commitInTransaction("t", 9);
            offsets.endTransaction(false);

            assertThat(offsets.committed("t")).isEqualTo(5);
        }
    }

    @Nested
    class once_its_transaction_is_aborted {

        @Test
        void is_forgotten() {
            offsets.commit("t", 3);
            offsets.commitInTransaction("t", 5);
            offsets.endTransaction(false);

            assertThat(offsets.committed("t")).isEqualTo(3);
            assertThat(offsets.stable("t")).isEqualTo(Errors.NONE);
        }
    }

    @Test
    void leaves_other_producers_alone() {
        offsets.commit(Offsets.transactional("t", 5).setProducerId(1));
        offsets.commit(Offsets.transactional("u", 6).setProducerId(2));

        host.given(new TransactionEnded(1, true));

        assertThat(offsets.committed("t")).isEqualTo(5);
        assertThat(offsets.stable("u")).isEqualTo(Errors.UNSTABLE_OFFSET_COMMIT);
    }

    @Test
    void whose_transaction_is_not_known_changes_nothing() {
        host.given(new TransactionEnded(77, true));

        assertThat(host.groups().all()).isEmpty();
    }

    @Nested
    class of_a_member {

        private final TestHost host = TestHost.stable(client("a"));
        private final Offsets offsets = new Offsets(host);

        @Test
        void is_accepted_in_its_generation() {
            assertThat(offsets.commit(Offsets.transactional("t", 5)
                            .setMemberId(host.memberId(0))
                            .setGenerationId(1)))
                    .isEqualTo(Errors.NONE);
        }

        @Test
        void is_fenced_in_another_generation() {
            assertThat(offsets.commit(Offsets.transactional("t", 5)
                            .setMemberId(host.memberId(0))
                            .setGenerationId(0)))
                    .isEqualTo(Errors.ILLEGAL_GENERATION);
            assertThat(host.last.events()).isEmpty();
        }

        @Test
        void is_fenced_from_a_stranger() {
            assertThat(offsets.commit(Offsets.transactional("t", 5)
                            .setMemberId("stranger")
                            .setGenerationId(1)))
                    .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }

        @Test
        void is_fenced_from_an_instance_that_was_replaced() {
            TestHost statics = TestHost.stable(client("a").instance("i"));
            String former = statics.memberId(0);
            statics.join(client("a").instance("i"));

            assertThat(new Offsets(statics)
                            .commit(Offsets.transactional("t", 5)
                                    .setMemberId(former)
                                    .setGroupInstanceId("i")
                                    .setGenerationId(1)))
                    .isEqualTo(Errors.FENCED_INSTANCE_ID);
        }

        @Test
        void is_refused_by_a_group_that_is_not_there() {
            assertThat(new Offsets(new TestHost())
                            .commit(Offsets.transactional("t", 5)
                                    .setMemberId("m")
                                    .setGenerationId(1)))
                    .isEqualTo(Errors.ILLEGAL_GENERATION);
        }
    }

    @Test
    void need_not_tell_the_member_as_clients_before_version_3_do_not() {
        TestHost stable = TestHost.stable(client("a"));

        assertThat(new Offsets(stable).commitInTransaction("t", 5)).isEqualTo(Errors.NONE);
    }

    @Test
    void needs_a_group_id() {
        assertThat(offsets.commit(Offsets.transactional("t", 5).setGroupId(""))).isEqualTo(Errors.INVALID_GROUP_ID);
    }

    @Test
    void keeps_the_topics_id_if_it_is_known() {
        offsets.commitInTransaction("ided", 5);
        offsets.endTransaction(true);

        assertThat(offsets.fetch("ided", new Uuid(1, 1), false).committedOffset())
                .isEqualTo(5);
        assertThat(offsets.fetch("ided", new Uuid(1, 2), false).committedOffset())
                .isEqualTo(-1);
    }

    @Test
    void has_the_same_limit_of_metadata() {
        var request = Offsets.transactional("t", 5);
        request.topics().get(0).partitions().get(0).setCommittedMetadata("x".repeat(4097));

        assertThat(offsets.commit(request)).isEqualTo(Errors.OFFSET_METADATA_TOO_LARGE);
    }
}
