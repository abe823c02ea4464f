package dev.millrace.connectors.processor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** Runs one task in a JVM of its own until it is killed. The argument is a properties file. */
public final class ProcessorMain {
  private ProcessorMain() {}

  public static void main(String[] arguments) throws Exception {
    Properties properties = new Properties();
    try (var in = Files.newInputStream(Path.of(arguments[0]))) {
      properties.load(in);
    }
    Map<String, String> config = new HashMap<>();
    properties.stringPropertyNames().forEach(key -> config.put(key, properties.getProperty(key)));
    SqlProcessorTask task = new SqlProcessorTask();
    task.start(config);
    while (true) {
      task.poll();
    }
  }
}
