package dev.millrace.worker;

import dev.millrace.engine.TopicCreator;
import dev.millrace.kafka.KafkaAccessException;
import dev.millrace.kafka.TopicSpec;
import dev.millrace.kafka.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Topic creation of a source task (KIP-158; compat: connector config §3). Immutable; each creation
 * opens an admin client and closes it, since topics are rarely new.
 */
final class TopicCreation implements TopicCreator {

  private static final String PREFIX = "topic.creation.";
  private static final String DEFAULT = "default";
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private record Group(
      Pattern include,
      Pattern exclude,
      int partitions,
      short replication,
      Map<String, String> settings) {

    boolean covers(String topic) {
      return !exclude.matcher(topic).matches() && include.matcher(topic).matches();
    }
  }

  private final List<Group> groups;
  private final Map<String, Object> adminSettings;

  private TopicCreation(List<Group> groups, Map<String, Object> adminSettings) {
    this.groups = groups;
    this.adminSettings = adminSettings;
  }

  /** What the configuration asks for; {@link TopicCreator#NONE} when it has no such settings. */
  static TopicCreator of(Map<String, String> config, Map<String, Object> adminSettings) {
    if (config.keySet().stream().noneMatch(key -> key.startsWith(PREFIX))) return NONE;
    var groups = new ArrayList<Group>();
    for (String name : ConnectorSettings.list(config.get(PREFIX + "groups"))) {
      if (!name.equals(DEFAULT)) groups.add(group(name, config));
    }
    groups.add(group(DEFAULT, config));
    return new TopicCreation(List.copyOf(groups), adminSettings);
  }

  private static Group group(String name, Map<String, String> config) {
    var settings = new HashMap<>(WorkerSettings.Prefixed.of(config, PREFIX + name + "."));
    String include = settings.remove("include");
    String exclude = settings.remove("exclude");
    int partitions = Integer.parseInt(number(settings, "partitions", name, config));
    short replication = Short.parseShort(number(settings, "replication.factor", name, config));
    boolean any = name.equals(DEFAULT);
    return new Group(
        any ? Pattern.compile(".*") : alternatives(include),
        any ? alternatives(null) : alternatives(exclude),
        partitions,
        replication,
        settings);
  }

  private static String number(
      Map<String, String> settings, String key, String group, Map<String, String> config) {
    String own = settings.remove(key);
    String value = own != null ? own : config.get(PREFIX + DEFAULT + "." + key);
    if (value == null) {
      throw new ConfigException(PREFIX + group + "." + key, null, "A number is required");
    }
    return value.strip();
  }

  private static Pattern alternatives(String list) {
    return Pattern.compile(String.join("|", ConnectorSettings.list(list)));
  }

  @Override
  public void ensure(String topic) {
    var group = groups.stream().filter(g -> g.covers(topic)).findFirst().orElseThrow();
    var spec = new TopicSpec(topic, group.partitions(), group.replication(), group.settings());
    try (var admin = KafkaClients.admin(adminSettings)) {
      ensure(new Topics(admin, TIMEOUT), spec);
    } catch (KafkaAccessException e) {
      if (e.getCause() instanceof RetriableException) throw again(e);
      throw e;
    } catch (KafkaException e) {
      if (PermanentErrors.isUnresolved(e)) throw again(e); // a client that is kept would wait, too
      throw e;
    }
  }

  private static void ensure(Topics topics, TopicSpec spec) {
    if (!exists(topics, spec.name()) && topics.create(spec) == Topics.Creation.REFUSED) {
      throw new ConnectException(
          "Topic '" + spec.name() + "' does not exist and may not be created by this client");
    }
  }

  /** A client that may not look may be allowed to create all the same. */
  private static boolean exists(Topics topics, String topic) {
    try {
      return topics.describe(topic).isPresent();
    } catch (KafkaAccessException e) {
      if (e.getCause() instanceof AuthorizationException
          || e.getCause() instanceof UnsupportedVersionException) {
        return false;
      }
      throw e;
    }
  }

  private static ConnectException again(RuntimeException e) {
    return new org.apache.kafka.connect.errors.RetriableException(e.getMessage(), e);
  }
}
