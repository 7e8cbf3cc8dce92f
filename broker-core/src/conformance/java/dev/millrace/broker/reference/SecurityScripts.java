package dev.millrace.broker.reference;

import static dev.millrace.broker.reference.Conversation.LATEST;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_USER_SCRAM_CREDENTIALS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_ACLS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_DELEGATION_TOKEN;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_ACLS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_ACLS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_DELEGATION_TOKEN;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS;
import static org.apache.kafka.common.protocol.ApiKeys.EXPIRE_DELEGATION_TOKEN;
import static org.apache.kafka.common.protocol.ApiKeys.RENEW_DELEGATION_TOKEN;
import static org.apache.kafka.common.protocol.ApiKeys.SASL_AUTHENTICATE;
import static org.apache.kafka.common.protocol.ApiKeys.SASL_HANDSHAKE;

import java.io.IOException;
import java.util.List;

/** What a broker without authentication and without an authorizer says of them. */
final class SecurityScripts {

    static final List<Script> ALL = List.of(
            new Script("access", SecurityScripts::access),
            new Script("delegation tokens", SecurityScripts::tokens),
            new Script("scram credentials", SecurityScripts::scram));

    private SecurityScripts() {}

    private static void access(Conversation talk) throws IOException {
        talk.ask("authentication where none is asked for", SASL_HANDSHAKE, "{mechanism:'PLAIN'}");
        talk.ask("its second step", SASL_AUTHENTICATE, "{authBytes:'AHUAcA=='}");
        talk.ask(
                "all access rules",
                DESCRIBE_ACLS,
                "{resourceTypeFilter:1,resourceNameFilter:null,patternTypeFilter:1,principalFilter:null,hostFilter:null,operation:1,permissionType:1}");
        talk.ask(
                "access rules of kinds nobody knows",
                DESCRIBE_ACLS,
                "{resourceTypeFilter:77,resourceNameFilter:null,patternTypeFilter:3,principalFilter:null,hostFilter:null,operation:1,permissionType:1}");
        talk.ask(
                "a new rule",
                CREATE_ACLS,
                "{creations:[{resourceType:2,resourceName:'t',resourcePatternType:3,principal:'User:u',host:'*',operation:3,permissionType:3}]}");
        talk.ask("no new rule", CREATE_ACLS, "{creations:[]}");
        talk.ask(
                "rules deleted",
                DELETE_ACLS,
                "{filters:[{resourceTypeFilter:2,resourceNameFilter:'t',patternTypeFilter:3,principalFilter:null,hostFilter:null,operation:1,permissionType:1}]}");
    }

    private static void tokens(Conversation talk) throws IOException {
        talk.ask("a token", CREATE_DELEGATION_TOKEN, 1, 2, "{renewers:[],maxLifetimeMs:-1}");
        talk.ask(
                "a token",
                CREATE_DELEGATION_TOKEN,
                3,
                LATEST,
                "{ownerPrincipalType:null,ownerPrincipalName:null,renewers:[],maxLifetimeMs:-1}");
        talk.ask("a token for longer", RENEW_DELEGATION_TOKEN, "{hmac:'AAAA',renewPeriodMs:1000}");
        talk.ask("a token no longer", EXPIRE_DELEGATION_TOKEN, "{hmac:'AAAA',expiryTimePeriodMs:-1}");
        talk.ask("all tokens", DESCRIBE_DELEGATION_TOKEN, "{owners:null}");
        talk.ask("tokens of nobody", DESCRIBE_DELEGATION_TOKEN, "{owners:[]}");
    }

    private static void scram(Conversation talk) throws IOException {
        talk.ask("all users", DESCRIBE_USER_SCRAM_CREDENTIALS, "{users:null}");
        talk.ask("one that is not there", DESCRIBE_USER_SCRAM_CREDENTIALS, "{users:[{name:'scram-none'}]}");
        talk.ask("one twice", DESCRIBE_USER_SCRAM_CREDENTIALS, "{users:[{name:'scram-a'},{name:'scram-a'}]}");
        talk.ask("one of no name", DESCRIBE_USER_SCRAM_CREDENTIALS, "{users:[{name:''}]}");
        String upsert = "{upsertions:[{name:'%s',mechanism:%d,iterations:%d,salt:'AAAA',saltedPassword:'AAAA'}]}";
        talk.ask("one with too few rounds", ALTER_USER_SCRAM_CREDENTIALS, upsert.formatted("scram-a", 1, 10));
        talk.ask("one with too many rounds", ALTER_USER_SCRAM_CREDENTIALS, upsert.formatted("scram-a", 1, 100_000_000));
        talk.ask("of a mechanism nobody knows", ALTER_USER_SCRAM_CREDENTIALS, upsert.formatted("scram-a", 9, 8192));
        talk.ask("of no name", ALTER_USER_SCRAM_CREDENTIALS, upsert.formatted("", 1, 8192));
        talk.ask("one that can be", ALTER_USER_SCRAM_CREDENTIALS, upsert.formatted("scram-a", 1, 8192));
        talk.ask("and one more", ALTER_USER_SCRAM_CREDENTIALS, upsert.formatted("scram-a", 2, 4096));
        talk.settle(
                "the user is there",
                () -> talk.<org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData>aside(
                                        DESCRIBE_USER_SCRAM_CREDENTIALS, "{users:[{name:'scram-a'}]}")
                                .results()
                                .get(0)
                                .credentialInfos()
                                .size()
                        == 2);
        talk.ask("what it has", DESCRIBE_USER_SCRAM_CREDENTIALS, "{users:[{name:'scram-a'}]}");
        talk.ask("all users there are", DESCRIBE_USER_SCRAM_CREDENTIALS, "{users:[]}");
        talk.ask(
                "one that is not there deleted",
                ALTER_USER_SCRAM_CREDENTIALS,
                "{deletions:[{name:'scram-none',mechanism:1}]}");
        talk.ask(
                "one twice deleted",
                ALTER_USER_SCRAM_CREDENTIALS,
                "{deletions:[{name:'scram-a',mechanism:1},{name:'scram-a',mechanism:1}]}");
        talk.ask(
                "deleted",
                ALTER_USER_SCRAM_CREDENTIALS,
                "{deletions:[{name:'scram-a',mechanism:1},{name:'scram-a',mechanism:2}]}");
        talk.ask("nothing", ALTER_USER_SCRAM_CREDENTIALS, "{}");
    }
}
