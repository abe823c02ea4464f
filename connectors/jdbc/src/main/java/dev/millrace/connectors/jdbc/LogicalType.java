package dev.millrace.connectors.jdbc;

import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;

/** From Connect's schemas, logical ones included, to kinds of column. Stateless. */
final class LogicalType {
  private LogicalType() {}

  static ColumnType of(Schema schema) {
    String name = schema.name() == null ? "" : schema.name();
    return switch (name) {
      case Decimal.LOGICAL_NAME -> ColumnType.DECIMAL;
      case Date.LOGICAL_NAME -> ColumnType.DATE;
      case Time.LOGICAL_NAME -> ColumnType.TIME;
      case Timestamp.LOGICAL_NAME -> ColumnType.TIMESTAMP;
      default -> ofType(schema.type());
    };
  }

  private static ColumnType ofType(Schema.Type type) {
    return switch (type) {
      case BOOLEAN -> ColumnType.BOOLEAN;
      case INT8 -> ColumnType.INT8;
      case INT16 -> ColumnType.INT16;
      case INT32 -> ColumnType.INT32;
      case INT64 -> ColumnType.INT64;
      case FLOAT32 -> ColumnType.FLOAT32;
      case FLOAT64 -> ColumnType.FLOAT64;
      case STRING -> ColumnType.TEXT;
      case BYTES -> ColumnType.BYTES;
      case ARRAY, MAP, STRUCT ->
          throw new DataException(
              "A field of type "
                  + type
                  + " has no column type. Flatten it first, for example with the transform"
                  + " org.apache.kafka.connect.transforms.Flatten$Value.");
    };
  }

  static int scale(Schema schema) {
    return Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD));
  }
}
