/*
 * librdkafka's mock cluster as a program, so that the clients under test are processes of their own.
 *
 *   cc mockbroker.c -lrdkafka -o mockbroker; ./mockbroker BROKERS
 *
 * It prints the addresses of its brokers, then obeys commands on standard input and answers each with a line:
 *
 *   topic NAME PARTITIONS    makes a topic
 *   down BROKER, up BROKER   takes a broker away and brings it back; the topics stay
 *
 * It ends with its standard input. Topics, groups and offsets are in memory; there is no retention, and no SASL or TLS.
 */
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    char reason[512];
    rd_kafka_conf_t *settings = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(settings, NULL);
    rd_kafka_t *owner = rd_kafka_new(RD_KAFKA_PRODUCER, settings, reason, sizeof reason);
    rd_kafka_mock_cluster_t *cluster = owner ? rd_kafka_mock_cluster_new(owner, argc > 1 ? atoi(argv[1]) : 1) : NULL;
    if (!cluster) {
        fprintf(stderr, "no mock cluster\n");
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster));

    char line[256], name[128];
    int number;
    while (fgets(line, sizeof line, stdin)) {
        rd_kafka_resp_err_t answer = RD_KAFKA_RESP_ERR__INVALID_ARG;
        if (sscanf(line, "topic %127s %d", name, &number) == 2)
            answer = rd_kafka_mock_topic_create(cluster, name, number, 1);
        else if (sscanf(line, "down %d", &number) == 1)
            answer = rd_kafka_mock_broker_set_down(cluster, number);
        else if (sscanf(line, "up %d", &number) == 1)
            answer = rd_kafka_mock_broker_set_up(cluster, number);
        printf("%s\n", rd_kafka_err2name(answer));
    }
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(owner);
    return 0;
}
