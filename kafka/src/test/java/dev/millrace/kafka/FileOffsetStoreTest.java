package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.RetriableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant 1 for standalone workers: what is confirmed is in the file, in Kafka Connect's form.
 */
@SuppressWarnings("ArrayAsKeyOfSetOrMap") // the form of the file
final class FileOffsetStoreTest {

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("connect.offsets");
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(2, TimeUnit.MINUTES);
  }

  /** As Kafka Connect writes it. */
  private void reference(Map<String, String> entries) throws IOException {
    var map = new HashMap<byte[], byte[]>();
    entries.forEach(
        (k, v) ->
            map.put(
                k.getBytes(StandardCharsets.UTF_8),
                v == null ? null : v.getBytes(StandardCharsets.UTF_8)));
    object(map);
  }

  private void object(Object content) throws IOException {
    try (var out = new ObjectOutputStream(Files.newOutputStream(file()))) {
      out.writeObject(content);
    }
  }

  /** As Kafka Connect reads it. */
  @SuppressWarnings("BanSerializableRead") // this test's own file
  private Map<String, String> stored() throws Exception {
    try (var in = new ObjectInputStream(Files.newInputStream(file()))) {
      var found = new HashMap<String, String>();
      ((Map<?, ?>) in.readObject())
          .forEach(
              (k, v) ->
                  found.put(
                      new String((byte[]) k, StandardCharsets.UTF_8),
                      new String((byte[]) v, StandardCharsets.UTF_8)));
      return found;
    }
  }

  @Test
  void offsetsOfKafkaConnectAreReadAndWrittenBack() throws Exception {
    var before = new HashMap<String, String>();
    before.put("[\"a\",{\"file\":\"x\"}]", "{\"position\":7}");
    before.put("[\"b\",{\"file\":\"y\"}]", null);
    before.put("no key of ours", "kept");
    reference(before);
    try (var store = new FileOffsetStore(file())) {
      Map<String, Object> x = Map.of("file", "x");
      assertThat(get(store.read("a", List.of(x)))).isEqualTo(Map.of(x, Map.of("position", 7L)));
      assertThat(get(store.partitions("b"))).isEmpty();
      get(store.write("a", Map.of(x, Map.of("position", 8))));
    }
    assertThat(stored())
        .isEqualTo(
            Map.of("[\"a\",{\"file\":\"x\"}]", "{\"position\":8}", "no key of ours", "kept"));
  }

  @Test
  void aPartitionKeepsItsBytesWhateverTheOrderOfItsFields() throws Exception {
    reference(Map.of("[\"a\",{\"two\":2,\"one\":1}]", "{\"p\":1}"));
    var partition = new LinkedHashMap<String, Object>();
    partition.put("one", 1L);
    partition.put("two", 2L);
    try (var store = new FileOffsetStore(file())) {
      assertThat(get(store.read("a", List.of(partition)))).hasSize(1);
      get(store.write("a", Map.of(partition, Map.of("p", 2))));
      assertThat(stored()).isEqualTo(Map.of("[\"a\",{\"two\":2,\"one\":1}]", "{\"p\":2}"));
      get(store.reset("a"));
      assertThat(stored()).isEmpty();
    }
  }

  @Test
  void aMissingOrEmptyFileMeansNoOffsets() throws Exception {
    try (var store = new FileOffsetStore(file())) {
      assertThat(get(store.partitions("a"))).isEmpty();
    }
    Files.createFile(file());
    try (var store = new FileOffsetStore(file())) {
      assertThat(get(store.partitions("a"))).isEmpty();
    }
  }

  @Test
  void anythingButAMapOfBytesIsRefused() throws IOException {
    var contents =
        List.of(
            new HashMap<>(Map.of("a", "b")),
            new ArrayList<>(List.of(1)),
            new LinkedHashMap<>(Map.of(new byte[1], new byte[1])),
            new HashMap<>(Map.of(new byte[1], new HashMap<>())),
            new java.io.File("x"));
    for (Object content : contents) {
      object(content);
      assertThatThrownBy(() -> new FileOffsetStore(file()))
          .isInstanceOf(OffsetFileException.class)
          .hasMessageContaining(file().toString());
    }
  }

  @Test
  void aDamagedFileGivesAClearErrorWhateverItsBytes() throws IOException {
    reference(Map.of("[\"a\",{}]", "{\"p\":1}", "[\"b\",{}]", "{\"p\":2}"));
    byte[] whole = Files.readAllBytes(file());
    var random = new Random(1);
    for (int round = 0; round < 2_000; round++) {
      byte[] damaged = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
      for (int i = random.nextInt(3); i >= 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      Files.write(file(), damaged);
      try (var store = new FileOffsetStore(file())) {
        assertThat(store.topic()).isNotEmpty(); // the damage changed nothing that matters
      } catch (OffsetFileException e) {
        assertThat(e).hasMessageContaining(file().toString());
      }
    }
  }

  @Test
  void whatCannotBeWrittenChangesNothingAndIsWrittenLater() throws Exception {
    reference(Map.of("[\"a\",{}]", "{\"p\":1}"));
    try (var store = new FileOffsetStore(file())) {
      Path blocked = Files.createDirectory(folder.resolve("connect.offsets.new"));
      assertThatThrownBy(() -> get(store.write("a", Map.of(Map.of(), Map.of("p", 2)))))
          .hasRootCauseInstanceOf(IOException.class)
          .hasMessageContaining("could not be written");
      assertThat(stored()).isEqualTo(Map.of("[\"a\",{}]", "{\"p\":1}"));
      Files.deleteIfExists(blocked);
      get(store.write("a", Map.of(Map.of(), Map.of("p", 3))));
      assertThat(stored()).isEqualTo(Map.of("[\"a\",{}]", "{\"p\":3}"));
    }
  }

  /** More tasks than that may begin while the disk is slow: they try again, and do not fail. */
  @Test
  void whatFindsNoRoomMayBeTriedAgain() throws Exception {
    var disk = new CountDownLatch(1);
    var slow = new HashMap<String, Object>();
    try (var store = new FileOffsetStore(file())) {
      var first = store.read("c", List.of(waitingFor(disk)));
      var asked =
          IntStream.range(0, 1_500)
              .mapToObj(n -> store.read("c", List.of(slow)).toCompletableFuture())
              .toList();
      var refused = asked.stream().filter(CompletableFuture::isCompletedExceptionally).toList();
      assertThat(refused).isNotEmpty();
      assertThat(refused)
          .extracting(CompletableFuture::exceptionNow)
          .allSatisfy(why -> assertThat(why).hasCauseInstanceOf(RetriableException.class));
      disk.countDown();
      assertThat(get(first)).isEmpty();
    }
  }

  private static Map<String, Object> waitingFor(CountDownLatch latch) {
    return new AbstractMap<>() {
      @Override
      public Set<Map.Entry<String, Object>> entrySet() {
        try {
          assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
          throw new AssertionError("nobody interrupts the store", e);
        }
        return Set.of();
      }
    };
  }
}
