package dev.millrace.broker.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import dev.millrace.broker.coordinator.group.classic.Member.Identity;
import dev.millrace.broker.coordinator.group.classic.Member.Protocol;
import dev.millrace.broker.coordinator.group.consumer.CurrentAssignment.State;
import dev.millrace.broker.coordinator.group.record.Bytes;
import dev.millrace.broker.coordinator.group.shard.GroupEventCodec;
import dev.millrace.broker.coordinator.group.subscription.ResolvedRegex;
import dev.millrace.broker.machine.ShardRecord;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** The bytes are those that the message classes of Apache Kafka 4.3.1 make of the same fields. */
final class The_records_of_consumer_groups {

    private static final Uuid T = new Uuid(1, 2);
    private static final Uuid U = new Uuid(3, 4);
    private static final String MEMBER_KEY = "000500016700016d";

    private final GroupEventCodec codec = new GroupEventCodec();

    private void areWritten(GroupEvent event, String key, String value) {
        ShardRecord record = Objects.requireNonNull(codec.encode(event));
        assertThat(HexFormat.of().formatHex(record.key())).isEqualTo(key);
        byte[] bytes = record.value();
        assertThat(bytes == null ? null : HexFormat.of().formatHex(bytes)).isEqualTo(value);
        areRead(event, key, value);
    }

    private void areRead(GroupEvent event, String key, String value) {
        ByteBuffer bytes = value == null ? null : ByteBuffer.wrap(HexFormat.of().parseHex(value));
        assertThat(codec.decode(ByteBuffer.wrap(HexFormat.of().parseHex(key)), bytes, null))
                .isEqualTo(event);
    }

    private static SortedSet<String> names(String... names) {
        return Collections.unmodifiableSortedSet(new TreeSet<>(List.of(names)));
    }

    private static PartitionId t(int partition) {
        return new PartitionId(T, partition);
    }

    @Test
    void tell_the_groups_epoch() {
        areWritten(
                new GroupEpochBumped("g", 7, 0x0102030405060708L), "0003000167", "0000000000070100080102030405060708");
    }

    @Test
    void leave_out_a_hash_that_is_zero() {
        areWritten(new GroupEpochBumped("g", 7, 0), "0003000167", "00000000000700");
    }

    @Test
    void end_a_group_with_a_tombstone() {
        areWritten(new ConsumerGroupDeleted("g"), "0003000167", null);
    }

    @Test
    void tell_everything_of_a_member() {
        areWritten(
                new ConsumerMemberUpdated(
                        "g",
                        new ConsumerMember(
                                new Identity("m", "i", "c", "/h"),
                                "r",
                                300_000,
                                names("t", "u"),
                                "x.*",
                                "range",
                                null)),
                MEMBER_KEY,
                "0000026902720263032f68030274027504782e2a000493e00672616e676500");
    }

    @Test
    void tell_little_of_a_member_that_tells_little() {
        areWritten(
                new ConsumerMemberUpdated(
                        "g",
                        new ConsumerMember(new Identity("m", null, "c", "/h"), null, 1, names("t"), "", null, null)),
                MEMBER_KEY,
                "000000000263032f6802027401000000010000");
    }

    @Test
    void tell_how_a_member_speaks_the_classic_protocol() {
        ConsumerMember.Classic classic =
                new ConsumerMember.Classic(5, List.of(new Protocol("range", new Bytes(new byte[] {1, 2}))));
        areWritten(
                new ConsumerMemberUpdated(
                        "g",
                        new ConsumerMember(new Identity("m", null, "c", "/h"), null, 1, names("t"), "", null, classic)),
                MEMBER_KEY,
                "000000000263032f680202740100000001000100110100000005020672616e67650301020000");
    }

    @Test
    void tell_the_targets_epoch_and_when_it_was_computed() {
        areWritten(new TargetComputed("g", 7, 9), "0006000167", "0000000000070100080000000000000009");
    }

    @Test
    void tell_what_a_member_is_to_have() {
        areWritten(
                new MemberTargetChanged("g", "m", new TreeSet<>(List.of(t(0), t(1), new PartitionId(U, 3)))),
                "000700016700016d",
                "0000030000000000000001000000000000000203000000000000000100000000000000000300000000000000040200"
                        + "0000030000");
    }

    @Test
    void tell_what_a_member_has_and_since_when() {
        areWritten(
                new MemberAssignmentChanged(
                        "g",
                        "m",
                        new CurrentAssignment(
                                7,
                                6,
                                State.UNREVOKED_PARTITIONS,
                                Map.of(t(0), 5, t(1), 7),
                                Map.of(new PartitionId(U, 3), 4))),
                "000800016700016d",
                "00000000000700000006010200000000000000010000000000000002030000000000000001010009030000000500000007"
                        + "02000000000000000300000000000000040200000003010005020000000400");
    }

    @Test
    void that_do_not_tell_since_when_count_from_the_members_epoch() {
        areRead(
                new MemberAssignmentChanged(
                        "g", "m", new CurrentAssignment(7, 6, State.STABLE, Map.of(t(0), 7), Map.of())),
                "000800016700016d",
                "000000000007000000060002000000000000000100000000000000020200000000000100");
    }

    @Test
    void tell_what_an_expression_matches() {
        areWritten(
                new RegexResolved("g", "x.*", new ResolvedRegex(names("xa", "xb"), 12, 34)),
                "00100001670003782e2a",
                "000003037861037862000000000000000c000000000000002200");
    }

    @Test
    void of_releases_before_4_1_are_read_and_only_ever_ended() {
        areRead(new SubscriptionMetadataFound("g", true), "0004000167", "00000100");
        areWritten(new SubscriptionMetadataFound("g", false), "0004000167", null);
    }

    @Test
    void end_what_a_member_had_with_tombstones() {
        areWritten(new ConsumerMemberRemoved("g", "m"), MEMBER_KEY, null);
        areWritten(new MemberTargetChanged("g", "m", null), "000700016700016d", null);
        areWritten(new MemberAssignmentChanged("g", "m", null), "000800016700016d", null);
        areWritten(new TargetForgotten("g"), "0006000167", null);
        areWritten(new RegexResolved("g", "x.*", null), "00100001670003782e2a", null);
    }
}
