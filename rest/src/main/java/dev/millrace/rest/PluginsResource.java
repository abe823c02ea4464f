package dev.millrace.rest;

import dev.millrace.worker.WorkerApi;
import dev.millrace.worker.listing.PluginListing.Plugin;
import dev.millrace.worker.listing.PluginListingException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The plugins that are installed (compat: REST §10). */
final class PluginsResource {

  private static final String PATH = "/connector-plugins";
  private static final String NO_VERSION = "undefined"; // as plugins report it

  private final WorkerApi worker;

  PluginsResource(WorkerApi worker) {
    this.worker = worker;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, "The plugins; connectorsOnly=false for all kinds", this::list)
            .asking("connectorsOnly"),
        Route.of("GET", PATH + "/{plugin}/config", "The plugin's settings", this::settings)
            .asking("version"));
  }

  private Response list(Request request) {
    boolean all = request.hasQuery("connectorsOnly") && !request.queryFlag("connectorsOnly");
    var plugins = worker.pluginListing().list(!all);
    return Response.json(200, plugins.stream().map(PluginsResource::view).toList());
  }

  private static Map<String, Object> view(Plugin plugin) {
    var view = new LinkedHashMap<String, Object>();
    view.put("class", plugin.className());
    view.put("type", plugin.type());
    if (!plugin.version().equals(NO_VERSION)) view.put("version", plugin.version());
    return view;
  }

  private Response settings(Request request) {
    try {
      var keys =
          worker.pluginListing().settings(request.param("plugin"), request.queryFirst("version"));
      return Response.json(
          200, keys.stream().map(key -> ValidationViews.definition(key.name, key)).toList());
    } catch (PluginListingException e) {
      int status =
          switch (e.kind()) {
            case NOT_FOUND -> 404;
            case BAD_REQUEST -> 400;
            case FAILED -> 500;
          };
      throw new HttpException(status, e.getMessage(), e);
    }
  }
}
