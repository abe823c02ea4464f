package dev.millrace.bench;

import dev.millrace.bench.plugin.Form;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.data.SchemaAndValue;

/** The topics of a scenario: a source's are fresh for each run, a sink's is filled once. */
final class Topics implements AutoCloseable {

  private static final Map<String, String> SETTINGS =
      Map.of("file.delete.delay.ms", "1000", "segment.bytes", "268435456");
  private static final String FILLED = "filled";

  private final Place place;
  private final Admin admin;
  private int number;

  Topics(Place place) {
    this.place = place;
    this.admin = Admin.create(client());
  }

  private Properties client() {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", place.bootstrapServers());
    properties.put("batch.size", "131072");
    return properties;
  }

  private String create(String name) throws IOException, InterruptedException {
    try {
      admin.createTopics(List.of(new NewTopic(name, 1, (short) 1).configs(SETTINGS))).all().get();
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
    return name;
  }

  /** The topic of the next run. */
  String take(Load load) throws IOException, InterruptedException {
    return load.scenario().source() ? create("records-" + number++) : FILLED;
  }

  /** A source's topic is not needed any more. */
  void release(Load load, String topic) throws IOException, InterruptedException {
    if (!load.scenario().source()) return;
    try {
      admin.deleteTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
  }

  /** Writes what sinks read. */
  @SuppressWarnings("FutureReturnValueIgnored") // flushed, and the sink checks offsets
  void fill(Load load) throws IOException, InterruptedException {
    if (load.scenario().source()) return;
    create(FILLED);
    byte[][] values = values(load.scenario());
    var bytes = new ByteArraySerializer();
    Properties oneAtATime = client(); // or a new topic may take the second batch before the first
    oneAtATime.put("max.in.flight.requests.per.connection", "1");
    try (Producer<byte[], byte[]> producer = new KafkaProducer<>(oneAtATime, bytes, bytes)) {
      for (long i = 0; i < load.stored(); i++) {
        producer.send(new ProducerRecord<>(FILLED, values[(int) (i % values.length)]));
      }
      producer.flush();
    }
  }

  private static byte[][] values(Scenario scenario) {
    byte[][] values = new byte[1000][];
    try (var json = new org.apache.kafka.connect.json.JsonConverter()) {
      json.configure(Map.of("schemas.enable", scenario.schemas()), false);
      for (int i = 0; i < values.length; i++) {
        SchemaAndValue value = scenario.form().value(i);
        values[i] =
            scenario.form() == Form.STRUCT || scenario.form() == Form.MAP
                ? json.fromConnectData(FILLED, value.schema(), value.value())
                : ((byte[]) Form.BYTES.value(i).value());
      }
    }
    return values;
  }

  @Override
  public void close() {
    admin.close();
  }
}
