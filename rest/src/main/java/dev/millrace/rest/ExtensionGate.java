package dev.millrace.rest;

import com.fasterxml.jackson.jakarta.rs.json.JacksonJsonProvider;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.rest.ConnectRestExtension;
import org.glassfish.jersey.internal.MapPropertiesDelegate;
import org.glassfish.jersey.process.Inflector;
import org.glassfish.jersey.server.ApplicationHandler;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;
import org.glassfish.jersey.server.model.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The REST extensions of a worker around its own routes (compat: REST §14, decision 0056). Filters
 * and other providers see every request. Our routes answer the paths they have; resources of the
 * extensions answer the others. Loaded only when there are extensions. Thread-safe.
 */
final class ExtensionGate implements Function<Request, Response> {

  private static final Logger LOG = LoggerFactory.getLogger(ExtensionGate.class);
  private static final long TIMEOUT_SECONDS = 120;
  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  private final ApplicationHandler around;
  private final ApplicationHandler beside;
  private final Predicate<String> ours;
  private final ClassLoader loader;

  /**
   * Registers the extensions, which are configured.
   *
   * @param ours whether our routes have that raw path
   * @param routes answers what has passed the filters
   * @throws ConnectException when an extension cannot be registered; says which and why
   */
  ExtensionGate(
      List<ConnectRestExtension> extensions,
      ExtensionState state,
      Predicate<String> ours,
      Function<Request, Response> routes) {
    this.ours = ours;
    this.loader = new ExtensionLoader(extensions);
    var all = base();
    inLoader(
        () -> {
          extensions.forEach(extension -> register(extension, new ExtensionContext(all, state)));
          return "";
        });
    var filters = base();
    providers(all, filters);
    forwardingTo(filters, new Routed(routes));
    this.around = inLoader(() -> new ApplicationHandler(filters));
    this.beside = inLoader(() -> new ApplicationHandler(all));
  }

  private static ResourceConfig base() {
    return new ResourceConfig()
        .property(ServerProperties.WADL_FEATURE_DISABLE, true)
        .register(new JacksonJsonProvider())
        .register(new ExtensionErrors());
  }

  @SuppressWarnings("CatchingUnchecked") // others' code may throw anything, linkage errors too
  private static void register(ConnectRestExtension extension, ExtensionContext context) {
    try {
      extension.register(context);
      LOG.info("REST extension {} is registered", extension.getClass().getName());
    } catch (Throwable e) {
      throw new ConnectException(
          ("REST extension %s cannot be registered: %s. Correct its settings, or take it out of"
                  + " rest.extension.classes; its folder must not hold a copy of jakarta.ws.rs")
              .formatted(extension.getClass().getName(), e),
          e);
    }
  }

  /** Everything that is no resource. */
  private static void providers(ResourceConfig from, ResourceConfig to) {
    var known = from.getConfiguration();
    for (var type : from.getClasses()) {
      if (!isResource(type) && !to.isRegistered(type)) to.register(type, known.getContracts(type));
    }
    for (var instance : from.getInstances()) {
      var type = instance.getClass();
      if (!isResource(type) && !to.isRegistered(type)) {
        to.register(instance, known.getContracts(type));
      }
    }
    from.getProperties().forEach(to::property);
  }

  private static boolean isResource(Class<?> type) {
    return type.isAnnotationPresent(Path.class);
  }

  private static void forwardingTo(
      ResourceConfig config, Inflector<ContainerRequestContext, Object> target) {
    for (String path : List.of("/", "{path: .*}")) {
      var resource = Resource.builder(path);
      METHODS.forEach(method -> resource.addMethod(method).handledBy(target));
      config.registerResources(resource.build());
    }
  }

  /** A class of its own: Jersey reads from it what it is to be given. */
  static final class Routed implements Inflector<ContainerRequestContext, Object> {
    private final Function<Request, Response> routes;

    Routed(Function<Request, Response> routes) {
      this.routes = routes;
    }

    @Override
    public Object apply(ContainerRequestContext passed) {
      return answer(routes.apply(request(passed)));
    }
  }

  private static jakarta.ws.rs.core.Response answer(Response ours) {
    var answer = jakarta.ws.rs.core.Response.status(ours.status());
    ours.headers().forEach((name, all) -> all.forEach(value -> answer.header(name, value)));
    if (!ours.body().isEmpty()) answer.entity(ours.body());
    return answer.build();
  }

  private static Request request(ContainerRequestContext passed) {
    var headers = new HashMap<String, String>();
    passed
        .getHeaders()
        .forEach((name, all) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", all)));
    var uri = passed.getUriInfo().getRequestUri();
    var base = passed.getUriInfo().getBaseUri().toString();
    return new Request(
        passed.getMethod(),
        uri.getRawPath(),
        Map.of(),
        HttpBridge.query(uri.getRawQuery()),
        headers,
        base.substring(0, base.length() - 1),
        text(passed));
  }

  private static String text(ContainerRequestContext passed) {
    try {
      return new String(passed.getEntityStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Response apply(Request request) {
    var written = new ByteArrayOutputStream();
    var app = ours.test(request.path()) ? around : beside;
    try {
      var sent = containerRequest(request);
      var made = inLoader(() -> app.apply(sent, written)).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      return response(made, written);
    } catch (ExecutionException e) {
      LOG.error("{} {} failed in a REST extension", request.method(), request.path(), e.getCause());
      return Response.error(500, e.getCause().getMessage());
    } catch (TimeoutException e) {
      return Response.error(500, "Request timed out in a REST extension");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Response.error(500, "Request interrupted");
    }
  }

  private static ContainerRequest containerRequest(Request request) {
    var base = URI.create(request.base() + "/");
    var target = URI.create(request.base() + request.path() + queryOf(request));
    var sent =
        new ContainerRequest(
            base,
            target,
            request.method(),
            new ExtensionSecurity(base.getScheme()),
            new MapPropertiesDelegate(),
            null);
    request.headers().forEach(sent::header);
    sent.setEntityStream(new ByteArrayInputStream(request.body().getBytes(StandardCharsets.UTF_8)));
    return sent;
  }

  private static String queryOf(Request request) {
    var pairs = new ArrayList<String>();
    request
        .query()
        .forEach((name, values) -> values.forEach(value -> pairs.add(Onward.pair(name, value))));
    return pairs.isEmpty() ? "" : "?" + String.join("&", pairs);
  }

  private static Response response(ContainerResponse made, ByteArrayOutputStream written) {
    var headers = new HashMap<String, List<String>>();
    made.getStringHeaders()
        .forEach(
            (name, values) -> {
              if (!name.equalsIgnoreCase("Content-Length")) {
                headers.put(name, values.stream().filter(Objects::nonNull).toList());
              }
            });
    return new Response(made.getStatus(), headers, written.toString(StandardCharsets.UTF_8));
  }

  /** Others' code looks classes up by the context loader, as login modules are. */
  private <T> T inLoader(Supplier<T> what) {
    var thread = Thread.currentThread();
    var before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return what.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
