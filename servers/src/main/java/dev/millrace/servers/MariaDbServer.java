package dev.millrace.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A real MariaDB server as a child process, listening on 127.0.0.1 only, with one user who may do
 * everything. Its data directory is kept: started again on it, the server goes on with its data. A
 * server left behind on the data directory by a killed JVM is stopped first.
 *
 * <p>Thread-safe: one lock guards the process. The caller closes it (also at shutdown of the JVM);
 * nothing here registers a hook.
 */
public final class MariaDbServer implements AutoCloseable {
  private static final Duration START_DEADLINE = Duration.ofSeconds(90);
  private static final Duration STOP_DEADLINE = Duration.ofSeconds(30);
  private static final String HOST = "127.0.0.1";

  private final Builder settings;
  private final Path home;
  private final int port;
  private final Object lock = new Object();
  private Process process;

  private MariaDbServer(Builder settings) {
    this.settings = settings;
    this.home = MariaDbBinaries.unpacked(settings.cacheDir, settings.progress);
    this.port = settings.port == 0 ? FreePort.choose() : settings.port;
  }

  /** Settings of a server; only the data directory is required. */
  public static Builder builder() {
    return new Builder();
  }

  /** Settings, then {@link #start()}. Not thread-safe; used once. */
  public static final class Builder {
    private Path dataDir;
    private Path cacheDir = MariaDbBinaries.defaultCacheDir();
    private int port;
    private String user = "millrace";
    private String password = "millrace";
    private final List<String> arguments = new ArrayList<>();
    private Consumer<String> progress = line -> {};

    private Builder() {}

    /** Where the data lives; created when absent, kept when present. Required. */
    public Builder dataDir(Path path) {
      this.dataDir = path.toAbsolutePath().normalize();
      return this;
    }

    /** Where the programs are unpacked, once for all; by default in the temporary folder. */
    public Builder cacheDir(Path path) {
      this.cacheDir = path.toAbsolutePath().normalize();
      return this;
    }

    /** TCP port; 0, the default, takes a free one and keeps it over restarts of this object. */
    public Builder port(int tcpPort) {
      this.port = tcpPort;
      return this;
    }

    /** The user who may do everything, over TCP; by default millrace/millrace. */
    public Builder user(String name, String secret) {
      this.user = name;
      this.password = secret;
      return this;
    }

    /** Further arguments of mariadbd, such as {@code --skip-ssl}. */
    public Builder arguments(String... more) {
      arguments.addAll(List.of(more));
      return this;
    }

    /** Told in a few words what is going on: unpacking, installing, starting, stopping. */
    public Builder progress(Consumer<String> listener) {
      this.progress = listener;
      return this;
    }

    /**
     * Unpacks and installs what is missing, starts the server and waits until it takes connections.
     *
     * @throws ServerException if a program or library is missing or the server does not start
     */
    public MariaDbServer start() {
      if (dataDir == null) {
        throw new ServerException("MariaDB needs a data directory: call dataDir(path).");
      }
      MariaDbServer server = new MariaDbServer(this);
      server.start();
      return server;
    }
  }

  /** Starts the server again after {@link #stop()} or {@link #kill()}; nothing if it runs. */
  public void start() {
    synchronized (lock) {
      if (isRunning()) {
        return;
      }
      try {
        stopForgotten();
        Files.createDirectories(temporary());
        if (!Files.isDirectory(data().resolve("mysql"))) {
          install();
        }
        settings.progress.accept("starting MariaDB on port " + port);
        process = launch(serverArguments(), log());
        Files.writeString(pidFile(), Long.toString(process.pid()));
        awaitReady();
      } catch (IOException e) {
        throw new ServerException("MariaDB on \"" + settings.dataDir + "\" did not start: " + e, e);
      }
    }
  }

  /** Stops the server in an orderly way; nothing if it does not run. */
  public void stop() {
    end(false);
  }

  /** Ends the server at once, as a crash would (SIGKILL); nothing if it does not run. */
  public void kill() {
    end(true);
  }

  /** The same as {@link #stop()}. */
  @Override
  public void close() {
    stop();
  }

  /** True while the process lives. */
  public boolean isRunning() {
    synchronized (lock) {
      return process != null && process.isAlive();
    }
  }

  /** The TCP port, the same over restarts. */
  public int port() {
    return port;
  }

  /** The user who may do everything. */
  public String user() {
    return settings.user;
  }

  /** That user's password. */
  public String password() {
    return settings.password;
  }

  /** Address of a database (which need not exist yet) for MariaDB's own driver. */
  public String jdbcUrl(String database) {
    return "jdbc:mariadb://" + HOST + ":" + port + "/" + database;
  }

  /** The same as {@code jdbc:mysql:}, as most users write it. */
  public String mysqlUrl(String database) {
    return "jdbc:mysql://" + HOST + ":" + port + "/" + database;
  }

  private void install() throws IOException {
    settings.progress.accept("installing MariaDB's system tables in " + settings.dataDir);
    Files.createDirectories(data());
    Path script = Files.createTempFile(settings.dataDir, "install-", ".sql");
    writeInstallScript(script);
    Path log = settings.dataDir.resolve("install.log");
    Process installer =
        Programs.start(builder(installArguments(), log).redirectInput(script.toFile()));
    try {
      if (!installer.waitFor(START_DEADLINE.toSeconds(), TimeUnit.SECONDS)
          || installer.exitValue() != 0) {
        installer.destroyForcibly();
        MariaDbBinaries.deleteTree(data());
        throw failure("could not install its system tables", log);
      }
    } catch (InterruptedException e) {
      installer.destroyForcibly();
      throw interrupted(e);
    } finally {
      Files.deleteIfExists(script);
    }
  }

