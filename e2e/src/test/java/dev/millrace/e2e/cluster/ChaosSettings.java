package dev.millrace.e2e.cluster;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Settings of the workers of one cluster. */
final class ChaosSettings {
  private ChaosSettings() {}

  /** Those of one worker. */
  static Map<String, String> of(String servers, Path folder, String worker, boolean exactlyOnce) {
    var settings = new TreeMap<String, String>();
    settings.put("bootstrap.servers", servers);
    settings.put("group.id", "chaos");
    settings.put("millrace.data.dir", folder.resolve(worker).toString());
    settings.put("config.storage.topic", "chaos-configs");
    settings.put("status.storage.topic", "chaos-statuses");
    settings.put("offset.storage.topic", "chaos-offsets");
    settings.put("offset.storage.partitions", "2");
    settings.put("status.storage.partitions", "2");
    settings.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("config.storage.replication.factor", "1");
    settings.put("status.storage.replication.factor", "1");
    settings.put("offset.storage.replication.factor", "1");
    settings.put("offset.flush.interval.ms", "1000");
    settings.put("session.timeout.ms", "6000");
    settings.put("exactly.once.source.support", exactlyOnce ? "enabled" : "disabled");
    settings.put("listeners", "http://127.0.0.1:0");
    return settings;
  }
}
