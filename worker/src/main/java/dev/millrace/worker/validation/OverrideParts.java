package dev.millrace.worker.validation;

import dev.millrace.worker.preflight.ClientOverrides;
import dev.millrace.worker.preflight.ClientOverrides.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest.ClientType;

/**
 * Overrides of the Kafka clients that a connector will have, and the policy's verdict on them
 * (compat: connector config §6). A value of the wrong type makes the whole check fail, as in Kafka
 * Connect. Immutable.
 */
record OverrideParts(ClientOverrides overrides, Subject subject) {

  private static final List<ClientType> ORDER =
      List.of(ClientType.PRODUCER, ClientType.CONSUMER, ClientType.ADMIN);

  /** The parts in the order of the result: producer, consumer, admin. */
  List<Part> all() {
    var used = overrides.used(subject.type(), withoutNulls(subject.config()));
    return ORDER.stream().filter(used::contains).map(this::part).toList();
  }

  private static Map<String, String> withoutNulls(Map<String, String> config) {
    var given = new HashMap<>(config);
    given.values().removeIf(value -> value == null);
    return given;
  }

  private Part part(ClientType client) {
    var keys = definition(client).configKeys();
    var parsed = new HashMap<String, Object>();
    ClientOverrides.overrides(subject.config(), client)
        .forEach(
            (name, given) -> {
              if (name.isEmpty()) return;
              var key = keys.get(name);
              boolean known = key != null;
              parsed.put(name, known ? ConfigDef.parseType(name, given, key.type) : given);
            });
    var errors = new HashMap<String, List<String>>();
    overrides
        .verdict(subject, client, parsed)
        .forEach(value -> errors.put(value.name(), value.errorMessages()));
    var values = new ArrayList<ConfigValue>();
    parsed.forEach(
        (name, value) ->
            values.add(
                new ConfigValue(name, value, List.of(), errors.getOrDefault(name, List.of()))));
    return Part.ofPrefix(ClientOverrides.prefix(client), keys, values);
  }

  private static ConfigDef definition(ClientType client) {
    return switch (client) {
      case PRODUCER -> ProducerConfig.configDef();
      case CONSUMER -> ConsumerConfig.configDef();
      case ADMIN -> AdminClientConfig.configDef();
    };
  }
}