  /** What MariaDB's own installation script feeds to {@code mariadbd --bootstrap}. */
  private void writeInstallScript(Path script) throws IOException {
    StringBuilder sql = new StringBuilder();
    sql.append("create database if not exists mysql;\nuse mysql;\nSET @auth_root_socket=NULL;\n");
    for (String part :
        List.of(
            "mariadb_system_tables",
            "mariadb_performance_tables",
            "mariadb_system_tables_data",
            "maria_add_gis_sp_bootstrap")) {
      Files.readAllLines(home.resolve("share/" + part + ".sql"), StandardCharsets.UTF_8).stream()
          .filter(line -> !line.contains("@current_hostname"))
          .forEach(line -> sql.append(line).append('\n'));
    }
    Files.writeString(script, sql);
  }

  private List<String> commonArguments() {
    List<String> arguments = new ArrayList<>();
    arguments.add(home.resolve("bin/mariadbd").toString());
    arguments.add("--no-defaults");
    arguments.add("--basedir=" + home);
    arguments.add("--lc-messages-dir=" + home.resolve("share"));
    arguments.add("--datadir=" + data());
    // a server that starts deletes the temporary tables of others in a shared folder
    arguments.add("--tmpdir=" + temporary());
    arguments.add("--skip-log-bin");
    arguments.add("--innodb-log-file-size=48M");
    if (System.getProperty("user.name").equals("root")) {
      arguments.add("--user=root");
    }
    return arguments;
  }

  private List<String> installArguments() {
    List<String> arguments = commonArguments();
    arguments.addAll(List.of("--bootstrap", "--enforce-storage-engine=", "--log-warnings=0"));
    return arguments;
  }

  private List<String> serverArguments() throws IOException {
    List<String> arguments = commonArguments();
    arguments.addAll(
        List.of(
            "--port=" + port,
            "--bind-address=" + HOST,
            "--socket=",
            "--skip-name-resolve",
            // Without it every start makes a TLS key, which takes up to 15 s; 127.0.0.1 needs none.
            "--skip-ssl",
            "--init-file=" + writeInitFile(),
            "--performance-schema=OFF",
            "--innodb-buffer-pool-size=64M",
            "--character-set-server=utf8mb4"));
    arguments.addAll(settings.arguments);
    return arguments;
  }

  private Path writeInitFile() throws IOException {
    Path file = settings.dataDir.resolve("users.sql");
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    String account = quoted(settings.user) + "@'%'";
    Files.writeString(
        file,
        "CREATE USER IF NOT EXISTS "
            + account
            + ";\n"
            + "ALTER USER "
            + account
            + " IDENTIFIED BY "
            + quoted(settings.password)
            + ";\n"
            + "GRANT ALL PRIVILEGES ON *.* TO "
            + account
            + " WITH GRANT OPTION;\n");
    return file;
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }

  private void awaitReady() throws IOException {
    boolean ready = Await.until(START_DEADLINE, () -> !process.isAlive() || greets());
    if (!ready || !process.isAlive()) {
      process.destroyForcibly();
      throw failure("did not start on port " + port, log());
    }
  }

  /** A server that takes connections speaks first; until then the port is at most a queue. */
  private boolean greets() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      socket.setSoTimeout(1000);
      return socket.getInputStream().read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  private ServerException failure(String what, Path log) throws IOException {
    List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
    Optional<String> library =
        lines.stream().filter(line -> line.contains("error while loading shared")).findFirst();
    String hint =
        library.isPresent()
            ? "A library is missing on this machine, install it: " + library.get()
            : "The end of its log \""
                + log
                + "\":\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    return new ServerException("MariaDB " + what + ". " + hint);
  }

  private void end(boolean atOnce) {
    synchronized (lock) {
      if (process == null) {
        return;
      }
      if (process.isAlive() && !atOnce) {
        settings.progress.accept("stopping MariaDB");
      }
      end(process.toHandle(), atOnce);
      process = null;
    }
  }

  private static void end(ProcessHandle server, boolean atOnce) {
    boolean asked = atOnce ? server.destroyForcibly() : server.destroy();
    if (asked && Await.until(STOP_DEADLINE, () -> !server.isAlive())) {
      return;
    }
    server.destroyForcibly();
    if (!Await.until(STOP_DEADLINE, () -> !server.isAlive())) {
      throw new ServerException("MariaDB, process " + server.pid() + ", does not end.");
    }
  }

  /** Ends a server that a killed JVM left running on our data directory. */
  private void stopForgotten() throws IOException {
    if (!Files.exists(pidFile())) {
      return;
    }
    String pid = Files.readString(pidFile()).strip();
    if (!pid.matches("[0-9]{1,18}")) {
      return;
    }
    Optional<ProcessHandle> forgotten = ProcessHandle.of(Long.parseLong(pid)).filter(this::isOurs);
    if (forgotten.isPresent()) {
      settings.progress.accept("stopping the MariaDB that an earlier run left behind");
      end(forgotten.get(), false);
    }
  }

  private boolean isOurs(ProcessHandle handle) {
    return List.of(handle.info().arguments().orElse(new String[0])).contains("--datadir=" + data());
  }

  private Process launch(List<String> command, Path log) throws IOException {
    Files.createDirectories(data());
    return Programs.start(builder(command, log));
  }

  private ProcessBuilder builder(List<String> command, Path log) {
    return new ProcessBuilder(command)
        .directory(settings.dataDir.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile());
  }

  private static ServerException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ServerException("Interrupted while MariaDB was being installed.", e);
  }

  private Path data() {
    return settings.dataDir.resolve("data");
  }

  private Path temporary() {
    return settings.dataDir.resolve("tmp");
  }

  private Path log() {
    return settings.dataDir.resolve("server.log");
  }

  private Path pidFile() {
    return settings.dataDir.resolve("server.pid");
  }
}
