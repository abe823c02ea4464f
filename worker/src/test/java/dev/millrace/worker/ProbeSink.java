package dev.millrace.worker;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** Writes down what its tasks see; is slow at, or refuses, what a test tells it to. */
public final class ProbeSink extends SinkConnector {

  /** What the tasks of one connector saw. Thread-safe. */
  static final class Log {
    final List<String> events = new CopyOnWriteArrayList<>();
    final List<String> values = new CopyOnWriteArrayList<>();
    final CountDownLatch busy = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
  }

  private static final Map<String, Log> LOGS = new ConcurrentHashMap<>();

  private Map<String, String> settings = Map.of();

  static Log log(String name) {
    return LOGS.computeIfAbsent(name, n -> new Log());
  }

  @Override
  public String version() {
    return "1.0";
  }

  @Override
  public void start(Map<String, String> props) {
    settings = props;
  }

  @Override
  public Class<? extends Task> taskClass() {
    return ProbeTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return Collections.nCopies(maxTasks, settings);
  }

  @Override
  public void stop() {}

  @Override
  public ConfigDef config() {
    return new ConfigDef();
  }

  /** Its task. */
  public static final class ProbeTask extends SinkTask {
    private Log log;

    @Override
    public String version() {
      return "1.0";
    }

    @Override
    public void start(Map<String, String> props) {
      log = log(props.get("name"));
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
      log.events.add("open " + partitions.size());
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
      log.events.add("close " + partitions.size());
    }

    @Override
    public void put(Collection<SinkRecord> records) {
      for (SinkRecord record : records) {
        switch (String.valueOf(record.value())) {
          case "slow" -> waitForTheTest();
          case "bad" -> throw new IllegalArgumentException("refused by the sink");
          default -> {}
        }
      }
      records.forEach(record -> log.values.add(record.value() + "@" + record.topic()));
    }

    private void waitForTheTest() {
      log.busy.countDown();
      try {
        if (!log.goOn.await(2, TimeUnit.MINUTES)) throw new IllegalStateException("too long");
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void stop() {}
  }
}
