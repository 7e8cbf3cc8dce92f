package dev.millrace.broker.coordinator.group.shard;

import dev.millrace.broker.coordinator.group.classic.JoinGroup;
import dev.millrace.broker.machine.Ticket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.MessageUtil;

/** A join request in the making: a consumer that speaks range and subscribes to nothing in particular, by default. */
public final class Joining {

    private final String clientId;
    private final JoinGroupRequestData request = new JoinGroupRequestData()
            .setGroupId(TestHost.GROUP)
            .setProtocolType("consumer")
            .setSessionTimeoutMs(45_000)
            .setRebalanceTimeoutMs(300_000);
    private short version = 9;

    private Joining(String clientId) {
        this.clientId = clientId;
    }

    public static Joining client(String clientId) {
        return new Joining(clientId).protocols("range");
    }

    public Joining version(int newVersion) {
        version = (short) newVersion;
        return this;
    }

    public Joining group(String groupId) {
        request.setGroupId(groupId);
        return this;
    }

    public Joining memberId(String memberId) {
        request.setMemberId(memberId);
        return this;
    }

    public Joining instance(String instanceId) {
        request.setGroupInstanceId(instanceId);
        return this;
    }

    public Joining type(String protocolType) {
        request.setProtocolType(protocolType);
        return this;
    }

    public Joining sessionMs(int timeoutMs) {
        request.setSessionTimeoutMs(timeoutMs);
        return this;
    }

    public Joining rebalanceMs(int timeoutMs) {
        request.setRebalanceTimeoutMs(timeoutMs);
        return this;
    }

    /** Their metadata is their name. */
    public Joining protocols(String... names) {
        request.protocols().clear();
        for (String name : names) {
            protocol(name, name.getBytes(StandardCharsets.UTF_8));
        }
        return this;
    }

    public Joining protocol(String name, byte[] metadata) {
        request.protocols().add(new JoinGroupRequestProtocol().setName(name).setMetadata(metadata));
        return this;
    }

    public Joining topics(String... topics) {
        request.protocols().clear();
        return protocol(
                "range",
                MessageUtil.toVersionPrefixedBytes(
                        (short) 3, new ConsumerProtocolSubscription().setTopics(List.of(topics))));
    }

    public JoinGroup command(String unique, Ticket<JoinGroupResponseData> ticket) {
        String newMemberId = JoinGroup.newMemberId(request.groupInstanceId(), clientId, unique);
        return new JoinGroup(request.duplicate(), version, clientId, "/127.0.0.1", newMemberId, ticket);
    }
}
