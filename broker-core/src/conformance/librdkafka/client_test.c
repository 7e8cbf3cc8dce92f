// librdkafka against the broker that BOOTSTRAP names (default 127.0.0.1:9092): produce, consume, groups, transactions, admin.
// Prints one line a check in TAP; the exit status is the number of those that failed.
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TIMEOUT_MS 30000

static const char *bootstrap;
static char run[32];
static int checks, failures;

static void check(int ok, const char *name, const char *detail) {
    printf("%sok %d - %s%s%s\n", ok ? "" : "not ", ++checks, name, ok ? "" : ": ", ok || !detail ? "" : detail);
    if (!ok) failures++;
}

static void die(const char *what, const char *why) {
    printf("Bail out! %s: %s\n", what, why);
    exit(100);
}

static void set(rd_kafka_conf_t *conf, const char *key, const char *value) {
    char error[256];
    if (rd_kafka_conf_set(conf, key, value, error, sizeof error) != RD_KAFKA_CONF_OK) die(key, error);
}

/* settings: key, value, ..., NULL */
static rd_kafka_t *client(rd_kafka_type_t type, const char **settings) {
    char error[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", bootstrap);
    for (; *settings; settings += 2) set(conf, settings[0], settings[1]);
    rd_kafka_t *rk = rd_kafka_new(type, conf, error, sizeof error);
    if (!rk) die("rd_kafka_new", error);
    return rk;
}

static rd_kafka_resp_err_t wait_for_event(rd_kafka_queue_t *queue, rd_kafka_event_type_t type, rd_kafka_event_t **event) {
    for (;;) {
        *event = rd_kafka_queue_poll(queue, TIMEOUT_MS);
        if (!*event) return RD_KAFKA_RESP_ERR__TIMED_OUT;
        if (rd_kafka_event_type(*event) == type) return rd_kafka_event_error(*event);
        rd_kafka_event_destroy(*event);
    }
}

static const char *topic_named(const char *name) {
    static char names[16][64];
    static int next;
    char *topic = names[next++ % 16];
    snprintf(topic, sizeof names[0], "librdkafka-%s-%s", run, name);
    return topic;
}

static rd_kafka_resp_err_t create_topic(const char *topic, int partitions) {
    const char *none[] = {NULL};
    char error[256];
    rd_kafka_t *admin = client(RD_KAFKA_PRODUCER, none);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(admin);
    rd_kafka_NewTopic_t *fresh = rd_kafka_NewTopic_new(topic, partitions, 1, error, sizeof error);
    rd_kafka_NewTopic_set_config(fresh, "retention.ms", "12345678");
    rd_kafka_CreateTopics(admin, &fresh, 1, NULL, queue);
    rd_kafka_event_t *event;
    rd_kafka_resp_err_t failed = wait_for_event(queue, RD_KAFKA_EVENT_CREATETOPICS_RESULT, &event);
    if (!failed) {
        size_t count;
        const rd_kafka_topic_result_t **results =
            rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
        failed = rd_kafka_topic_result_error(results[0]);
    }
    if (event) rd_kafka_event_destroy(event);
    rd_kafka_NewTopic_destroy(fresh);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(admin);
    return failed;
}

static rd_kafka_resp_err_t produce(rd_kafka_t *rk, const char *topic, int partition, const char *value) {
    return rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
                             RD_KAFKA_V_VALUE((void *)value, strlen(value)), RD_KAFKA_V_KEY("k", 1),
                             RD_KAFKA_V_HEADER("origin", "here", 4), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
}

/* Reads as a member of a group until `count` records have come, or time is over; the values, joined by blanks. */
static const char *read_values(const char *topic, const char *group, int count) {
    static char values[4096];
    const char *settings[] = {"group.id", group, "auto.offset.reset", "earliest", "isolation.level", "read_committed",
                              "enable.auto.commit", "false", NULL};
    rd_kafka_t *rk = client(RD_KAFKA_CONSUMER, settings);
    rd_kafka_poll_set_consumer(rk);
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, topic, RD_KAFKA_PARTITION_UA);
    rd_kafka_subscribe(rk, topics);
    values[0] = 0;
    time_t deadline = time(NULL) + TIMEOUT_MS / 1000;
    while (count > 0 && time(NULL) < deadline) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(rk, 200);
        if (message && !message->err) {
            size_t used = strlen(values);
            snprintf(values + used, sizeof values - used, "%s%.*s", used ? " " : "", (int)message->len, (char *)message->payload);
            count--;
        }
        if (message) rd_kafka_message_destroy(message);
    }
    rd_kafka_commit(rk, NULL, 0);
    rd_kafka_topic_partition_list_destroy(topics);
    rd_kafka_consumer_close(rk);
    rd_kafka_destroy(rk);
    return values;
}

