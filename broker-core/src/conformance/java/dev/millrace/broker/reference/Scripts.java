package dev.millrace.broker.reference;

import java.util.List;
import java.util.stream.Stream;

/** Everything that is asked. */
final class Scripts {

    static final List<Script> ALL = Stream.of(
                    ClusterScripts.ALL,
                    TopicScripts.ALL,
                    MoveScripts.ALL,
                    RecordScripts.ALL,
                    FetchScripts.ALL,
                    ConfigScripts.ALL,
                    AlterationScripts.ALL,
                    InternalTopicScripts.ALL,
                    QuotaScripts.ALL,
                    GroupScripts.ALL,
                    MemberScripts.ALL,
                    TransactionScripts.ALL,
                    FencingScripts.ALL,
                    SecurityScripts.ALL)
            .flatMap(List::stream)
            .toList();

    private Scripts() {}
}
