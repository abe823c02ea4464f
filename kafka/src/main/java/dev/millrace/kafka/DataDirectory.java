package dev.millrace.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The directory an embedded Kafka lives in, held exclusively from {@link #open} to {@link #close}.
 * Owned by the {@link EmbeddedKafka} that opened it.
 *
 * <p>Contents: {@code embedded.lock} (file lock; text: the holder's process id), {@code
 * embedded.properties} (identity and ports), {@code log/} (Kafka's data).
 */
final class DataDirectory implements AutoCloseable {

  /** Identity of the cluster and the ports of its last start. */
  record Identity(String clusterId, int nodeId, int port, int controllerPort) {}

  private static final long MIN_FREE_BYTES = 64L << 20;
  private static final String LOCK = "embedded.lock";
  private static final String IDENTITY = "embedded.properties";

  /**
   * Directories held by this process. Process-wide on purpose: a POSIX file lock belongs to the
   * process, and merely closing a second channel on the same file would release it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path dir;
  private final FileChannel channel;
  private final FileLock lock;

  private DataDirectory(Path dir, FileChannel channel, FileLock lock) {
    this.dir = dir;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Creates the directory if needed and locks it.
   *
   * @throws EmbeddedKafkaException when it is not writable, nearly full, or held by a process
   */
  static DataDirectory open(Path requested) {
    Path dir = create(requested);
    if (!HELD.add(dir)) {
      throw inUse(dir, ProcessHandle.current().pid() + " (this process)");
    }
    try {
      return lock(dir);
    } catch (RuntimeException e) {
      HELD.remove(dir);
      throw e;
    }
  }

  private static Path create(Path requested) {
    try {
      Files.createDirectories(requested);
      Path dir = requested.toRealPath();
      if (!Files.isWritable(dir)) {
        throw new EmbeddedKafkaException(
            "The data directory '%s' of the embedded Kafka is not writable. Give this user write permission or choose another directory."
                .formatted(dir));
      }
      long free = Files.getFileStore(dir).getUsableSpace();
      if (free < MIN_FREE_BYTES) {
        throw new EmbeddedKafkaException(
            "The disk of the data directory '%s' of the embedded Kafka is full: %d MB are free, at least %d MB are needed. Free some space or choose another directory."
                .formatted(dir, free >> 20, MIN_FREE_BYTES >> 20));
      }
      return dir;
    } catch (IOException e) {
      throw unusable(requested, e);
    }
  }

  private static DataDirectory lock(Path dir) {
    Path file = dir.resolve(LOCK);
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw inUse(dir, holder(file));
      }
      channel.truncate(0);
      byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
      channel.write(ByteBuffer.wrap(pid), 0);
      return new DataDirectory(dir, channel, lock);
    } catch (IOException | OverlappingFileLockException e) {
      closeQuietly(channel);
      throw unusable(dir, e);
    } catch (EmbeddedKafkaException e) {
      closeQuietly(channel);
      throw e;
    }
  }

  private static String holder(Path file) {
    try {
      String pid = Files.readString(file).strip();
      return pid.isEmpty() ? "unknown" : pid;
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static EmbeddedKafkaException inUse(Path dir, String pid) {
    return new EmbeddedKafkaException(
        "The data directory '%s' is in use by another embedded Kafka, process %s. Stop that process or choose another directory."
            .formatted(dir, pid));
  }

  private static EmbeddedKafkaException unusable(Path dir, Exception e) {
    return new EmbeddedKafkaException(
        "The data directory '%s' of the embedded Kafka cannot be used: %s. Check that it is a directory this user may write and that the disk is not full."
            .formatted(dir, e),
        e);
  }

  private static void closeQuietly(FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // the channel is given up anyway; the error that led here is thrown by the caller
      }
    }
  }

  Path path() {
    return dir;
  }

  Path logDir() {
    return dir.resolve("log");
  }

  /** Whether Kafka's storage was formatted here before (its marker is written last). */
  boolean formatted() {
    return Files.exists(logDir().resolve("meta.properties"));
  }

  /**
   * The stored identity; where our file was lost, what Kafka's own marker tells (ports then 0).
   *
   * @throws EmbeddedKafkaException when the file is damaged or contradicts Kafka's marker
   */
  Optional<Identity> identity() {
    Optional<Properties> own = load(dir.resolve(IDENTITY));
    Optional<Properties> kafka = load(logDir().resolve("meta.properties"));
    if (own.isEmpty()) {
      return kafka.map(p -> new Identity(required(p, "cluster.id"), number(p, "node.id"), 0, 0));
    }
    Properties p = own.get();
    Identity id =
        new Identity(
            required(p, "cluster.id"),
            number(p, "node.id"),
            number(p, "port"),
            number(p, "controller.port"));
    kafka.map(k -> required(k, "cluster.id")).ifPresent(k -> requireSame(id.clusterId(), k));
    return Optional.of(id);
  }

  private void requireSame(String own, String kafka) {
    if (!own.equals(kafka)) {
      throw new EmbeddedKafkaException(
          "The data directory '%s' is inconsistent: %s names cluster '%s' but its data belong to cluster '%s'. Delete %s to keep the data."
              .formatted(dir, IDENTITY, own, kafka, IDENTITY));
    }
  }

  private Optional<Properties> load(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Properties properties = new Properties();
    try (var reader = Files.newBufferedReader(file)) {
      properties.load(reader);
      return Optional.of(properties);
    } catch (IOException | IllegalArgumentException e) {
      throw unusable(dir, e);
    }
  }

  private String required(Properties properties, String key) {
    String value = properties.getProperty(key);
    if (value == null || value.isBlank()) {
      throw new EmbeddedKafkaException(
          "The data directory '%s' is damaged: '%s' is missing in its properties. Restore the file or choose an empty directory."
              .formatted(dir, key));
    }
    return value.strip();
  }

  private int number(Properties properties, String key) {
    String value = required(properties, key);
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new EmbeddedKafkaException(
          "The data directory '%s' is damaged: '%s' is '%s', not a number. Restore the file or choose an empty directory."
              .formatted(dir, key, value),
          e);
    }
  }

  /** Stores the identity durably before Kafka uses it. */
  void store(Identity id) {
    Properties p = new Properties();
    p.setProperty("cluster.id", id.clusterId());
    p.setProperty("node.id", Integer.toString(id.nodeId()));
    p.setProperty("port", Integer.toString(id.port()));
    p.setProperty("controller.port", Integer.toString(id.controllerPort()));
    write(IDENTITY, p);
  }

  /** Writes a properties file atomically and returns it. */
  Path write(String name, Properties properties) {
    Path temporary = dir.resolve(name + ".tmp");
    Path file = dir.resolve(name);
    String text =
        properties.stringPropertyNames().stream()
            .sorted()
            .map(k -> k + "=" + properties.getProperty(k).replace("\\", "\\\\") + "\n")
            .collect(Collectors.joining());
    try (FileChannel out =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      return file;
    } catch (IOException e) {
      throw unusable(dir, e);
    }
  }

  /** Gives the directory up. */
  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw unusable(dir, e);
    } finally {
      HELD.remove(dir);
    }
  }
}
