package dev.millrace.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.worker.QueryException;
import dev.millrace.worker.WorkerApi;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks a row up in the table that the tasks of a connector keep: a part of it each, here and on
 * other workers, which are asked one after the other until one has the row (decision 0086). A
 * worker that is asked by another looks only at its own tasks. Thread-safe.
 */
final class TableLookup {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(TableLookup.class);
  private static final JsonMapper MAPPER = new JsonMapper();

  private final WorkerApi worker;
  private final PeerClient peers;

  TableLookup(WorkerApi worker, PeerClient peers) {
    this.worker = worker;
    this.peers = peers;
  }

  /** What one worker says. */
  private sealed interface Said {
    /** The row, as JSON. */
    record Row(String json) implements Said {}

    /** It has a part of the table, and the row is not in it. */
    record NoRow() implements Said {}

    /** It has no part of the table. */
    record NoTable(String why) implements Said {}

    /** It cannot tell at the moment. */
    record Unready(String why) implements Said {}
  }

  /** Whether the request comes from another worker. */
  static boolean isFromPeer(Request request) {
    return request.hasQuery(Onward.HOPS);
  }

  /**
   * The row of this key as JSON; empty when there is none.
   *
   * @param request the client's, or another worker's
   * @throws HttpException when nobody keeps such a table, the key is none, or not all can tell
   */
  Optional<String> find(Request request, String connector, String key) {
    var said = new ArrayList<>(List.of(here(connector, key)));
    if (!isFromPeer(request)) {
      missing(connector).ifPresent(said::addFirst);
      for (var other : others(connector)) {
        if (said.getLast() instanceof Said.Row) break;
        said.add(ask(request, other, key));
      }
    }
    return verdict(said);
  }

  private static Optional<String> verdict(List<Said> said) {
    if (said.getLast() instanceof Said.Row(var json)) return Optional.of(json);
    for (var each : said) {
      if (each instanceof Said.Unready(var why)) throw HttpException.notReady(why);
    }
    if (said.contains(new Said.NoRow())) return Optional.empty();
    throw new HttpException(404, said.getFirst() instanceof Said.NoTable(var why) ? why : "");
  }

  private Said here(String connector, String key) {
    try {
      return worker.query(connector, key).<Said>map(Said.Row::new).orElseGet(Said.NoRow::new);
    } catch (QueryException e) {
      return switch (e.kind()) {
        case BAD_KEY -> throw new HttpException(400, e.getMessage(), e);
        case NO_TABLE -> new Said.NoTable(e.getMessage());
        case NOT_READY -> new Said.Unready(e.getMessage());
      };
    }
  }

  /** The other workers that have tasks of the connector; those that are gone cannot be asked. */
  private List<URI> others(String connector) {
    var members = new TreeSet<String>();
    worker
        .state()
        .leasesOf(connector)
        .forEach(
            (work, member) -> {
              if (!work.isInstance()) members.add(member);
            });
    members.remove(worker.member());
    return members.stream()
        .flatMap(member -> worker.members().urlOf(member).stream())
        .map(URI::create)
        .toList();
  }

  /** A part of the table that nobody has at the moment. */
  private Optional<Said> missing(String connector) {
    var leases = worker.state().leasesOf(connector);
    if (leases.isEmpty()) return Optional.empty();
    return worker.state().work().keySet().stream()
        .filter(work -> work.connector().equals(connector) && !work.isInstance())
        .filter(work -> !worker.members().contains(leases.getOrDefault(work, "")))
        .findFirst()
        .map(work -> new Said.Unready("Task %s runs on no worker at the moment".formatted(work)));
  }

  private Said ask(Request request, URI other, String key) {
    var path =
        request.path() + "?" + Onward.pair("key", key) + "&" + Onward.pair(Onward.HOPS, "false");
    var sent = HttpRequest.newBuilder(other.resolve(path)).timeout(TIMEOUT);
    var authorization = request.header("authorization");
    if (!authorization.isEmpty()) sent.header("Authorization", authorization);
    try {
      return said(peers.send(sent.build()), other);
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("Worker {} could not be asked for a row: {}", other, e.toString());
      return new Said.Unready(
          "Worker %s, which has a part of the table, does not answer".formatted(other));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HttpException(500, "Request interrupted", e);
    }
  }

  private static Said said(HttpResponse<String> answer, URI other) throws IOException {
    JsonNode body = MAPPER.readTree(answer.body());
    String message = body.path("message").asText("HTTP " + answer.statusCode());
    return switch (answer.statusCode()) {
      case 200 ->
          body.path("row").isNull() ? new Said.NoRow() : new Said.Row(body.path("row").toString());
      case 400 -> throw new HttpException(400, message);
      case 404 -> new Said.NoTable(message);
      default -> new Said.Unready("Worker %s says: %s".formatted(other, message));
    };
  }
}
