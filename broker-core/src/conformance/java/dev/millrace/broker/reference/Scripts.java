package dev.millrace.broker.reference;

import java.util.List;
import java.util.stream.Stream;

/** Everything that is asked. */
final class Scripts {

    static final List<Script> ALL = Stream.of(
                    ClusterScripts.ALL,
                    TopicScripts.ALL,
                    MoveScripts.ALL,
                    CordonScripts.ALL,
                    TopicEdges.ALL,
                    RecordScripts.ALL,
                    FetchScripts.ALL,
                    RecordEdges.ALL,
                    ConfigScripts.ALL,
                    AlterationScripts.ALL,
                    ConfigEdges.ALL,
                    InternalTopicScripts.ALL,
                    QuotaScripts.ALL,
                    GroupScripts.ALL,
                    MemberScripts.ALL,
                    ConsumerGroupScripts.ALL,
                    TransactionScripts.ALL,
                    FencingScripts.ALL,
                    SecurityScripts.ALL)
            .flatMap(List::stream)
            .toList();

    private Scripts() {}
}
