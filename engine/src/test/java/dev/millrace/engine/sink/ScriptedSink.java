package dev.millrace.engine.sink;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** Writes down what it is asked, and does what a test tells it to. */
final class ScriptedSink extends SinkTask {
  final List<String> calls = new CopyOnWriteArrayList<>();
  final List<String> values = new CopyOnWriteArrayList<>();
  final List<SinkRecord> records = new CopyOnWriteArrayList<>();
  Runnable onStart = () -> {};
  Consumer<List<SinkRecord>> onPut = batch -> {};
  UnaryOperator<Map<TopicPartition, OffsetAndMetadata>> onPreCommit = offsets -> offsets;
  Consumer<Collection<TopicPartition>> onOpen = partitions -> {};
  Consumer<Collection<TopicPartition>> onClose = partitions -> {};

  SinkTaskContext context() {
    return context;
  }

  /** The calls except put and preCommit. */
  List<String> life() {
    return calls.stream()
        .filter(call -> !call.startsWith("put") && !call.startsWith("preCommit"))
        .toList();
  }

  private static String sorted(Collection<TopicPartition> partitions) {
    return partitions.stream().map(TopicPartition::toString).sorted().toList().toString();
  }

  @Override
  public void initialize(SinkTaskContext given) {
    super.initialize(given);
    calls.add("initialize");
  }

  @Override
  public void start(Map<String, String> config) {
    calls.add("start");
    onStart.run();
  }

  @Override
  public void open(Collection<TopicPartition> partitions) {
    calls.add("open " + sorted(partitions));
    onOpen.accept(partitions);
  }

  @Override
  public void put(Collection<SinkRecord> batch) {
    calls.add("put " + batch.size());
    onPut.accept(new ArrayList<>(batch));
    records.addAll(batch);
    batch.forEach(record -> values.add(String.valueOf(record.value())));
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> preCommit(
      Map<TopicPartition, OffsetAndMetadata> offsets) {
    calls.add("preCommit " + sorted(offsets.keySet()));
    return onPreCommit.apply(offsets);
  }

  @Override
  public void close(Collection<TopicPartition> partitions) {
    calls.add("close " + sorted(partitions));
    onClose.accept(partitions);
  }

  @Override
  public void stop() {
    calls.add("stop");
  }

  @Override
  public String version() {
    return "1";
  }
}
