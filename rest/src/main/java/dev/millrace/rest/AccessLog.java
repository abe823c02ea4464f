package dev.millrace.rest;

import static java.time.temporal.ChronoField.MONTH_OF_YEAR;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.NanoTime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line for each request, as Kafka Connect's, so that filters of logs fit (compat: REST §1), but
 * the path without the query: keys of tables do not belong into logs. Jetty's own class for that
 * compiles its format into method handles, which every start would pay for. Thread-safe.
 */
final class AccessLog implements RequestLog {

  private static final Logger LOG =
      LoggerFactory.getLogger("org.apache.kafka.connect.runtime.rest.RestServer");

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("dd/")
          .appendText(MONTH_OF_YEAR, months())
          .appendPattern("/yyyy:HH:mm:ss Z")
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static Map<Long, String> months() {
    Map<Long, String> names = new TreeMap<>();
    var all = List.of("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ", -1));
    all.forEach(name -> names.put(names.size() + 1L, name));
    return names;
  }

  @Override
  public void log(Request request, Response response) {
    if (!LOG.isInfoEnabled()) return;
    LOG.info(
        "{} - - [{}] \"{} {} {}\" {} {} \"{}\" \"{}\" {}",
        Request.getRemoteAddr(request),
        TIME.format(Instant.ofEpochMilli(Request.getTimeStamp(request))),
        request.getMethod(),
        request.getHttpURI().getPath(),
        request.getConnectionMetaData().getProtocol(),
        response.getStatus(),
        Response.getContentBytesWritten(response),
        header(request, HttpHeader.REFERER),
        header(request, HttpHeader.USER_AGENT),
        NanoTime.millisSince(request.getBeginNanoTime()));
  }

  private static String header(Request request, HttpHeader name) {
    return Optional.ofNullable(request.getHeaders().get(name)).orElse("");
  }
}
