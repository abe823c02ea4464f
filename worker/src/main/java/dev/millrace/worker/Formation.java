package dev.millrace.worker;

import dev.millrace.kafka.ClientSettings;
import dev.millrace.kafka.config.FileConfigLog;
import dev.millrace.kafka.config.MemoryConfigLog;
import dev.millrace.model.ConnectorState;
import dev.millrace.worker.cluster.Alone;
import dev.millrace.worker.cluster.Cluster;
import dev.millrace.worker.cluster.ClusterSettings;
import dev.millrace.worker.cluster.KafkaCluster;
import dev.millrace.worker.cluster.Members;

/** With whom a worker works, by its settings. Immutable. */
record Formation(WorkerSettings settings, ConfigResolver resolver) {

  /**
   * The others, or nobody.
   *
   * @param self this incarnation, and where it is reached
   * @param workerId {@code host:port}
   */
  Cluster cluster(Members.Member self, String workerId) {
    return switch (settings.mode()) {
      case DISTRIBUTED ->
          new KafkaCluster(
              ClusterSettings.of(settings.originals()), clients(), self, workerId, this::fence);
      case ALONE ->
          new Alone(new FileConfigLog(settings.dataDir().resolve("config.log"), self.id()), self);
      case STANDALONE -> new Alone(new MemoryConfigLog(self.id()), self);
    };
  }

  private ClientSettings clients() {
    return new ClientSettings(settings.originals(), "");
  }

  private void fence(String name, ConnectorState connector, int tasks) {
    var config = resolver.resolveAll(connector.config()).config();
    new Fencing(clients(), name, config).first(tasks);
  }

  /** How tasks wait until those of earlier sets cannot write any more. */
  Fences fences(Cluster others) {
    return others instanceof KafkaCluster kafka
        ? new ClusterFences(kafka.fences())
        : new GenerationFences(settings.stopTimeout());
  }
}
