package dev.millrace.rest;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.millrace.model.Command;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.Membership;
import dev.millrace.model.WorkId;
import dev.millrace.worker.WorkerApi;
import dev.millrace.worker.cluster.Members;
import dev.millrace.worker.events.EventLog.Event;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The cluster as it is and what has happened in it: our own routes. */
final class ClusterResource {

  private static final int DEFAULT_EVENTS = 200;
  private static final String RESTART = "/v1/cluster/members/{member}/restart";

  private static final TypeReference<Map<String, Long>> HOLD = new TypeReference<>() {};
  private static final String HOLD_MS = "hold_ms";

  private final WorkerApi worker;
  private final Submitter submitter;

  ClusterResource(WorkerApi worker) {
    this.worker = worker;
    this.submitter = new Submitter(worker);
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/cluster", "Members, leader, and who runs what", this::cluster)
            .alsoWhileStarting(),
        Route.of("PUT", RESTART, "Holds the work of a worker that will be restarted", this::hold)
            .takingObject(),
        Route.of("DELETE", RESTART, "Does not expect the worker back any more", this::release),
        Route.of("GET", "/v1/events", "Newest changes of connectors and tasks", this::all)
            .asking(QueryParameter.number("limit"))
            .alsoWhileStarting(),
        Route.of(
                "GET",
                "/v1/connectors/{connector}/events",
                "Newest changes of a connector",
                this::of)
            .asking(QueryParameter.number("limit")));
  }

  private Response hold(Request request) {
    Long holdMs = Json.read(request, HOLD).get(HOLD_MS);
    if (holdMs == null || holdMs <= 0) {
      throw new HttpException(
          400, "For how long? Give the milliseconds as {\"" + HOLD_MS + "\": 120000}");
    }
    submitter.requireLeader();
    String member = present(request.param("member"));
    submitter.submit(new Command.Expect(member, holdMs));
    return Response.json(200, member(member, worker.members()));
  }

  private Response release(Request request) {
    submitter.requireLeader();
    var expected = worker.state().expected().keySet();
    String member =
        named(request.param("member"), expected)
            .orElseThrow(
                () ->
                    new HttpException(
                        404, "No worker %s is expected back".formatted(request.param("member"))));
    submitter.submit(new Command.Expect(member, 0));
    return Response.empty(204);
  }

  private String present(String name) {
    var ids = worker.members().all().stream().map(Members.Member::id).toList();
    return named(name, ids)
        .orElseThrow(
            () ->
                new HttpException(
                    404,
                    "There is no worker %s among the members: %s"
                        .formatted(name, String.join(", ", ids))));
  }

  /** The member of that id or of that worker; of several incarnations, the newest known. */
  private static Optional<String> named(String name, Collection<String> members) {
    return members.stream()
        .filter(id -> id.equals(name) || Membership.workerOf(id).equals(name))
        .reduce((first, second) -> second);
  }

  private Response cluster(Request request) {
    var view = new LinkedHashMap<String, Object>();
    view.put("worker_id", worker.workerId());
    view.put("ready", worker.ready());
    if (!worker.stage().isEmpty()) view.put("stage", worker.stage());
    var members = worker.members();
    if (!members.leader().isEmpty()) view.put("leader", members.leader());
    view.put("generation", members.generation());
    view.put("log_offset", worker.state().offset());
    view.put("members", members(members));
    view.put("work", work());
    return Response.json(200, view);
  }

  /** Members that left may still hold leases. */
  private List<Map<String, Object>> members(Members present) {
    var state = worker.state();
    var names = new TreeSet<>(state.holders().values());
    names.addAll(state.expected().keySet());
    present.all().forEach(member -> names.add(member.id()));
    var members = new ArrayList<Map<String, Object>>();
    for (String name : names) members.add(member(name, present));
    return members;
  }

  private Map<String, Object> member(String name, Members present) {
    var state = worker.state();
    var view = new LinkedHashMap<String, Object>();
    view.put("member", name);
    present.urlOf(name).ifPresent(url -> view.put("url", url));
    view.put("present", present.contains(name));
    view.put("leases", state.holders().values().stream().filter(name::equals).count());
    var expectation = state.expected().get(name);
    if (expectation != null) view.put("expected_back", Map.of(HOLD_MS, expectation.holdMs()));
    return view;
  }

  private List<Map<String, Object>> work() {
    return worker.state().work().keySet().stream().map(this::work).toList();
  }

  private Map<String, Object> work(WorkId id) {
    var state = worker.state();
    var view = new LinkedHashMap<String, Object>();
    view.put("connector", id.connector());
    if (!id.isInstance()) view.put("task", id.task());
    view.put("wanted", state.connector(id.connector()).map(ClusterResource::wanted).orElse(""));
    var holder = state.holders().get(id);
    if (holder != null) view.put("holder", holder);
    worker
        .statuses()
        .of(id)
        .ifPresent(
            entry -> {
              view.put("phase", entry.status().phase().name());
              view.put("worker_id", entry.worker());
            });
    worker.statuses().stall(id).ifPresent(stall -> view.put("stalled_in", stall.method()));
    return view;
  }

  private static String wanted(ConnectorState connector) {
    return connector.target().name().toLowerCase(Locale.ROOT);
  }

  private Response all(Request request) {
    return Response.json(200, views(worker.events().newest(limit(request), event -> true)));
  }

  private Response of(Request request) {
    var name = request.param("connector");
    var events = worker.events().newest(limit(request), e -> e.connector().equals(name));
    if (events.isEmpty()) ConnectorResource.found(worker, name);
    return Response.json(200, views(events));
  }

  private static int limit(Request request) {
    var given = request.queryFirst("limit");
    if (given.isEmpty()) return DEFAULT_EVENTS;
    try {
      return Math.max(0, Integer.parseInt(given));
    } catch (NumberFormatException e) {
      throw new HttpException(400, "limit must be a number, not \"%s\"".formatted(given), e);
    }
  }

  private static List<Map<String, Object>> views(List<Event> events) {
    return events.stream().map(ClusterResource::view).toList();
  }

  private static Map<String, Object> view(Event event) {
    var view = new LinkedHashMap<String, Object>();
    view.put("number", event.number());
    view.put("at", event.at().toString());
    view.put("connector", event.connector());
    view.put("subject", event.subject());
    view.put("event", event.what());
    if (!event.reason().isEmpty()) view.put("reason", event.reason());
    return view;
  }
}
