// The consumer by its queue of events, the idempotent producer, and the mock cluster that tests run against.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
