package dev.millrace.reference;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.worker.WorkerSettings;
import dev.millrace.worker.keys.WorkerMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

/**
 * What a worker's file may say: each key with values of many kinds is taken or refused as by Apache
 * Kafka Connect's own definitions, except for what is listed here.
 */
class WorkerValuesIT {

  private static final List<String> VALUES =
      List.of(
          "",
          " ",
          "x",
          "X,Y",
          "a,a",
          "a,,b",
          "a,",
          "0",
          "-1",
          "-2",
          "1",
          " 1 ",
          "1.5",
          "99999999999",
          "true",
          "TRUE",
          "yes",
          "none",
          "NONE",
          "https",
          "SSL",
          "DEBUG",
          "TRACE",
          "http://h:1",
          "https://h:1,http://h:2",
          "ftp://h:1",
          "HmacSHA256",
          "enabled",
          "PREPARING",
          "Eager",
          "only_scan",
          "REBOOTSTRAP",
          "set A:b",
          "set A",
          "All",
          "required");

  /** Keys, and why they take other values. */
  private static final Map<String, String> DIFFERENT =
      Map.ofEntries(
          entry("key.converter", "found when the plugins are known, which fails the start"),
          entry("value.converter", "likewise"),
          entry("header.converter", "likewise"),
          entry("response.http.headers.config", "read when REST is opened, which fails the start"),
          entry("inter.worker.signature.algorithm", "likewise"),
          entry("inter.worker.verification.algorithms", "likewise"),
          entry("inter.worker.key.generation.algorithm", "tried when a group is to be joined"),
          entry("inter.worker.key.size", "likewise"),
          entry("plugin.path", "may be empty"),
          entry("offset.storage.file.filename", "may not be empty"),
          entry("group.id", "may not be empty"),
          entry("config.storage.topic", "may not be empty"),
          entry("offset.storage.topic", "may not be empty"),
          entry("status.storage.topic", "may not be empty"),
          entry("session.timeout.ms", "has to be positive"),
          entry("heartbeat.interval.ms", "has to be positive"),
          entry("rebalance.timeout.ms", "has to be positive"),
          entry("offset.flush.interval.ms", "has to be positive"),
          entry("offset.flush.timeout.ms", "has to be positive"),
          entry("task.shutdown.graceful.timeout.ms", "may not be negative"));

  /** Whether a map is a worker's file for one of the two. */
  private interface Judge {
    boolean takes(Map<String, String> file);
  }

  @Test
  void valuesOfDistributedWorkersAreTakenAsThere() throws Exception {
    try (var loader = reference()) {
      var theirs =
          judge(loader.loadClass("org.apache.kafka.connect.runtime.distributed.DistributedConfig"));
      compare(theirs, WorkerMode.DISTRIBUTED);
    }
  }

  @Test
  void valuesOfStandaloneWorkersAreTakenAsThere() throws Exception {
    try (var loader = reference()) {
      var theirs =
          judge(loader.loadClass("org.apache.kafka.connect.runtime.standalone.StandaloneConfig"));
      compare(theirs, WorkerMode.STANDALONE);
    }
  }

  private static URLClassLoader reference() throws IOException {
    var lib = Path.of(System.getProperty("reference.lib"));
    try (var jars = Files.list(lib)) {
      var urls = jars.map(WorkerValuesIT::url).toArray(URL[]::new);
      return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    }
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Judge judge(Class<?> config) throws NoSuchMethodException {
    Constructor<?> made = config.getConstructor(Map.class);
    return file -> {
      var before = Thread.currentThread().getContextClassLoader();
      Thread.currentThread().setContextClassLoader(config.getClassLoader());
      try {
        made.newInstance(new HashMap<>(file));
        return true;
      } catch (InvocationTargetException e) {
        return false;
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      } finally {
        Thread.currentThread().setContextClassLoader(before);
      }
    };
  }

  private static boolean ours(Map<String, String> file, WorkerMode mode) {
    try {
      WorkerSettings.of(file, mode);
      return true;
    } catch (ConfigException e) {
      return false;
    }
  }

  private static Map<String, String> file(WorkerMode mode) {
    var file = new TreeMap<String, String>();
    file.put("bootstrap.servers", "localhost:9092");
    file.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
    file.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    if (mode == WorkerMode.STANDALONE) {
      file.put("offset.storage.file.filename", "f");
      return file;
    }
    file.put("group.id", "g");
    file.put("config.storage.topic", "c");
    file.put("offset.storage.topic", "o");
    file.put("status.storage.topic", "s");
    return file;
  }

  private static void compare(Judge theirs, WorkerMode mode) {
    assertThat(theirs.takes(file(mode))).isTrue();
    var differences = new ArrayList<String>();
    for (String key : dev.millrace.worker.keys.WorkerKeys.definition(mode).names()) {
      if (key.startsWith("millrace.") || key.startsWith("restart.")) continue;
      for (String value : VALUES) {
        var file = file(mode);
        file.put(key, value);
        boolean taken = theirs.takes(file);
        if (taken != ours(file, mode) && !DIFFERENT.containsKey(key)) {
          differences.add("%s=%s is %s there".formatted(key, value, taken ? "taken" : "refused"));
        }
      }
    }
    assertThat(differences).isEmpty();
  }
}
