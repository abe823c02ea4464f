package dev.millrace.connectors.jdbc;

import dev.millrace.connectors.jdbc.SinkSettings.KeyMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A record as cells of a row: those of the primary key first. Immutable.
 *
 * @param keys cells of the primary key
 * @param others all other cells; none when the row is deleted
 * @param delete whether the row is to go
 */
record SinkRow(List<Cell> keys, List<Cell> others, boolean delete) {

  /**
   * One value for one column.
   *
   * @param schema its schema; empty for a value of a record without schema
   */
  record Cell(String column, Optional<Schema> schema, Optional<Object> value) {
    static Cell of(String column, Schema schema, Object value) {
      return new Cell(column, Optional.ofNullable(schema), Optional.ofNullable(value));
    }
  }

  /** All cells, keys first. */
  List<Cell> cells() {
    List<Cell> all = new ArrayList<>(keys);
    all.addAll(others);
    return all;
  }

  /**
   * Reads a record.
   *
   * @throws DataException when the record has not what the settings ask for
   */
  static SinkRow of(SinkRecord record, SinkSettings settings) {
    boolean delete = record.value() == null;
    if (delete && !settings.deletes()) {
      throw refused(record, "has no value. Set delete.enabled=true to delete its row.");
    }
    List<Cell> keys = keys(record, settings);
    Set<String> taken = new HashSet<>(keys.stream().map(Cell::column).toList());
    List<Cell> others =
        delete
            ? List.of()
            : cells(record, record.valueSchema(), record.value(), "value").stream()
                .filter(cell -> !taken.contains(cell.column()))
                .filter(cell -> wanted(cell, settings))
                .toList();
    Stream.concat(keys.stream(), others.stream()).forEach(cell -> requireSingle(record, cell));
    if (keys.isEmpty() && others.isEmpty()) {
      throw refused(record, "has no field to write.");
    }
    return new SinkRow(keys, others, delete);
  }

  private static void requireSingle(SinkRecord record, Cell cell) {
    Object value = cell.value().orElse(null);
    if (value instanceof Struct || value instanceof Map || value instanceof List) {
      throw refused(
          record,
          "has in \""
              + cell.column()
              + "\" a struct, map or array, which no column takes. Leave it out with"
              + " fields.whitelist, or flatten it with a transform such as Flatten.");
    }
  }

  private static boolean wanted(Cell cell, SinkSettings settings) {
    return settings.fields().isEmpty() || settings.fields().contains(cell.column());
  }

  private static List<Cell> keys(SinkRecord record, SinkSettings settings) {
    List<String> names = settings.key().fields();
    return switch (settings.key().mode()) {
      case NONE -> List.of();
      case KAFKA ->
          List.of(
              Cell.of(names.get(0), Schema.STRING_SCHEMA, record.topic()),
              Cell.of(names.get(1), Schema.INT32_SCHEMA, record.kafkaPartition()),
              Cell.of(names.get(2), Schema.INT64_SCHEMA, record.kafkaOffset()));
      case RECORD_KEY -> recordKey(record, names);
      case RECORD_VALUE ->
          chosen(record, cells(record, record.valueSchema(), record.value(), "value"), names);
    };
  }

  private static List<Cell> recordKey(SinkRecord record, List<String> names) {
    if (record.key() == null) {
      throw refused(record, "has no key, but pk.mode is " + KeyMode.RECORD_KEY + ".");
    }
    if (record.key() instanceof Struct || record.key() instanceof Map) {
      List<Cell> cells = cells(record, record.keySchema(), record.key(), "key");
      return names.isEmpty() ? cells : chosen(record, cells, names);
    }
    if (names.size() != 1) {
      throw refused(record, "has a key that is no struct. Name its one column in pk.fields.");
    }
    return List.of(Cell.of(names.getFirst(), record.keySchema(), record.key()));
  }

  private static List<Cell> chosen(SinkRecord record, List<Cell> cells, List<String> names) {
    return names.stream()
        .map(
            name ->
                cells.stream()
                    .filter(cell -> cell.column().equals(name))
                    .findFirst()
                    .orElseThrow(
                        () -> refused(record, "has no field \"" + name + "\" (pk.fields).")))
        .toList();
  }

  private static List<Cell> cells(SinkRecord record, Schema schema, Object value, String part) {
    return switch (value) {
      case Struct struct ->
          struct.schema().fields().stream().map(field -> cell(struct, field)).toList();
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(e -> Cell.of(String.valueOf(e.getKey()), null, e.getValue()))
              .toList();
      case null -> throw refused(record, "has no " + part + ".");
      default ->
          throw refused(
              record,
              "has a "
                  + part
                  + " that is neither a struct nor a map but "
                  + (schema == null ? value.getClass().getSimpleName() : schema.type())
                  + ". Use a converter with schemas, or a transform such as HoistField.");
    };
  }

  private static Cell cell(Struct struct, Field field) {
    return Cell.of(field.name(), field.schema(), struct.get(field));
  }

  private static DataException refused(SinkRecord record, String what) {
    return new DataException(
        "The record at "
            + record.topic()
            + "-"
            + record.kafkaPartition()
            + "@"
            + record.kafkaOffset()
            + " "
            + what);
  }
}
