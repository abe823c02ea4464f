package dev.millrace.e2e.cluster;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/**
 * Has as many tasks as it may. Each numbers its records, and holds a lock on a file while it runs:
 * a second one, in any process, that runs at the same time leaves a file {@code <name>.violation}.
 * A process that is suspended keeps its lock: while a file {@code frozen-<pid>} is there, others
 * take the lock from it; then it has to end soon once it is awake.
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
    return IntStream.range(0, maxTasks).mapToObj(this::task).toList();
  }

  /** The first has the connector's name, the others have theirs by it. */
  private Map<String, String> task(int number) {
    var task = new HashMap<>(settings);
    task.put("writer", settings.get("name") + (number == 0 ? "" : "." + number));
    return task;
  }

  @Override
  public void stop() {
    // holds nothing
  }

  @Override
  public ConfigDef config() {
    return new ConfigDef();
  }

  /** One of its tasks. */
  public static final class NumberTask extends SourceTask {
    private static final long AWAKE_NANOS = 10_000_000_000L;

    private final String owner = ProcessHandle.current().pid() + " " + UUID.randomUUID();
    private FileChannel channel;
    private FileLock lock;
    private Path file;
    private String topic;
    private String name;
    private long pauseNanos;
    private long next;
    private long robbedAt;

    @Override
    public String version() {
      return "1";
    }

    @Override
    public void start(Map<String, String> props) {
      name = props.get("writer");
      topic = props.get("topic");
      pauseNanos = 1_000_000 * Long.parseLong(props.getOrDefault("pause.ms", "20"));
      var offset = context.offsetStorageReader().offset(Map.of("name", name));
      next = offset == null ? 1 : (Long) offset.get("n") + 1;
      file = Path.of(props.get("folder"), name + ".lock");
      try {
        take();
      } catch (IOException e) {
        throw new ConnectException(e);
      }
    }

    private void take() throws IOException {
      if (!tryLock()) {
        String holder = Files.readString(ownerFile());
        if (!isFrozen(holder)) {
          violated(owner + " at the same time as " + holder);
          throw new ConnectException(name + " runs already: " + holder);
        }
        channel.close();
        Files.delete(file);
        if (!tryLock()) throw new ConnectException(name + ": two have robbed " + holder);
      }
      Files.writeString(ownerFile(), owner);
    }

    private boolean tryLock() throws IOException {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        lock = channel.tryLock();
      } catch (OverlappingFileLockException e) {
        lock = null;
      }
      return lock != null;
    }

    private boolean isFrozen(String holder) {
      String pid = holder.substring(0, holder.indexOf(' '));
      return Files.exists(file.resolveSibling("frozen-" + pid));
    }

    private Path ownerFile() {
      return file.resolveSibling(name + ".owner");
    }

    private void violated(String what) throws IOException {
      Files.writeString(
          file.resolveSibling(name + ".violation"),
          what + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }

    @Override
    public List<SourceRecord> poll() {
      LockSupport.parkNanos(pauseNanos);
      checkOwner();
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

    /** Who was robbed while it was suspended has a moment to notice that it is out. */
    private void checkOwner() {
      try {
        if (Files.readString(ownerFile()).equals(owner)) return;
        if (robbedAt == 0) robbedAt = System.nanoTime();
        if (System.nanoTime() - robbedAt > AWAKE_NANOS) {
          violated(owner + " goes on although others run it");
        }
      } catch (IOException e) {
        throw new ConnectException(e);
      }
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
