package dev.millrace.bench.plugin;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/**
 * The record of all measurements in its forms: three integers, a double, a boolean and five
 * strings. As JSON it has 225 bytes, with its schema 831.
 */
public enum Form {
  /** A struct; JSON with schema. */
  STRUCT {
    @Override
    public SchemaAndValue value(int number) {
      Struct struct = new Struct(SCHEMA);
      fields(number).forEach(struct::put);
      return new SchemaAndValue(SCHEMA, struct);
    }
  },
  /** A map; JSON without schema. */
  MAP {
    @Override
    public SchemaAndValue value(int number) {
      return new SchemaAndValue(null, fields(number));
    }
  },
  /** A string as long as the JSON. */
  STRING {
    @Override
    public SchemaAndValue value(int number) {
      return new SchemaAndValue(Schema.STRING_SCHEMA, text(number));
    }
  },
  /** As many bytes. */
  BYTES {
    @Override
    public SchemaAndValue value(int number) {
      return new SchemaAndValue(Schema.BYTES_SCHEMA, text(number).getBytes(StandardCharsets.UTF_8));
    }
  };

  /** Bytes of the record as JSON. */
  public static final int PLAIN_LENGTH = 225;

  /** Bytes of the record as JSON with its schema. */
  public static final int SCHEMA_LENGTH = 831;

  private static final Schema SCHEMA =
      SchemaBuilder.struct()
          .name("Account")
          .field("id", Schema.INT64_SCHEMA)
          .field("orders", Schema.INT32_SCHEMA)
          .field("postcode", Schema.INT32_SCHEMA)
          .field("balance", Schema.FLOAT64_SCHEMA)
          .field("active", Schema.BOOLEAN_SCHEMA)
          .field("first_name", Schema.STRING_SCHEMA)
          .field("last_name", Schema.STRING_SCHEMA)
          .field("street", Schema.STRING_SCHEMA)
          .field("city", Schema.STRING_SCHEMA)
          .field("remark", Schema.STRING_SCHEMA)
          .build();

  /** The value of a number from 0 to 999. */
  public abstract SchemaAndValue value(int number);

  private static Map<String, Object> fields(int number) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", 1_000_000_000L + number);
    fields.put("orders", 100 + number % 900);
    fields.put("postcode", 10_000 + number);
    fields.put("balance", 1000.25 + number);
    fields.put("active", false);
    fields.put("first_name", "Johanna");
    fields.put("last_name", "Doe-%03d".formatted(number % 1000));
    fields.put("street", "Mill Race Road 12");
    fields.put("city", "Watermouth");
    fields.put("remark", "Pays on the first day of each month, OK");
    return fields;
  }

  private static String text(int number) {
    return ("%06d".formatted(number) + " ").repeat(PLAIN_LENGTH / 7 + 1).substring(0, PLAIN_LENGTH);
  }
}
