package dev.millrace.engine;

import dev.millrace.model.errors.DeadLetterSettings;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * The dead letter of a record of a source: the bytes that Kafka did not take, or, when they were
 * never made, the record as it was polled, as text and JSON. Making it never fails. Immutable.
 */
final class SourceLetter {
  private static final String OWN = "__millrace.errors.";
  private static final int CUT_VALUE = 16 * 1024;
  private static final int CUT_KEY = 1024;
  private static final int CUT_HEADER = 4 * 1024;

  private final DeadLetterSettings settings;
  private final UnaryOperator<String> hidden;

  /** Letters whose account of the error goes through {@code hidden}. */
  SourceLetter(DeadLetterSettings settings, UnaryOperator<String> hidden) {
    this.settings = settings;
    this.hidden = hidden;
  }

  /** How much of the record the letter holds. */
  enum Size {
    /** All of it. */
    WHOLE,
    /** The beginnings of key and value, and no headers of its own. */
    CUT,
    /** Nothing but where it came from. */
    BARE
  }

  /** The record's content, as bytes. */
  @SuppressWarnings("ArrayRecordComponent") // carried between methods, never compared
  private record Content(
      String form, byte[] key, byte[] value, Headers headers, Long timestamp, String topic) {}

  /** The letter, in one of its sizes. */
  ProducerRecord<byte[], byte[]> of(ErrorReport report, SourceRecord polled, Size size) {
    Content content = content(report, polled);
    Headers headers = new RecordHeaders();
    if (size == Size.WHOLE) {
      content.headers().forEach(headers::add);
    }
    if (settings.contextHeaders()) {
      addContext(headers, content, report, polled, size);
    }
    if (size != Size.WHOLE) {
      headers.add(OWN + "cut", utf8(lengths(content)));
    }
    return new ProducerRecord<>(
        settings.topic(),
        null,
        content.timestamp(),
        reduced(content.key(), size, CUT_KEY),
        reduced(content.value(), size, CUT_VALUE),
        headers);
  }

  private static Content content(ErrorReport report, SourceRecord polled) {
    return switch (report.origin()) {
      case ErrorReport.Unwritten unwritten -> {
        ProducerRecord<byte[], byte[]> made = unwritten.made();
        yield new Content(
            "kafka", made.key(), made.value(), made.headers(), made.timestamp(), made.topic());
      }
      case ErrorReport.Polled unmade -> unconverted(polled);
      case ErrorReport.Consumed consumed ->
          throw new IllegalArgumentException("A source consumes no records");
    };
  }

  private static Content unconverted(SourceRecord polled) {
    Headers headers = new RecordHeaders();
    polled.headers().forEach(each -> headers.add(each.key(), JsonText.bytes(each.value())));
    Long timestamp = polled.timestamp();
    boolean usable = timestamp != null && timestamp >= 0;
    return new Content(
        "json",
        JsonText.bytes(polled.key()),
        JsonText.bytes(polled.value()),
        headers,
        usable && timestamp != ConsumerRecord.NO_TIMESTAMP ? timestamp : null,
        polled.topic());
  }

  private void addContext(
      Headers headers, Content content, ErrorReport report, SourceRecord polled, Size size) {
    Headers context = new RecordHeaders();
    ErrorHeaders.add(
        context,
        new ErrorHeaders.Place(content.topic(), polled.kafkaPartition(), null),
        report,
        hidden);
    context.add(OWN + "source.partition", utf8(JsonText.of(polled.sourcePartition())));
    context.add(OWN + "source.offset", utf8(JsonText.of(polled.sourceOffset())));
    context.add(OWN + "form", utf8(content.form()));
    for (Header each : context) {
      boolean whole = size == Size.WHOLE;
      byte[] value = whole ? each.value() : beginning(each.value(), limit(size));
      headers.add(each.key(), value);
    }
  }

  /** A bare letter has room for the names of things, not for a stack trace. */
  private static int limit(Size size) {
    return size == Size.BARE ? 100 : CUT_HEADER;
  }

  private static String lengths(Content content) {
    return "key of %d bytes, value of %d bytes"
        .formatted(length(content.key()), length(content.value()));
  }

  private static int length(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static byte[] reduced(byte[] bytes, Size size, int cut) {
    return switch (size) {
      case WHOLE -> bytes;
      case CUT -> beginning(bytes, cut);
      case BARE -> null;
    };
  }

  private static byte[] beginning(byte[] bytes, int most) {
    return bytes == null || bytes.length <= most ? bytes : Arrays.copyOf(bytes, most);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
