package dev.millrace.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.worker.WorkerApi;
import dev.millrace.worker.WorkerApi.Leader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests that only the leader can answer on to it (compat: REST §4): at most twice, the
 * parameter {@link #HOPS} tells how often. The leader says how far its log goes; the answer is
 * given to the client when this worker has read as far, so that what the client has written it can
 * read here. Thread-safe.
 */
final class Onward {

  /** Query parameter: absent as clients send it, true after one hop, false after two. */
  static final String HOPS = "forward";

  /** Header of answers to forwarded requests: offset up to which the leader has read the log. */
  static final String READ_TO = "X-Millrace-Log-Offset";

  /** Beyond the leader's own deadline, so that its answer is the one that counts. */
  private static final Duration LATER = Duration.ofSeconds(10);

  private static final String NO_LEADER =
      "Cannot complete request momentarily due to no known leader URL, likely because a rebalance"
          + " was underway.";

  private static final Duration LOOK = Duration.ofMillis(250);
  private static final int LAST_LOOKS = 12; // three seconds, for one that leaves in order

  private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);
  private static final String AUTHORIZATION = "Authorization";
  private static final Logger LOG = LoggerFactory.getLogger(Onward.class);
  private static final JsonMapper MAPPER = new JsonMapper();

  private final WorkerApi worker;
  private final PeerClient client;
  private final Signatures signatures;

  Onward(WorkerApi worker, PeerClient client, Signatures signatures) {
    this.worker = worker;
    this.client = client;
    this.signatures = signatures;
  }

  /**
   * The leader's answer to a request, or a failure that says why there is none.
   *
   * @param signed whether it is signed, since it was and that has been checked
   */
  Response send(Request request, boolean signed) {
    return switch (worker.leader()) {
      case Leader.Unknown() ->
          request.hasQuery(HOPS)
              ? Response.error(409, NO_LEADER)
              : Response.error(500, ("Request timed out. " + worker.stage()).strip());
      case Leader.Here() -> conflict(); // it has become the leader in the meantime
      case Leader.At(var url) -> send(request, url, signed);
    };
  }

  private Response send(Request request, URI leader, boolean signed) {
    var hops = request.queryFirst(HOPS);
    if (request.hasQuery(HOPS) && !hops.equalsIgnoreCase("true")) return conflict();
    try {
      var target = leader.resolve(pathAndQuery(request));
      LOG.debug("{} {} goes on to the leader at {}", request.method(), request.path(), leader);
      return answer(request, await(client.begin(sent(request, target, signed)), leader));
    } catch (IOException | IllegalArgumentException e) {
      return notSent(leader, e.getMessage() == null ? e.toString() : e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Response.error(500, "Request interrupted");
    }
  }

  private static Response conflict() {
    return Response.error(409, ConnectorResource.CONFLICT);
  }

  private static Response notSent(URI leader, String why) {
    LOG.warn("A request could not be sent on to the leader at {}: {}", leader, why);
    return Response.error(500, "IO Error trying to forward REST request: " + why);
  }

  /**
   * Waits as long as the leader may take; not for one that leads no more. It was suspended,
   * perhaps, and has or has not carried out what was asked of it.
   */
  private HttpResponse<String> await(CompletableFuture<HttpResponse<String>> answer, URI leader)
      throws IOException, InterruptedException {
    for (int looks = LAST_LOOKS; looks > 0; ) {
      try {
        return answer.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (isLedByAnother(leader)) looks--;
      } catch (ExecutionException e) {
        throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
      }
    }
    answer.cancel(true);
    throw new HttpException(
        500,
        ("Request timed out. The leader at %s has not answered, and leads no more. Whether the"
                + " request was carried out is not known: look, and repeat it if it was not")
            .formatted(leader));
  }

  private boolean isLedByAnother(URI leader) {
    return switch (worker.leader()) {
      case Leader.Unknown() -> false;
      case Leader.Here() -> true;
      case Leader.At(var url) -> !url.equals(leader);
    };
  }

  private HttpRequest sent(Request request, URI target, boolean signed) {
    var sent =
        HttpRequest.newBuilder(target)
            .timeout(worker.requestTimeout().plus(LATER))
            .header("Accept", Response.JSON)
            .header("User-Agent", "kafka-connect");
    if (!request.header(AUTHORIZATION).isEmpty()) {
      sent.header(AUTHORIZATION, request.header(AUTHORIZATION));
    }
    if (signed) {
      sent.header(InternalResource.SIGNATURE, signatures.sign(request.body()));
      sent.header(InternalResource.ALGORITHM, signatures.own());
    }
    if (request.body().isEmpty()) {
      sent.method(request.method(), HttpRequest.BodyPublishers.noBody());
    } else {
      sent.header("Content-Type", Response.JSON);
      sent.method(request.method(), HttpRequest.BodyPublishers.ofString(request.body()));
    }
    return sent.build();
  }

  private static String pathAndQuery(Request request) {
    var query =
        request.query().entrySet().stream()
            .filter(parameter -> !parameter.getKey().equals(HOPS))
            .flatMap(p -> p.getValue().stream().map(value -> pair(p.getKey(), value)))
            .collect(Collectors.joining("&"));
    var hops = HOPS + "=" + !request.hasQuery(HOPS);
    return request.path() + "?" + (query.isEmpty() ? hops : query + "&" + hops);
  }

  static String pair(String name, String value) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8)
        + "="
        + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private Response answer(Request request, HttpResponse<String> from) throws IOException {
    int status = from.statusCode();
    if (status < 200 || (status >= 300 && status < 400)) {
      return Response.error(
          500, "Unexpected status code when handling forwarded request: " + status);
    }
    readTo(from);
    if (from.body().isEmpty()) return status < 300 ? Response.empty(status) : noError(status);
    var body = MAPPER.readTree(from.body());
    if (status >= 400 && !body.has("error_code")) return noError(status);
    var typed = new Response(status, Map.of(), from.body()).with("Content-Type", Response.JSON);
    var answer = retriable(typed, from);
    return status == 201 ? located(answer, request, body) : answer;
  }

  /** The answer, with what the leader says of when it may be asked again. */
  private static Response retriable(Response answer, HttpResponse<String> from) {
    return from.headers()
        .firstValue(Response.RETRY_AFTER)
        .map(when -> answer.with(Response.RETRY_AFTER, when))
        .orElse(answer);
  }

  private static Response noError(int status) {
    return Response.error(
        500,
        "IO Error trying to forward REST request: the leader answered %d without saying why"
            .formatted(status));
  }

  /** The address under which the client that asked here finds what was made. */
  private static Response located(Response answer, Request request, JsonNode body) {
    var name = body.path("name").asText();
    return answer.with("Location", request.base() + "/connectors/" + PathSegment.encode(name));
  }

  private void readTo(HttpResponse<String> from) throws IOException {
    var offset = from.headers().firstValue(READ_TO);
    if (offset.isEmpty()) return;
    try {
      long end = Long.parseLong(offset.get());
      if (!worker.awaitOffset(end, READ_TIMEOUT)) {
        LOG.warn("The log was not read up to {} within {}; the answer is given", end, READ_TIMEOUT);
      }
    } catch (NumberFormatException e) {
      throw new IOException("the leader's header " + READ_TO + " is no number", e);
    }
  }

  /** The headers that a leader adds to an answer; none unless the request was sent on to it. */
  Response stamped(Request request, Response answer) {
    return request.hasQuery(HOPS)
        ? answer.with(READ_TO, Long.toString(worker.state().offset()))
        : answer;
  }
}
