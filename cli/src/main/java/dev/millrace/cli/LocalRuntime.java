package dev.millrace.cli;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.Rejection;
import dev.millrace.plugins.PluginException;
import dev.millrace.rest.RestServer;
import dev.millrace.worker.Worker;
import dev.millrace.worker.WorkerSettings;
import dev.millrace.worker.keys.WorkerMode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigException;

/**
 * A worker with REST in this process, and the files that tell other commands where it answers. Made
 * and closed by one thread.
 */
final class LocalRuntime implements AutoCloseable {
  private static final int USUAL_PORT = 8083;
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int MORE_ATTEMPTS = 3;

  private final Worker worker;
  private final ResultWait wait;
  private final Addresses addresses;

  private LocalRuntime(Worker worker, ResultWait wait, Addresses addresses) {
    this.worker = worker;
    this.wait = wait;
    this.addresses = addresses;
  }

  /** A Kafka in this process that keeps its data in {@code <data dir>/kafka}. */
  static EmbeddedKafka kafka(Path dataDir) {
    return EmbeddedKafka.builder().dataDir(dataDir.resolve("kafka")).start();
  }

  /**
   * Starts a worker that is alone, and waits until it takes commands.
   *
   * @param environment the variables for {@code ${env:…}}
   * @param stop ends the wait
   * @throws CommandFailure when it does not start
   */
  static LocalRuntime start(
      Map<String, String> properties, Map<String, String> environment, Path dataDir, Stop stop) {
    WorkerSettings settings = WorkerSettings.of(properties, WorkerMode.ALONE);
    Worker.Builder builder = Worker.builder().settings(settings).rest(RestServer.factory());
    Providers.of(environment).forEach(builder::configProvider);
    Worker worker = start(builder);
    try {
      var wait = new ResultWait(stop, DEADLINE);
      wait.result(worker.started(), "The worker did not start");
      var addresses = Addresses.write(dataDir, restUrl(worker), settings.bootstrapServers());
      return new LocalRuntime(worker, wait, addresses);
    } catch (RuntimeException e) {
      worker.close();
      throw e;
    }
  }

  /** As when its port is taken, the message says what to do. */
  private static Worker start(Worker.Builder builder) {
    try {
      return builder.start();
    } catch (ConfigException | PluginException | IllegalStateException e) {
      throw new CommandFailure("The worker did not start: " + e.getMessage(), e);
    }
  }

  /** The worker; closed with this. */
  Worker worker() {
    return worker;
  }

  /** The bound REST address, without a slash at its end. */
  String restUrl() {
    return restUrl(worker);
  }

  private static String restUrl(Worker worker) {
    return worker.restUri().orElseThrow().toString().replaceFirst("/$", "");
  }

  private static boolean isOfUnknownFate(CommandResult result) {
    return result instanceof CommandResult.Rejected(var why)
        && why.code() == Rejection.Code.UNKNOWN_FATE;
  }

  /**
   * Makes the connectors of a topology exactly these. Asks again while the log does not say in time
   * whether that was written, as on a busy machine: what is there already is left alone.
   *
   * @throws CommandFailure when the worker refuses
   */
  void apply(String topology, Map<String, Map<String, String>> connectors) {
    var command = new Command.ApplyTopology(topology, new TreeMap<>(connectors));
    var failed = "The topology \"%s\" was not applied".formatted(topology);
    CommandResult result = wait.result(worker.submit(command), failed);
    for (int more = MORE_ATTEMPTS; more > 0 && isOfUnknownFate(result); more--) {
      result = wait.result(worker.submit(command), failed);
    }
    switch (result) {
      case CommandResult.Done done -> {}
      case CommandResult.NotLeader other ->
          throw new CommandFailure(
              "The topology \"%s\" was not applied: worker \"%s\" leads"
                  .formatted(topology, other.leader()));
      case CommandResult.Rejected rejected ->
          throw new CommandFailure(
              "The topology \"%s\" was refused: %s. %s"
                  .formatted(
                      topology, rejected.rejection().message(), rejected.rejection().hint()));
    }
  }

  /** Stops the worker within seconds. */
  @Override
  public void close() {
    try {
      addresses.delete();
    } finally {
      worker.close();
    }
  }

  /**
   * Where REST listens when the user does not say: port 8083, else any free one.
   *
   * @param progress told when it is another
   */
  static Map<String, String> listeners(Progress progress) {
    Map<String, String> settings = new HashMap<>();
    if (isFree(USUAL_PORT)) {
      settings.put(WorkerSettings.LISTENERS, "http://127.0.0.1:" + USUAL_PORT);
    } else {
      progress.say("Port %d is taken; REST takes a free one.".formatted(USUAL_PORT));
      settings.put(WorkerSettings.LISTENERS, "http://127.0.0.1:0");
    }
    return settings;
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
