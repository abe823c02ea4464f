package dev.millrace.reference;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Sends requests as they are written, also those that a well-behaved client refuses to send. */
final class RawHttp {

  private static final int TIMEOUT_MS = Integer.getInteger("conformance.timeout.ms", 100_000);

  private RawHttp() {}

  /** Sends one request on a connection of its own. */
  static Answer send(URI server, Exchange exchange) {
    try (var socket = new Socket(server.getHost(), server.getPort())) {
      socket.setSoTimeout(TIMEOUT_MS);
      write(socket, bytes(server, exchange));
      return read(socket.getInputStream(), exchange.method().equals("HEAD"));
    } catch (SocketTimeoutException e) {
      return new Answer(0, Map.of(), "no answer in time");
    } catch (IOException e) {
      throw new UncheckedIOException(exchange.title(), e);
    }
  }

  /** A server may answer and close before it has read a body that is too large. */
  private static void write(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      // what it has answered is read next
    }
  }

  private static byte[] bytes(URI server, Exchange exchange) throws IOException {
    byte[] body = exchange.body().getBytes(StandardCharsets.UTF_8);
    var head = new StringBuilder(exchange.method() + " " + exchange.path() + " HTTP/1.1\r\n");
    var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    headers.put("Host", server.getAuthority());
    headers.put("Connection", "close");
    if (body.length > 0) headers.put("Content-Length", Integer.toString(body.length));
    headers.putAll(exchange.headers());
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    var out = new ByteArrayOutputStream();
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
    out.write(body);
    return out.toByteArray();
  }

  private static Answer read(InputStream in, boolean noBody) throws IOException {
    var lines = new ArrayList<String>();
    for (var line = line(in); !line.isEmpty(); line = line(in)) lines.add(line);
    if (lines.isEmpty())
      throw new IOException("the server closed the connection without an answer");
    var headers = new TreeMap<String, List<String>>();
    for (var line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      headers
          .computeIfAbsent(
              line.substring(0, colon).toLowerCase(Locale.ROOT), n -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    int status = Integer.parseInt(lines.getFirst().split(" ", 3)[1]);
    return new Answer(status, Map.copyOf(headers), noBody ? "" : body(in, headers));
  }

  private static String body(InputStream in, Map<String, List<String>> headers) throws IOException {
    boolean chunked = headers.getOrDefault("transfer-encoding", List.of()).contains("chunked");
    var length = headers.get("content-length");
    byte[] bytes =
        chunked
            ? chunks(in)
            : length == null
                ? in.readAllBytes()
                : in.readNBytes(Integer.parseInt(length.getFirst()));
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] chunks(InputStream in) throws IOException {
    var body = new ByteArrayOutputStream();
    int size = Integer.parseInt(line(in), 16);
    while (size > 0) {
      body.write(in.readNBytes(size));
      line(in);
      size = Integer.parseInt(line(in), 16);
    }
    return body.toByteArray();
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    int b = in.read();
    while (b >= 0 && b != '\n') {
      if (b != '\r') line.write(b);
      b = in.read();
    }
    return line.toString(StandardCharsets.UTF_8);
  }
}
