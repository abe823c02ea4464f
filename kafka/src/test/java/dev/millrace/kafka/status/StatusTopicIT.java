package dev.millrace.kafka.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.ClientSettings;
import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.kafka.TopicSpec;
import dev.millrace.kafka.TopicTail;
import dev.millrace.kafka.status.StatusRecord.State;
import dev.millrace.model.Command;
import dev.millrace.model.Rejection;
import dev.millrace.model.TasksRefusal;
import dev.millrace.model.WorkId;
import dev.millrace.model.control.Event;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The status topic against a real Kafka. */
final class StatusTopicIT {
  private static final Rejection WHY = new Rejection(Rejection.Code.INVALID, "no", "else");

  private static StatusTopic topic(EmbeddedKafka kafka, BlockingQueue<Event> events) {
    var clients =
        new ClientSettings(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "group.id", "g"), "");
    var settings =
        new TopicTail.Settings(
            new TopicSpec("statuses", 5, (short) 1, Map.of("max.message.bytes", "20000")),
            clients.statusConsumer(),
            clients.statusAdmin(),
            topics -> {});
    var topic = new StatusTopic(settings, clients.statusProducer(), InstantSource.system());
    topic.start(events::add, error -> {});
    return topic;
  }

  private static void awaitEnd(StatusTopic topic) throws Exception {
    var done = new CompletableFuture<Void>();
    topic.whenAtEnd(() -> done.complete(null));
    done.get(2, TimeUnit.MINUTES);
  }

  private static String incompressible() {
    return new Random(1)
        .ints(100_000, 'A', 'Z')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Takes events until this one has come. */
  private static void awaitEvent(BlockingQueue<Event> events, Event wanted) throws Exception {
    Event last = events.poll(2, TimeUnit.MINUTES);
    while (last != null && !wanted.equals(last)) last = events.poll(2, TimeUnit.MINUTES);
    assertThat(last).isNotNull();
  }

  @Test
  void oneWorkerReadsWhatAnotherHasWritten(@TempDir Path dir) throws Exception {
    var held = new TreeSet<>(List.of(WorkId.instance("c"), new WorkId("c", 0)));
    var status = new StatusRecord(State.RUNNING, Optional.empty(), "w", 3, Optional.of("1.0"), "");
    try (var kafka = EmbeddedKafka.builder().dataDir(dir).start()) {
      var events = new LinkedBlockingQueue<Event>();
      try (var one = topic(kafka, new LinkedBlockingQueue<>());
          var two = topic(kafka, events)) {
        one.put(WorkId.instance("c"), status, Set.of(), false);
        one.put(new WorkId("c", 0), status, Set.of(), false);
        one.putTopic("c", "t", 0, 1);
        one.report("m", new TreeSet<>(), 1);
        one.report("m", held, 5);
        awaitEvent(events, new Event.Reported("m", held, 5));
        var refusal = TasksRefusal.of(new Command.PublishTasks("c", 1, List.of()), WHY);
        awaitEnd(two); // what was said before this worker came would be over
        one.refuse(refusal);
        awaitEvent(events, new Event.TasksRefused(refusal));
        two.submit(new Command.PublishTasks("c", 2, List.of(Map.of("k", incompressible()))));
        var dropped = (Event.TasksRefused) events.poll(2, TimeUnit.MINUTES);
        assertThat(dropped.refusal().asOf()).isEqualTo(2);
        assertThat(dropped.refusal().why().message()).contains("the status topic 'statuses' takes");
      }
      try (var later = topic(kafka, new LinkedBlockingQueue<>())) {
        awaitEnd(later);
        assertThat(later.of(WorkId.instance("c"))).contains(status);
        assertThat(later.tasksOf("c")).isEqualTo(Map.of(0, status));
        assertThat(later.topicsOf("c")).containsExactly("t");
        assertThat(later.reporters()).containsExactly("m");
        later.removeTopics("c");
        later.remove(WorkId.instance("c"));
        later.remove(new WorkId("c", 0));
      }
      try (var last = topic(kafka, new LinkedBlockingQueue<>())) {
        awaitEnd(last);
        assertThat(last.of(new WorkId("c", 0))).isEmpty();
        assertThat(last.topicsOf("c")).isEmpty();
      }
    }
  }
}