static void produces_and_consumes(const char *codec) {
    char name[64], group[128];
    snprintf(name, sizeof name, "codec-%s", codec);
    const char *topic = topic_named(name);
    const char *settings[] = {"compression.codec", codec, "enable.idempotence", "true", NULL};
    create_topic(topic, 1);
    rd_kafka_t *rk = client(RD_KAFKA_PRODUCER, settings);
    for (int i = 0; i < 3; i++) produce(rk, topic, 0, (const char *[]){"one", "two", "three"}[i]);
    rd_kafka_resp_err_t flushed = rd_kafka_flush(rk, TIMEOUT_MS);
    rd_kafka_destroy(rk);
    check(!flushed, "an idempotent producer is acknowledged", rd_kafka_err2str(flushed));
    snprintf(group, sizeof group, "%s-group", topic);
    const char *values = read_values(topic, group, 3);
    check(!strcmp(values, "one two three"), "a group reads what was produced", values);
    rd_kafka_t *again = client(RD_KAFKA_PRODUCER, settings);
    produce(again, topic, 0, "four");
    rd_kafka_flush(again, TIMEOUT_MS);
    rd_kafka_destroy(again);
    values = read_values(topic, group, 1);
    check(!strcmp(values, "four"), "a group goes on where it stood", values);
}

static void transactions(void) {
    const char *topic = topic_named("transactions");
    char group[128];
    const char *settings[] = {"transactional.id", topic, NULL};
    create_topic(topic, 1);
    rd_kafka_t *rk = client(RD_KAFKA_PRODUCER, settings);
    rd_kafka_error_t *error = rd_kafka_init_transactions(rk, TIMEOUT_MS);
    check(!error, "transactions are initialised", error ? rd_kafka_error_string(error) : NULL);
    const char *values[] = {"kept-1", "dropped", "kept-2"};
    for (int i = 0; i < 3 && !error; i++) {
        error = rd_kafka_begin_transaction(rk);
        produce(rk, topic, 0, values[i]);
        if (!error) error = i == 1 ? (rd_kafka_flush(rk, TIMEOUT_MS), rd_kafka_abort_transaction(rk, TIMEOUT_MS))
                                   : rd_kafka_commit_transaction(rk, TIMEOUT_MS);
    }
    check(!error, "transactions are committed and aborted", error ? rd_kafka_error_string(error) : NULL);
    snprintf(group, sizeof group, "%s-group", topic);
    const char *read = read_values(topic, group, 2);
    check(!strcmp(read, "kept-1 kept-2"), "read_committed sees what was committed alone", read);

    const char *membership[] = {"group.id", group, NULL};
    rd_kafka_t *member = client(RD_KAFKA_CONSUMER, membership);
    rd_kafka_consumer_group_metadata_t *metadata = rd_kafka_consumer_group_metadata(member);
    rd_kafka_topic_partition_list_t *offsets = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(offsets, topic, 0)->offset = 1;
    error = rd_kafka_begin_transaction(rk);
    if (!error) error = rd_kafka_send_offsets_to_transaction(rk, offsets, metadata, TIMEOUT_MS);
    if (!error) error = rd_kafka_commit_transaction(rk, TIMEOUT_MS);
    check(!error, "offsets are committed in a transaction", error ? rd_kafka_error_string(error) : NULL);
    rd_kafka_topic_partition_list_t *committed = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(committed, topic, 0);
    rd_kafka_committed(member, committed, TIMEOUT_MS);
    check(committed->elems[0].offset == 1, "and the group has them", NULL);
    rd_kafka_topic_partition_list_destroy(committed);
    rd_kafka_topic_partition_list_destroy(offsets);
    rd_kafka_consumer_group_metadata_destroy(metadata);
    rd_kafka_destroy(member);

    rd_kafka_t *successor = client(RD_KAFKA_PRODUCER, settings);
    rd_kafka_error_t *fencing = rd_kafka_init_transactions(successor, TIMEOUT_MS);
    error = rd_kafka_begin_transaction(rk);
    if (!error) {
        produce(rk, topic, 0, "zombie");
        error = rd_kafka_commit_transaction(rk, 10000);
    }
    check(!fencing && error && rd_kafka_error_is_fatal(error), "a successor fences its predecessor",
          error ? rd_kafka_error_string(error) : "the predecessor could commit");
    rd_kafka_destroy(successor);
    rd_kafka_destroy(rk);
}

