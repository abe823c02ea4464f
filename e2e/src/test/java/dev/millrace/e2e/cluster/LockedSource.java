package dev.millrace.e2e.cluster;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/**
 * Numbers its records, and holds a lock on a file while it runs: a second one, in any process, that
 * runs at the same time leaves a file {@code <name>.violation}.
 */
public final class LockedSource extends SourceConnector {
  private Map<String, String> settings = Map.of();

  @Override
  public String version() {
    return "1";
  }

  @Override
  public void start(Map<String, String> props) {
    settings = props;
  }

  @Override
  public Class<? extends Task> taskClass() {
    return NumberTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return List.of(settings);
  }

  @Override
  public void stop() {
    // holds nothing
  }

  @Override
  public ConfigDef config() {
    return new ConfigDef();
  }

  /** Its only task. */
  public static final class NumberTask extends SourceTask {
    private FileChannel channel;
    private FileLock lock;
    private String topic;
    private String name;
    private long next;

    @Override
    public String version() {
      return "1";
    }

    @Override
    public void start(Map<String, String> props) {
      name = props.get("name");
      topic = props.get("topic");
      var offset = context.offsetStorageReader().offset(Map.of("name", name));
      next = offset == null ? 1 : (Long) offset.get("n") + 1;
      var file = Path.of(props.get("folder"), name + ".lock");
      try {
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        lock = tryLock();
        if (lock != null) return;
        Files.writeString(file.resolveSibling(name + ".violation"), "two at the same time");
        throw new ConnectException(name + " runs already");
      } catch (IOException e) {
        throw new ConnectException(e);
      }
    }

    private FileLock tryLock() throws IOException {
      try {
        return channel.tryLock();
      } catch (OverlappingFileLockException e) {
        return null;
      }
    }

    @Override
    public List<SourceRecord> poll() {
      LockSupport.parkNanos(20_000_000);
      long n = next++;
      return List.of(
          new SourceRecord(
              Map.of("name", name),
              Map.of("n", n),
              topic,
              0,
              null,
              name,
              Schema.STRING_SCHEMA,
              name + ":" + n));
    }

    @Override
    public void stop() {
      try {
        if (lock != null) lock.release();
        if (channel != null) channel.close();
      } catch (IOException e) {
        throw new ConnectException(e);
      }
    }
  }
}
