package dev.millrace.broker.coordinator.group.classic;

import static dev.millrace.broker.coordinator.group.shard.HexRecords.assertEncoded;
import static dev.millrace.broker.coordinator.group.shard.HexRecords.decode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.record.Bytes;
import dev.millrace.broker.coordinator.group.shard.GroupEventCodec;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The expected bytes were written by the generated classes of Apache Kafka 4.3.1. */
final class The_records_of_classic_groups {

    private static final String GROUP_KEY = "000200066f7264657273";

    private static final String GROUP_V0 = "00000008636f6e73756d657200000005000572616e676500026d310000000200026d310002"
            + "6331000a2f3132372e302e302e3100002710000000020102000000010300026d3200026332000a2f3132372e302e302e32000027"
            + "10000000010400000000";
    private static final String GROUP_V1 = "00010008636f6e73756d657200000005000572616e676500026d310000000200026d310002"
            + "6331000a2f3132372e302e302e310000ea6000002710000000020102000000010300026d3200026332000a2f3132372e302e302e"
            + "320000ea6000002710000000010400000000";
    private static final String GROUP_V2 = "00020008636f6e73756d657200000005000572616e676500026d310000018bcfe568000000"
            + "000200026d3100026331000a2f3132372e302e302e310000ea6000002710000000020102000000010300026d3200026332000a2f"
            + "3132372e302e302e320000ea6000002710000000010400000000";
    private static final String GROUP_V3 = "00030008636f6e73756d657200000005000572616e676500026d310000018bcfe568000000"
            + "000200026d310002693100026331000a2f3132372e302e302e310000ea6000002710000000020102000000010300026d32ffff00"
            + "026332000a2f3132372e302e302e320000ea6000002710000000010400000000";
    private static final String GROUP_V4 = "000409636f6e73756d6572000000050672616e6765036d310000018bcfe5680003036d3103"
            + "69310363310b2f3132372e302e302e310000ea6000002710030102020300036d32000363320b2f3132372e302e302e320000ea60"
            + "00002710020401" + "0000";
    private static final String EMPTY_GROUP_V3 = "00030008636f6e73756d657200000006ffffffff0000018bcfe5680100000000";

    private static final long AT_MS = 1_700_000_000_000L;

    private final GroupEventCodec codec = new GroupEventCodec();

    private static GroupStored group(String firstInstance, long phaseSinceMs, int rebalanceMs) {
        return new GroupStored(
                "orders",
                "consumer",
                5,
                "range",
                "m1",
                phaseSinceMs,
                List.of(
                        new GroupStored.StoredMember(
                                new Member.Identity("m1", firstInstance, "c1", "/127.0.0.1"),
                                new Member.Timeouts(10_000, rebalanceMs),
                                new Bytes(new byte[] {1, 2}),
                                new Bytes(new byte[] {3})),
                        new GroupStored.StoredMember(
                                new Member.Identity("m2", null, "c2", "/127.0.0.2"),
                                new Member.Timeouts(10_000, rebalanceMs),
                                new Bytes(new byte[] {4}),
                                Bytes.NONE)));
    }

    @Nested
    class write {

        @Test
        void a_group_as_version_3() {
            assertEncoded(group("i1", AT_MS, 60_000), GROUP_KEY, GROUP_V3);
        }

        @Test
        void an_empty_group() {
            assertEncoded(
                    new GroupStored("orders", "consumer", 6, null, null, AT_MS + 1, List.of()),
                    GROUP_KEY,
                    EMPTY_GROUP_V3);
        }

        @Test
        void a_tombstone_of_a_group() {
            assertEncoded(new GroupDeleted("orders"), GROUP_KEY, null);
        }

        @Test
        void nothing_of_members_on_their_way() {
            assertThat(codec.encode(new MemberIdReserved("g", "m"))).isNull();
            assertThat(codec.encode(new MemberRemoved("g", "m"))).isNull();
            assertThat(codec.encode(new MemberSynced("g", "m", Waiting.NOT))).isNull();
            assertThat(codec.encode(new RebalanceStarted("g", null, 1))).isNull();
            assertThat(codec.encode(new GenerationStarted("g", 1, "range", "m", 1)))
                    .isNull();
        }
    }

    @Nested
    class read {

        @Test
        void tombstones() {
            assertThat(decode(GROUP_KEY, null)).isEqualTo(new GroupDeleted("orders"));
        }

        @Test
        void groups_of_every_version() {
            assertThat(decode(GROUP_KEY, GROUP_V0)).isEqualTo(group(null, -1, 10_000));
            assertThat(decode(GROUP_KEY, GROUP_V1)).isEqualTo(group(null, -1, 60_000));
            assertThat(decode(GROUP_KEY, GROUP_V2)).isEqualTo(group(null, AT_MS, 60_000));
            assertThat(decode(GROUP_KEY, GROUP_V3)).isEqualTo(group("i1", AT_MS, 60_000));
            assertThat(decode(GROUP_KEY, GROUP_V4)).isEqualTo(group("i1", AT_MS, 60_000));
        }

        @Test
        void an_empty_group() {
            assertThat(decode(GROUP_KEY, EMPTY_GROUP_V3))
                    .isEqualTo(new GroupStored("orders", "consumer", 6, null, null, AT_MS + 1, List.of()));
        }
    }
}
