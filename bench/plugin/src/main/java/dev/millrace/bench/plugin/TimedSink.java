package dev.millrace.bench.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** Takes the time from the poll of records, by a source in the same process, to its put. */
public final class TimedSink extends SinkConnector {

  private Map<String, String> settings = Map.of();

  @Override
  public String version() {
    return "1";
  }

  @Override
  public void start(Map<String, String> properties) {
    settings = properties;
  }

  @Override
  public Class<? extends Task> taskClass() {
    return TimedTask.class;
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

  /**
   * Its task: passes over {@code skip} records, then writes the half, the 99th and the 99.9th
   * percentile of {@code records} in microseconds to {@code file}.
   */
  public static final class TimedTask extends SinkTask {
    private static final int NANOS_PER_MICRO = 1000;

    private long[] micros = new long[0];
    private Path file;
    private int skip;
    private int count;

    @Override
    public String version() {
      return "1";
    }

    @Override
    public void start(Map<String, String> properties) {
      micros = new long[Integer.parseInt(properties.get("records"))];
      skip = Integer.parseInt(properties.get("skip"));
      file = Path.of(properties.get("file"));
    }

    @Override
    public void put(Collection<SinkRecord> batch) {
      long now = System.nanoTime();
      for (SinkRecord record : batch) {
        int place = count++ - skip;
        if (place >= 0 && place < micros.length) {
          micros[place] = (now - ((Struct) record.value()).getInt64("id")) / NANOS_PER_MICRO;
        }
        if (place == micros.length) write();
      }
    }

    private void write() {
      Arrays.sort(micros);
      try {
        Files.writeString(file, at(0.5) + " " + at(0.99) + " " + at(0.999) + "\n");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private long at(double share) {
      return micros[(int) (share * (micros.length - 1))];
    }

    @Override
    public void stop() {}
  }
}
