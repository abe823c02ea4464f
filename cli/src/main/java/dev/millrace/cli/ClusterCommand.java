package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code millrace cluster}: the workers of a group. */
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    description = "Shows the workers of a cluster; exit code 1 if the one that is asked is none.",
    subcommands = ClusterExpectCommand.class)
final class ClusterCommand implements Callable<Integer> {
  private final Outside outside;

  @Mixin private RestClient rest = new RestClient();

  ClusterCommand(Outside outside) {
    this.outside = outside;
  }

  @Override
  public Integer call() {
    var answer = rest.get(outside, "/v1/cluster");
    if (answer.status() != 200) {
      throw new CommandFailure(rest.base(outside) + " says: " + answer.message());
    }
    outside.out().println("REST: " + rest.base(outside));
    lines(answer.body()).forEach(outside.out()::println);
    return answer.body().path("ready").asBoolean() ? 0 : 1;
  }

  /** A line for each member, the leader marked; before them what the worker is waiting for. */
  static List<String> lines(JsonNode cluster) {
    List<String> lines = new ArrayList<>();
    if (!cluster.path("ready").asBoolean() && cluster.has("stage")) {
      lines.add(cluster.path("stage").asText());
    }
    String leader = cluster.path("leader").asText();
    for (JsonNode member : cluster.path("members")) {
      String id = member.path("member").asText();
      List<String> notes = new ArrayList<>();
      if (id.equals(leader)) notes.add("leads");
      if (!member.path("present").asBoolean()) notes.add("is away");
      if (member.has("expected_back")) {
        long holdMs = member.path("expected_back").path("hold_ms").asLong();
        notes.add("expected back, its work is held for up to %d s".formatted(holdMs / 1_000));
      }
      lines.add(
          "  %-40s %5d leases  %s"
              .formatted(worker(id), member.path("leases").asLong(), String.join(", ", notes))
              .stripTrailing());
    }
    return lines;
  }

  /** {@code host:port} of a member. */
  private static String worker(String member) {
    int mark = member.lastIndexOf('#');
    return mark < 0 ? member : member.substring(0, mark);
  }
}
