package dev.millrace.reference;

import static dev.millrace.reference.ValidationCase.absent;
import static dev.millrace.reference.ValidationCase.sink;
import static dev.millrace.reference.ValidationCase.source;

import java.util.function.Function;
import java.util.stream.Stream;

/** Right and wrong values of the framework's keys. */
final class FrameworkKeyCases {

  private FrameworkKeyCases() {}

  static Stream<ValidationCase> all() {
    return Stream.of(keys(), versions(), exactlyOnce(), sinks(), overrides())
        .flatMap(Function.identity());
  }

  private static Stream<ValidationCase> keys() {
    return Stream.of(
        source("name", absent()),
        source("name", ""),
        source("name", " "),
        source("name", "a\nb"),
        source("name", null),
        source("tasks.max", "0"),
        source("tasks.max", "-1"),
        source("tasks.max", "abc"),
        source("tasks.max", ""),
        source("tasks.max", "1.5"),
        source("tasks.max", null),
        source("tasks.max", "99999999999"),
        source("tasks.max.enforce", "maybe"),
        source("config.action.reload", "Restart"),
        source("config.action.reload", "foo"),
        source("config.action.reload", ""),
        source("errors.retry.timeout", "x", "errors.retry.delay.max.ms", "y"),
        source("errors.tolerance", "ALL"),
        source("errors.tolerance", "foo"),
        source("errors.tolerance", ""),
        source("errors.log.enable", "1", "errors.log.include.messages", "yes"),
        source("whatever", null),
        source("tasks.max", null, "limit", null),
        source(
            "zz",
            null,
            "aa",
            null,
            "producer.override.acks",
            null,
            "producer.override.linger.ms",
            "1"));
  }

  private static Stream<ValidationCase> versions() {
    return Stream.of(
        source("connector.plugin.version", "[1.0"),
        source("connector.plugin.version", "1.0"),
        source("connector.plugin.version", "[1.0,2.0)"),
        source("connector.plugin.version", "latest"),
        source("connector.plugin.version", "(,"),
        source("connector.class", "dev.millrace.reference.plugins.CheckedSource"),
        source("connector.class", ""));
  }

  private static Stream<ValidationCase> exactlyOnce() {
    return Stream.of(
        source("topic.creation.groups", "a,a"),
        source("topic.creation.groups", "a"),
        source("topic.creation.groups", null),
        source("topic.creation.groups", "default"),
        source("topic.creation.groups", "a,default"),
        source(
            "topic.creation.default.partitions",
            "0",
            "topic.creation.default.replication.factor",
            "x"),
        source("topic.creation.default.partitions", "1"),
        source("exactly.once.support", "foo"),
        source("exactly.once.support", "Requested"),
        source("exactly.once.support", ""),
        source("exactly.once.support", "required", "exactly.once", "yes"),
        source("exactly.once.support", "required", "exactly.once", "no"),
        source("exactly.once.support", "required", "exactly.once", "throw"),
        source("transaction.boundary", "foo"),
        source("transaction.boundary", "POLL"),
        source("transaction.boundary", "interval"),
        source("transaction.boundary", "CONNECTOR"),
        source("transaction.boundary", "connector"),
        source("transaction.boundary", "connector", "boundaries", "yes"),
        source("transaction.boundary", "connector", "boundaries", "throw"),
        source("transaction.boundary", "connector", "boundaries", "no"),
        source("transaction.boundary.interval.ms", "-1"),
        source("transaction.boundary.interval.ms", "x"),
        source("transaction.boundary.interval.ms", "0"),
        source("offsets.storage.topic", ""),
        source("offsets.storage.topic", " "),
        source("offsets.storage.topic", "t"));
  }

  private static Stream<ValidationCase> sinks() {
    return Stream.of(
        sink("consumer.override.max.poll.records", "abc"),
        sink("consumer.override.max.poll.records", "0"),
        sink(
            "consumer.override.max.poll.records",
            "3",
            "consumer.override.auto.offset.reset",
            "foo"),
        sink("producer.override.linger.ms", "x"),
        sink("producer.override.linger.ms", "x", "errors.deadletterqueue.topic.name", "d"),
        sink("producer.override.linger.ms", "-5", "errors.deadletterqueue.topic.name", "d"),
        sink("admin.override.retries", "-4", "errors.deadletterqueue.topic.name", "d"),
        sink("consumer.override.group.id", "reference"),
        sink("consumer.override.group.id", "other"),
        sink("consumer.override.nosuch", "1"),
        sink("topics", absent()),
        sink("topics", ""),
        sink("topics", " ", "topics.regex", " "),
        sink("topics.regex", "a.*"),
        sink("topics", absent(), "topics.regex", "a("),
        sink("topics", "a,a"),
        sink("topics", "a,"),
        sink("topics", "a, b"),
        sink("topics", null),
        sink("topics", "a,,b"),
        sink("topics", absent(), "topics.regex", "t.*"),
        sink("topics", ",", "topics.regex", "t"),
        sink("errors.deadletterqueue.topic.name", "a"),
        sink("topics", absent(), "topics.regex", "d.*", "errors.deadletterqueue.topic.name", "dd"),
        sink("errors.deadletterqueue.topic.name", " "),
        sink("errors.deadletterqueue.topic.replication.factor", "x"),
        sink("errors.deadletterqueue.topic.replication.factor", "0"),
        sink("errors.deadletterqueue.context.headers.enable", "x"),
        sink("name", "x", "consumer.override.group.id", null),
        sink("name", "connect"));
  }

  private static Stream<ValidationCase> overrides() {
    return Stream.of(
        source("producer.override.acks", "9"),
        source("producer.override.max.block.ms", "x"),
        source("producer.override.linger.ms", "-5"),
        source("producer.override.nosuch", "1"),
        source("consumer.override.max.poll.records", "abc"),
        source("admin.override.retries", "x"),
        source("admin.override.retries", "x", "topic.creation.groups", "g"),
        source("consumer.override.max.poll.records", "abc", "offsets.storage.topic", "o"),
        source("consumer.override.max.poll.records", "5", "offsets.storage.topic", "o"),
        source("producer.override.acks", null),
        source("producer.override.", "x"),
        source("producer.override.sasl.jaas.config", "secret"));
  }
}
