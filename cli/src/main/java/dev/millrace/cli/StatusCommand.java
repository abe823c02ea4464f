package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code millrace status}: what runs, and how it is. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description =
        "Shows the topologies that run and the states of their stages; exit code 1 if one has"
            + " failed.")
final class StatusCommand implements Callable<Integer> {
  private final Outside outside;

  @Mixin private RestClient rest = new RestClient();

  StatusCommand(Outside outside) {
    this.outside = outside;
  }

  @Override
  public Integer call() {
    List<String> names = rest.topologies(outside);
    outside.out().println("REST: " + rest.base(outside));
    boolean failed = false;
    for (String name : names) {
      JsonNode topology = topology(name);
      lines(name, topology).forEach(outside.out()::println);
      failed |= hasFailed(topology);
    }
    if (names.isEmpty()) {
      outside.out().println("No topology runs.");
    }
    return failed ? 1 : 0;
  }

  private JsonNode topology(String name) {
    var answer = rest.get(outside, "/v1/topologies/" + RestClient.encoded(name));
    if (answer.status() != 200) {
      throw new CommandFailure(rest.base(outside) + " says: " + answer.message());
    }
    return answer.body();
  }

  /** Whether a stage's connector has failed, or one of its tasks. */
  private static boolean hasFailed(JsonNode topology) {
    for (JsonNode stage : topology.path("stages")) {
      if (isFailed(stage)) return true;
      for (JsonNode task : stage.path("tasks")) {
        if (isFailed(task)) return true;
      }
    }
    return false;
  }

  private static boolean isFailed(JsonNode work) {
    return work.path("state").asText().equals("FAILED");
  }

  /** A topology's lines: its name, then a stage each. */
  static List<String> lines(String name, JsonNode topology) {
    List<String> lines = new ArrayList<>(List.of(name));
    for (JsonNode stage : topology.path("stages")) {
      List<String> tasks = new ArrayList<>();
      stage.path("tasks").forEach(task -> tasks.add(word(task.path("state").asText())));
      String state = word(stage.path("state").asText());
      String all = tasks.isEmpty() ? state : state + ", tasks: " + String.join(", ", tasks);
      lines.add(
          "  %-10s %-20s %s"
              .formatted(stage.path("kind").asText(), stage.path("stage").asText(), all));
      waits(stage).forEach(wait -> lines.add("  %-10s %-20s %s".formatted("", "", wait)));
    }
    return lines;
  }

  /** What the stage's connector and its tasks wait for. */
  private static List<String> waits(JsonNode stage) {
    List<String> waits = new ArrayList<>();
    if (stage.has("waiting")) {
      waits.add("connector " + wait(stage));
    }
    for (JsonNode task : stage.path("tasks")) {
      if (task.has("waiting")) {
        waits.add("task %d %s".formatted(task.path("id").asInt(), wait(task)));
      }
    }
    return waits;
  }

  private static String wait(JsonNode work) {
    JsonNode waiting = work.path("waiting");
    return "waiting since %s for %s"
        .formatted(waiting.path("since").asText(), waiting.path("for").asText());
  }

  private static String word(String state) {
    return state.toLowerCase(Locale.ROOT);
  }
}
