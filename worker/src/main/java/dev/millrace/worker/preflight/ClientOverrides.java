package dev.millrace.worker.preflight;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest.ClientType;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.health.ConnectorType;

/**
 * What connectors may override of the settings of their Kafka clients (compat: connector config §6,
 * worker config §9). Thread-safe as far as the policy is; one for each worker.
 */
public final class ClientOverrides implements AutoCloseable {

  /** The worker's setting that names the policy; without it everything may be overridden. */
  public static final String POLICY = "connector.client.config.override.policy";

  private final Optional<ConnectorClientConfigOverridePolicy> policy;
  private final boolean exactlyOnceSources;

  private ClientOverrides(
      Optional<ConnectorClientConfigOverridePolicy> policy, boolean exactlyOnceSources) {
    this.policy = policy;
    this.exactlyOnceSources = exactlyOnceSources;
  }

  /**
   * By the policy that a worker's settings name.
   *
   * @param worker the settings as given, placeholders resolved
   * @throws ConfigException when the policy tells a blank version
   */
  public static ClientOverrides of(
      PluginCatalog catalog, Map<String, String> worker, boolean exactlyOnceSources) {
    return new ClientOverrides(
        Optional.ofNullable(worker.get(POLICY)).map(name -> policy(catalog, name, worker)),
        exactlyOnceSources);
  }

  /** Tells the setting and the policy it names, for instance to who gives it metrics. */
  public void monitor(BiConsumer<String, Object> given) {
    policy.ifPresent(made -> given.accept(POLICY, made));
  }

  private static ConnectorClientConfigOverridePolicy policy(
      PluginCatalog catalog, String name, Map<String, String> worker) {
    var found = catalog.require(PluginKind.OVERRIDE_POLICY, name);
    var made = catalog.newInstance(found, ConnectorClientConfigOverridePolicy.class);
    String version = made.version();
    if (version == null || version.isBlank()) {
      throw new ConfigException(POLICY, name, "it has no version");
    }
    made.configure(worker);
    return made;
  }

  /**
   * Whose overrides are looked at.
   *
   * @param loader of the connector's plugin
   * @param config the connector's, resolved
   */
  public record Subject(
      String connector,
      ConnectorType type,
      ClassLoader loader,
      String className,
      Map<String, String> config) {

    private Class<? extends Connector> connectorClass() {
      try {
        return Class.forName(className, false, loader).asSubclass(Connector.class);
      } catch (ClassNotFoundException e) {
        throw new ConnectException("The class " + className + " cannot be loaded", e);
      }
    }
  }

  /**
   * The clients that a connector with this configuration uses; overrides of others do not count.
   */
  public Set<ClientType> used(ConnectorType type, Map<String, String> config) {
    return type == ConnectorType.SINK ? usedBySink(config) : usedBySource(config);
  }

  private static Set<ClientType> usedBySink(Map<String, String> config) {
    return deadLetters(config) ? EnumSet.allOf(ClientType.class) : EnumSet.of(ClientType.CONSUMER);
  }

  private static boolean deadLetters(Map<String, String> config) {
    return !config.getOrDefault("errors.deadletterqueue.topic.name", "").isBlank();
  }

  private Set<ClientType> usedBySource(Map<String, String> config) {
    Set<ClientType> used = EnumSet.of(ClientType.PRODUCER);
    if (exactlyOnceSources || !config.getOrDefault("offsets.storage.topic", "").isBlank()) {
      used.add(ClientType.CONSUMER);
      used.add(ClientType.ADMIN);
    }
    if (deadLetters(config)
        || config.keySet().stream().anyMatch(key -> key.startsWith("topic.creation."))) {
      used.add(ClientType.ADMIN);
    }
    return used;
  }

  /**
   * The policy's verdict on the overrides of one client; names are without the prefix.
   *
   * @param properties the overrides, raw or parsed, by their names without the prefix
   */
  public List<ConfigValue> verdict(
      Subject subject, ClientType client, Map<String, Object> properties) {
    if (policy.isEmpty() || properties.isEmpty()) return List.of();
    var request =
        new ConnectorClientConfigRequest(
            subject.connector(), subject.type(), subject.connectorClass(), properties, client);
    var verdict = policy.get().validate(request);
    return verdict == null ? List.of() : verdict;
  }

  /** What is not allowed, by full name: {@code producer.override.acks}. Empty when all is well. */
  public Map<String, List<String>> refused(Subject subject) {
    return refused(subject, used(subject.type(), subject.config()));
  }

  private Map<String, List<String>> refused(Subject subject, Set<ClientType> clients) {
    Map<String, List<String>> refused = new HashMap<>();
    for (ClientType client : clients) {
      for (ConfigValue value : verdict(subject, client, overrides(subject.config(), client))) {
        if (!value.errorMessages().isEmpty()) {
          refused
              .computeIfAbsent(prefix(client) + value.name(), key -> new ArrayList<>())
              .addAll(value.errorMessages());
        }
      }
    }
    return refused;
  }

  /** Throws when a connector may not override what it overrides; before its clients are made. */
  public void require(Subject subject) {
    require(refused(subject));
  }

  /** The same of one client, whether or not the connector's work has such a one. */
  public void require(Subject subject, ClientType client) {
    require(refused(subject, EnumSet.of(client)));
  }

  private static void require(Map<String, List<String>> refused) {
    if (!refused.isEmpty()) {
      throw new ConnectException(
          "Client Config Overrides not allowed "
              + refused.values().stream()
                  .flatMap(List::stream)
                  .collect(Collectors.joining(", ", "[", "]"))
              + ". Remove them, or have the worker's "
              + POLICY
              + " changed.");
    }
  }

  /** The overrides of one client by their names without the prefix. */
  public static Map<String, Object> overrides(Map<String, String> config, ClientType client) {
    Map<String, Object> found = new HashMap<>();
    String prefix = prefix(client);
    config.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) found.put(key.substring(prefix.length()), value);
        });
    return found;
  }

  /** Such as {@code producer.override.}. */
  public static String prefix(ClientType client) {
    return PREFIXES.get(client);
  }

  private static final Map<ClientType, String> PREFIXES = prefixes();

  private static Map<ClientType, String> prefixes() {
    Map<ClientType, String> result = new EnumMap<>(ClientType.class);
    for (ClientType client : ClientType.values()) {
      result.put(client, client.name().toLowerCase(Locale.ROOT) + ".override.");
    }
    return result;
  }

  @Override
  public void close() {
    policy.ifPresent(open -> Utils.closeQuietly(open, "client override policy"));
  }
}
