package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.ConfigScripts.CLIENT_METRICS;
import static dev.millrace.broker.reference.ConfigScripts.alter;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.INCREMENTAL_ALTER_CONFIGS;

import java.io.IOException;
import java.util.List;

/** Alterations that are refused, or not meant, of everything that has settings. */
final class AlterationScripts {

    static final List<Script> ALL = List.of(
            new Script("settings replaced", AlterationScripts::replaced),
            new Script("settings not changed", AlterationScripts::notChanged));

    private AlterationScripts() {}

    private static String replace(int type, String name, String... configs) {
        StringBuilder pairs = new StringBuilder();
        for (int i = 0; i < configs.length; i += 2) {
            pairs.append(i == 0 ? "" : ",").append("{name:'%s',value:'%s'}".formatted(configs[i], configs[i + 1]));
        }
        return "{resourceType:%d,resourceName:'%s',configs:[%s]}".formatted(type, name, pairs);
    }

    private static void replaced(Conversation talk) throws IOException {
        talk.topic("replaced-a", 1);
        String topic = replace(2, "replaced-a", "retention.ms", "70000");
        String[][] steps = {
            {"a broker that is not there", replace(4, "9", "max.connections", "5")},
            {"a name that is no broker's", replace(4, "x", "max.connections", "5")},
            {"a setting of a broker that stands", replace(4, "1", "process.roles", "broker")},
            {"a setting of a broker nobody knows", replace(4, "1", "nope", "1")},
            {"a setting of a broker that can't be", replace(4, "1", "max.connections", "x")},
            {"a level of a logger", replace(8, "1", "root", "INFO")},
            {"a level of a logger elsewhere", replace(8, "9", "root", "INFO")},
            {"a subscription", replace(CLIENT_METRICS, "replaced-m", "interval.ms", "50000")},
            {"a subscription of no name", replace(CLIENT_METRICS, "", "interval.ms", "50000")},
            {"a setting of a subscription nobody knows", replace(CLIENT_METRICS, "replaced-m", "nope", "1")},
            {"a setting of a subscription that can't be", replace(CLIENT_METRICS, "replaced-m", "interval.ms", "1")},
            {"no subscription any more", replace(CLIENT_METRICS, "replaced-m")},
            {"a group", replace(32, "replaced-g", "consumer.session.timeout.ms", "50000")},
            {"a group of no name", replace(32, "", "consumer.session.timeout.ms", "50000")},
            {"a setting of a group nobody knows", replace(32, "replaced-g", "nope", "1")},
            {"a setting of a group that can't be", replace(32, "replaced-g", "consumer.session.timeout.ms", "1")},
            {"no group any more", replace(32, "replaced-g")},
            {"a kind nobody knows", replace(77, "x", "a", "b")},
            {"no kind", replace(0, "x", "a", "b")},
            {"a topic of no name", replace(2, "", "retention.ms", "1")},
            {"a topic of a name that can be none", replace(2, "a/b", "retention.ms", "1")},
            {"a setting twice", replace(2, "replaced-a", "retention.ms", "1", "retention.ms", "2")},
            {"a topic twice", topic + "," + topic},
            {"two topics, one of which is not there", topic + "," + replace(2, "replaced-none", "retention.ms", "1")},
            {"a topic and a kind nobody knows", topic + "," + replace(77, "x", "a", "b")},
        };
        for (String[] step : steps) {
            talk.ask(step[0], ALTER_CONFIGS, "{resources:[" + step[1] + "]}");
            talk.ask("only to see: " + step[0], ALTER_CONFIGS, "{validateOnly:true,resources:[" + step[1] + "]}");
        }
        talk.ask("nothing", ALTER_CONFIGS, "{resources:[]}");
    }

    private static void notChanged(Conversation talk) throws IOException {
        talk.topic("unchanged-a", 1);
        String[][] steps = {
            {"a topic", alter(2, "unchanged-a", "retention.ms set 70000")},
            {"a topic that is not there", alter(2, "unchanged-none", "retention.ms set 70000")},
            {"a topic of a name that can be none", alter(2, "a/b", "retention.ms set 70000")},
            {"a value that can't be", alter(2, "unchanged-a", "retention.ms set x")},
            {"values, one of which can't be", alter(2, "unchanged-a", "retention.ms set 1", "segment.bytes set x")},
            {"a value of two words", alter(2, "unchanged-a", "cleanup.policy set compact delete")},
            {"a list with an unknown word", alter(2, "unchanged-a", "cleanup.policy append nope")},
            {"a list that is empty", alter(2, "unchanged-a", "cleanup.policy set ")},
            {"a list without anything", alter(2, "unchanged-a", "cleanup.policy subtract delete")},
            {"a list that says it twice", alter(2, "unchanged-a", "cleanup.policy set delete,delete")},
            {"a broker", alter(4, "1", "max.connections set 5000")},
            {"a broker that is not there", alter(4, "9", "max.connections set 5000")},
            {"a setting of all brokers", alter(4, "", "max.connections set 5000")},
            {"a setting of a broker that stands", alter(4, "1", "process.roles set broker")},
            {"a setting of a broker that can't be", alter(4, "1", "max.connections set x")},
            {"a logger", alter(8, "1", "root set INFO")},
            {"a logger of a level nobody knows", alter(8, "1", "root set LOUD")},
            {"a logger elsewhere", alter(8, "9", "root set INFO")},
            {"a logger of nobody", alter(8, "", "root set INFO")},
            {"a group", alter(32, "unchanged-g", "consumer.heartbeat.interval.ms set 6000")},
            {"a setting of a group nobody knows", alter(32, "unchanged-g", "nope set 1")},
            {"a setting of a group that can't be", alter(32, "unchanged-g", "consumer.heartbeat.interval.ms set 1")},
            {
                "a setting of a group with an operation for lists",
                alter(32, "unchanged-g", "consumer.session.timeout.ms append 1")
            },
            {"a subscription", alter(CLIENT_METRICS, "unchanged-m", "metrics append a")},
            {"a subscription of an unknown trait", alter(CLIENT_METRICS, "unchanged-m", "match append nope=1")},
            {"a subscription of a pattern that is none", alter(CLIENT_METRICS, "unchanged-m", "match set client_id=[")},
            {"a subscription of too rare a push", alter(CLIENT_METRICS, "unchanged-m", "interval.ms set 3600001")},
            {"a kind nobody knows", alter(77, "x", "a set b")},
            {"no kind", alter(0, "x", "a set b")},
        };
        for (String[] step : steps) {
            talk.ask(step[0], INCREMENTAL_ALTER_CONFIGS, step[1].replace("{resources", "{validateOnly:true,resources"));
        }
    }
}
