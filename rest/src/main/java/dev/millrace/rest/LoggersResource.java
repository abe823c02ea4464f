package dev.millrace.rest;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.millrace.model.Command;
import dev.millrace.worker.WorkerApi;
import dev.millrace.worker.logging.LogLevels.LogLevel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Levels of loggers (compat: REST §11). */
final class LoggersResource {

  private static final Logger LOG = LoggerFactory.getLogger(LoggersResource.class);
  private static final TypeReference<Map<String, String>> BODY = new TypeReference<>() {};
  private static final String PATH = "/admin/loggers";

  private final WorkerApi worker;
  private final Submitter submitter;

  LoggersResource(WorkerApi worker) {
    this.worker = worker;
    this.submitter = new Submitter(worker);
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, "All loggers and their levels", this::list),
        Route.of("GET", PATH + "/{logger}", "Level of a logger", this::level),
        Route.of("PUT", PATH + "/{logger}", "Sets it and those below; scope=cluster", this::set)
            .asking("scope")
            .takingObject());
  }

  private Response list(Request request) {
    var all = new LinkedHashMap<String, Object>();
    worker.logLevels().all().forEach((name, level) -> all.put(name, view(level)));
    return Response.json(200, all);
  }

  private static Map<String, Object> view(LogLevel level) {
    var view = new LinkedHashMap<String, Object>();
    view.put("level", level.level());
    view.put("last_modified", level.lastModified() == 0 ? null : level.lastModified());
    return view;
  }

  private Response level(Request request) {
    var logger = request.param("logger");
    return worker
        .logLevels()
        .of(logger)
        .map(level -> Response.json(200, view(level)))
        .orElseThrow(() -> new HttpException(404, "Logger " + logger + " not found."));
  }

  private Response set(Request request) {
    var level = Json.read(request, BODY).get("level");
    if (level == null) {
      throw new HttpException(400, "Desired 'level' parameter was not specified in request.");
    }
    if (level.isBlank()) throw new HttpException(500, "Illegal null or empty Level name.");
    if (!worker.logLevels().isLevel(level)) {
      throw new HttpException(404, "invalid log level '" + level + "'.");
    }
    var logger = request.param("logger");
    if (!inCluster(request)) return Response.json(200, worker.logLevels().set(logger, level));
    submitter.submit(new Command.SetLevel(logger, level));
    return Response.empty(204);
  }

  private static boolean inCluster(Request request) {
    var scope = request.queryFirst("scope");
    if (scope.equalsIgnoreCase("cluster")) return true;
    if (!scope.isEmpty() && !scope.equalsIgnoreCase("worker")) {
      LOG.warn("Unknown scope \"{}\" of a logger's level; taken as worker", scope);
    }
    return false;
  }
}
