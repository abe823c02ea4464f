package dev.millrace.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * JSON bodies. Binding is strict about unknown fields and lenient about scalars: numbers and
 * booleans become texts (compat: REST §1). Thread-safe.
 */
final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a body.
   *
   * @throws HttpException 500, which is what the reference answers, when there is none or it cannot
   *     be read
   */
  static <T> T read(Request request, TypeReference<T> type) {
    if (request.body().isBlank()) throw missing(request);
    try {
      T value = MAPPER.readValue(request.body().getBytes(StandardCharsets.UTF_8), type);
      if (value == null) throw missing(request);
      return value;
    } catch (IOException e) {
      throw new HttpException(500, e.getMessage(), e);
    }
  }

  /** The same where an absent body and {@code null} are bound to nothing. */
  static <T> Optional<T> readNullable(Request request, TypeReference<T> type) {
    return request.body().isBlank() ? Optional.empty() : Optional.of(read(request, type));
  }

  private static HttpException missing(Request request) {
    return new HttpException(
        500,
        "%s %s needs a JSON object as its body, but got none"
            .formatted(request.method(), request.path()));
  }
}
