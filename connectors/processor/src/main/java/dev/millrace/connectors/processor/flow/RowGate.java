package dev.millrace.connectors.processor.flow;

import dev.millrace.connectors.processor.row.InputRow;
import dev.millrace.connectors.processor.row.RowReader;
import dev.millrace.connectors.processor.sql.EvaluationException;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * The way from a record to what the query makes of it: records that are no rows are left out and
 * counted; a row without result fails the task or is left out. Owned by one Streams task.
 */
final class RowGate {
  private final RowReader reader = new RowReader();
  private final ProcessingContext context;
  private final FlowSettings settings;

  RowGate(ProcessingContext context, FlowSettings settings) {
    this.context = context;
    this.settings = settings;
  }

  /** The result for a record's value; empty when it is left out. */
  <T> Optional<T> pass(byte[] value, Function<InputRow, Optional<T>> query) {
    return switch (reader.read(value)) {
      case RowReader.Row read -> guarded(() -> query.apply(read.row()));
      case RowReader.Skip skip -> {
        if (skip.poison()) {
          settings.tally().poison(place(), skip.reason());
        } else {
          settings.tally().skip(place(), skip.reason());
        }
        yield Optional.empty();
      }
    };
  }

  /** Runs a part of the query; what has no result fails the task or is left out. */
  <T> Optional<T> guarded(java.util.function.Supplier<Optional<T>> part) {
    try {
      return part.get();
    } catch (EvaluationException | IllegalArgumentException | ArithmeticException e) {
      if (!settings.skipFailedRows()) {
        throw new RowFailureException(
            "The query has no result for the row at %s: %s. Mend the row or the query, or set %s=skip"
                .formatted(place(), e.getMessage(), FlowSettings.ON_ROW_ERROR),
            e);
      }
      settings.tally().failed(place(), e.getMessage());
      return Optional.empty();
    }
  }

  private String place() {
    Optional<RecordMetadata> place = context.recordMetadata();
    return place
        .map(at -> at.topic() + "-" + at.partition() + "@" + at.offset())
        .orElse("an unknown place");
  }
}
