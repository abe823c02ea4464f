package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ConnectJsonTest {

  private static List<String> golden(String name) throws Exception {
    try (var in = ConnectJsonTest.class.getResourceAsStream("/golden/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static Map<String, Object> map(Object... keysAndValues) {
    Map<String, Object> result = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      result.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return result;
  }

  @DisplayName("§14.1 Keys have the bytes that Kafka Connect writes")
  @Test
  void keysAreTheReferencesBytes() throws Exception {
    List<Map<String, Object>> partitions =
        Arrays.asList(
            map("filename", "/data/in.txt"),
            map("b", "1", "a", "2"),
            null,
            map(
                "int",
                1,
                "long",
                Long.MAX_VALUE,
                "d1",
                1.0,
                "d2",
                1.5f,
                "d3",
                1e21,
                "d4",
                -0.0,
                "d5",
                1e-7,
                "bytes",
                new byte[] {1, 2},
                "none",
                null,
                "yes",
                true,
                "text",
                "/<>&é\u0001\"\\"));
    List<String> names = List.of("src", "src2", "src", "src");
    List<String> golden = golden("offset-keys.txt");
    for (int i = 0; i < golden.size(); i++) {
      byte[] key = ConnectJson.encodeKey(names.get(i), partitions.get(i));
      assertThat(text(key)).isEqualTo(golden.get(i));
    }
  }

  @DisplayName("§14.1 Values have the bytes that Kafka Connect writes")
  @Test
  void valuesAreTheReferencesBytes() throws Exception {
    assertThat(text(ConnectJson.encodeValue(Map.of("position", 12))))
        .isEqualTo(golden("offset-values.txt").get(0));
    assertThat(ConnectJson.encodeValue(null)).isNull();
  }

  @DisplayName("§14.3 Reading widens numbers")
  @Test
  void readingWidensNumbersAndToleratesLeadingZeros() {
    byte[] json = "{\"i\":007,\"f\":1.5,\"n\":null}".getBytes(StandardCharsets.UTF_8);
    assertThat(ConnectJson.decodeValue(json)).isEqualTo(map("i", 7L, "f", 1.5, "n", null));
  }

  @Test
  void onlyPrimitivesCanBeStored() {
    assertThatThrownBy(() -> ConnectJson.encodeValue(Map.of("x", List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'x'");
    @SuppressWarnings({"unchecked", "rawtypes"}) // what a careless connector may hand over
    Map<String, Object> wrong = (Map) Map.of(1, "x");
    assertThatThrownBy(() -> ConnectJson.encodeKey("c", wrong))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @DisplayName("§14.4 Keys of another form are ignored")
  @Test
  void foreignKeysAreNotKeys() {
    for (String json : List.of("{}", "[]", "[1,{}]", "[\"a\"]", "[\"a\",1]", "nonsense", "")) {
      assertThat(ConnectJson.decodeKey(json.getBytes(StandardCharsets.UTF_8))).as(json).isEmpty();
    }
  }

  @Property
  void whatWasWrittenIsRead(
      @ForAll String connector, @ForAll("maps") Map<String, Object> partition) {
    byte[] key = ConnectJson.encodeKey(connector, partition);
    Map<String, Object> read =
        ConnectJson.decodeKey(key).flatMap(ConnectJson.OffsetKey::partition).orElseThrow();
    assertThat(ConnectJson.decodeKey(key).map(ConnectJson.OffsetKey::connector))
        .isEqualTo(Optional.of(connector));
    assertThat(List.copyOf(read.keySet())).isEqualTo(List.copyOf(partition.keySet()));
    // what was read is written as the same bytes again: maps survive listing and reset
    assertThat(ByteBuffer.wrap(ConnectJson.encodeKey(connector, read)))
        .isEqualTo(ByteBuffer.wrap(key));
  }

  @Provide
  Arbitrary<Map<String, Object>> maps() {
    Arbitrary<Object> values =
        Arbitraries.oneOf(
            Arbitraries.strings().ascii().map(s -> s),
            Arbitraries.integers().map(i -> i),
            Arbitraries.longs().map(l -> l),
            Arbitraries.doubles().map(d -> d),
            Arbitraries.of(true, false).map(b -> b),
            Arbitraries.bytes().array(byte[].class).map(b -> b));
    return Arbitraries.maps(Arbitraries.strings().alpha().ofMinLength(1), values)
        .ofMaxSize(5)
        .map(LinkedHashMap::new);
  }
}
