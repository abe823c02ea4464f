package dev.millrace.worker.validation;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What the keys of a sink must not be together (compat: connector config §2). Stateless. */
final class SinkRules {

  private static final String GROUP_OVERRIDE = "consumer.override.group.id";

  private SinkRules() {}

  static void check(Map<String, String> config, WorkerView worker, Values values) {
    boolean named = isGiven(config, FrameworkKeys.TOPICS);
    boolean matched = isGiven(config, FrameworkKeys.TOPICS_REGEX);
    if (named == matched) {
      String text =
          named
              ? "topics and topics.regex are mutually exclusive options, but both are set."
              : "Must configure one of topics or topics.regex";
      for (String key : List.of(FrameworkKeys.TOPICS, FrameworkKeys.TOPICS_REGEX)) {
        values.error(key, config.get(key), text);
      }
    }
    if (isGiven(config, FrameworkKeys.DLQ_TOPIC)) checkDeadLetters(config, named, matched, values);
    checkGroup(config, worker, values);
  }

  private static boolean isGiven(Map<String, String> config, String key) {
    String value = config.get(key);
    return value != null && !value.isBlank();
  }

  private static void checkDeadLetters(
      Map<String, String> config, boolean named, boolean matched, Values values) {
    String topic = config.get(FrameworkKeys.DLQ_TOPIC).strip();
    if (named) {
      var topics = FrameworkKeys.list(config, FrameworkKeys.TOPICS);
      if (topics.contains(topic)) {
        values.error(
            FrameworkKeys.TOPICS,
            topics,
            ("The DLQ topic '%s' may not be included in the list of topics ('topics=%s') consumed by"
                    + " the connector")
                .formatted(topic, topics));
      }
    }
    if (matched && !values.isWrong(FrameworkKeys.TOPICS_REGEX)) {
      String regex = config.get(FrameworkKeys.TOPICS_REGEX).strip();
      if (Pattern.compile(regex).matcher(topic).matches()) {
        values.error(
            FrameworkKeys.TOPICS_REGEX,
            regex,
            ("The DLQ topic '%s' may not be matched by the regex for the topics"
                    + " ('topics.regex=%s') consumed by the connector")
                .formatted(topic, regex));
      }
    }
  }

  private static void checkGroup(Map<String, String> config, WorkerView worker, Values values) {
    String name = config.get(FrameworkKeys.NAME);
    String own = config.get(GROUP_OVERRIDE);
    if (own != null) values.mention(GROUP_OVERRIDE, own);
    if (own != null && own.equals(worker.groupId())) {
      values.error(
          GROUP_OVERRIDE,
          own,
          "Consumer group %s conflicts with Connect worker group %s"
              .formatted(own, worker.groupId()));
    } else if (own == null && worker.groupId().equals("connect-" + name)) {
      values.error(
          FrameworkKeys.NAME,
          name,
          "Consumer group for sink connector named %s conflicts with Connect worker group %s"
              .formatted(name, worker.groupId()));
    }
  }
}