static void administers(void) {
    const char *none[] = {NULL}, *topic = topic_named("admin");
    check(!create_topic(topic, 2), "a topic is created", NULL);
    check(create_topic(topic, 2) == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, "and not a second time", NULL);

    rd_kafka_t *rk = client(RD_KAFKA_PRODUCER, none);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_event_t *event;
    char error[256];

    rd_kafka_ConfigResource_t *resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
    rd_kafka_DescribeConfigs(rk, &resource, 1, NULL, queue);
    const char *retention = NULL;
    if (!wait_for_event(queue, RD_KAFKA_EVENT_DESCRIBECONFIGS_RESULT, &event)) {
        size_t resources, entries;
        const rd_kafka_ConfigResource_t **described =
            rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event), &resources);
        const rd_kafka_ConfigEntry_t **all = rd_kafka_ConfigResource_configs(described[0], &entries);
        for (size_t i = 0; i < entries; i++)
            if (!strcmp(rd_kafka_ConfigEntry_name(all[i]), "retention.ms")) retention = rd_kafka_ConfigEntry_value(all[i]);
        check(retention && !strcmp(retention, "12345678"), "its config is described", retention);
    }
    if (event) rd_kafka_event_destroy(event);
    rd_kafka_ConfigResource_destroy(resource);

    rd_kafka_NewPartitions_t *more = rd_kafka_NewPartitions_new(topic, 4, error, sizeof error);
    rd_kafka_CreatePartitions(rk, &more, 1, NULL, queue);
    check(!wait_for_event(queue, RD_KAFKA_EVENT_CREATEPARTITIONS_RESULT, &event), "it gets more partitions", NULL);
    if (event) rd_kafka_event_destroy(event);
    rd_kafka_NewPartitions_destroy(more);

    for (int i = 0; i < 3; i++) produce(rk, topic, 0, "x");
    rd_kafka_flush(rk, TIMEOUT_MS);
    rd_kafka_topic_partition_list_t *before = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(before, topic, 0)->offset = 2;
    rd_kafka_DeleteRecords_t *records = rd_kafka_DeleteRecords_new(before);
    rd_kafka_DeleteRecords(rk, &records, 1, NULL, queue);
    check(!wait_for_event(queue, RD_KAFKA_EVENT_DELETERECORDS_RESULT, &event), "records are deleted", NULL);
    if (event) rd_kafka_event_destroy(event);
    rd_kafka_DeleteRecords_destroy(records);
    rd_kafka_topic_partition_list_destroy(before);
    int64_t low = -1, high = -1;
    rd_kafka_query_watermark_offsets(rk, topic, 0, &low, &high, TIMEOUT_MS);
    check(low == 2 && high == 3, "and the log begins behind them", NULL);

    rd_kafka_ListConsumerGroups(rk, NULL, queue);
    check(!wait_for_event(queue, RD_KAFKA_EVENT_LISTCONSUMERGROUPS_RESULT, &event), "groups are listed", NULL);
    if (event) rd_kafka_event_destroy(event);

    rd_kafka_DeleteTopic_t *gone = rd_kafka_DeleteTopic_new(topic);
    rd_kafka_DeleteTopics(rk, &gone, 1, NULL, queue);
    check(!wait_for_event(queue, RD_KAFKA_EVENT_DELETETOPICS_RESULT, &event), "the topic is deleted", NULL);
    if (event) rd_kafka_event_destroy(event);
    rd_kafka_DeleteTopic_destroy(gone);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(rk);
}

int main(void) {
    bootstrap = getenv("BOOTSTRAP") ? getenv("BOOTSTRAP") : "127.0.0.1:9092";
    snprintf(run, sizeof run, "%lx", (long)time(NULL));
    printf("# librdkafka %s\n", rd_kafka_version_str());
    const char *codecs[] = {"none", "gzip", "snappy", "lz4", "zstd"};
    for (int i = 0; i < 5; i++) produces_and_consumes(codecs[i]);
    transactions();
    administers();
    printf("1..%d\n", checks);
    return failures;
}
