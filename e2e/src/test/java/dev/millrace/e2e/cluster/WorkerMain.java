package dev.millrace.e2e.cluster;

import dev.millrace.rest.RestServer;
import dev.millrace.worker.Worker;
import dev.millrace.worker.WorkerSettings;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Properties;

/** A worker in a process of its own: properties file, and the file that gets its address. */
final class WorkerMain {
  private WorkerMain() {}

  /** Runs until the process is killed, or asked to end. */
  public static void main(String[] args) throws Exception {
    var file = new Properties();
    file.load(new StringReader(Files.readString(Path.of(args[0]))));
    var settings = new HashMap<String, String>();
    file.stringPropertyNames().forEach(key -> settings.put(key, file.getProperty(key)));
    var worker =
        Worker.builder().settings(WorkerSettings.of(settings)).rest(RestServer.factory()).start();
    var written = Path.of(args[1] + ".new");
    Files.writeString(written, worker.restUri().orElseThrow().toString());
    Files.move(written, Path.of(args[1]), StandardCopyOption.ATOMIC_MOVE); // is read as it comes
    Runtime.getRuntime().addShutdownHook(new Thread(worker::close, "stop"));
    worker.death().join();
  }
}
