package dev.millrace.reference;

import static dev.millrace.reference.ValidationCase.absent;
import static dev.millrace.reference.ValidationCase.source;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Right and wrong plugins in configurations, and their own keys. */
final class PluginKeyCases {

  private static final Map<String, String> NOTHING = Map.of();
  private static final Map<String, String> SOURCE = ValidationCase.SOURCE;
  private static final Map<String, String> SINK = ValidationCase.SINK;

  private PluginKeyCases() {}

  static Stream<ValidationCase> all() {
    return Stream.of(converters(), broken(), chains(), chains2(), own(), others())
        .flatMap(Function.identity());
  }

  private static Stream<ValidationCase> converters() {
    return Stream.of(
        source("key.converter", "NoSuch"),
        source("key.converter", ""),
        source("key.converter", "java.lang.String"),
        source("key.converter", "org.apache.kafka.connect.storage.Converter"),
        source("key.converter", "JsonConverter"),
        source("key.converter", "Json"),
        source("key.converter", "ByteArrayConverter"),
        source("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter"),
        source("key.converter", " JsonConverter "),
        source("key.converter", "UndefinedConverter"),
        source("key.converter", "StrictConverter"),
        source("key.converter", null),
        source("key.converter", "StrictHeaderConverter"),
        source("key.converter", "dev.millrace.reference.plugins.Broken$SilentConverter"),
        source("value.converter", "StrictConverter", "value.converter.field", "x"),
        source("value.converter", "StrictConverter", "value.converter.size", "0"),
        source("header.converter", "NoSuch"),
        source("header.converter", "StrictConverter"),
        source("header.converter", "StrictHeaderConverter"),
        source("header.converter", "SimpleHeaderConverter"),
        source("header.converter", "ByteArrayConverter"),
        source(
            "key.converter",
            "JsonConverter",
            "key.converter.schemas.enable",
            "maybe",
            "key.converter.schemas.cache.size",
            "x"),
        source(
            "key.converter",
            "StrictConverter",
            "key.converter.field",
            "x",
            "key.converter.plugin.version",
            "9"),
        source(
            "key.converter",
            "StrictConverter",
            "key.converter.field",
            "x",
            "key.converter.plugin.version",
            "[9,9]"),
        source(
            "key.converter",
            "StrictConverter",
            "key.converter.field",
            "x",
            "key.converter.plugin.version",
            "[1.0"),
        source(
            "key.converter",
            "StrictConverter",
            "key.converter.field",
            "x",
            "key.converter.plugin.version",
            "1.0"),
        source(
            "key.converter",
            "StrictConverter",
            "key.converter.field",
            "x",
            "key.converter.plugin.version",
            ""),
        source(
            "key.converter",
            "StrictConverter",
            "key.converter.field",
            "x",
            "key.converter.plugin.version",
            "latest"),
        source("key.converter.plugin.version", "1.0"),
        source("key.converter.plugin.version", "[1.0"),
        source("key.converter.plugin.version", null),
        source("key.converter.plugin.version", "9"),
        source("key.converter", "JsonConverter", "key.converter.plugin.version", "9"));
  }

  /** Names plugins that cannot be made. */
  static Stream<ValidationCase> broken() {
    String of = "dev.millrace.reference.plugins.Broken$";
    var converters =
        Stream.of("Throwing", "Wanting")
            .map(name -> source("value.converter", of + name + "Converter"));
    return Stream.concat(
        converters,
        Stream.of(
            source("header.converter", of + "ThrowingHeaderConverter"),
            source("transforms", "a", "transforms.a.type", of + "ThrowingTransform"),
            source("predicates", "p", "predicates.p.type", of + "ThrowingPredicate")));
  }

  /** The same, but Kafka Connect says it in other words, or gives up. */
  static Stream<ValidationCase> brokenElsewhere() {
    return Stream.of("Uninitialised", "Closed")
        .map(
            name ->
                source(
                    "value.converter",
                    "dev.millrace.reference.plugins.Broken$" + name + "Converter"));
  }

  private static Stream<ValidationCase> chains() {
    return Stream.of(
        source(
            "transforms",
            "a",
            "transforms.a.type",
            "dev.millrace.reference.plugins.Broken$SilentTransform"),
        source("transforms", "a"),
        source("transforms", "a,a"),
        source("transforms", "a,"),
        source("transforms", ""),
        source("transforms", null),
        source("transforms", " "),
        source("transforms", ","),
        source(
            "transforms", "a", "transforms.a.type", "StrictTransform", "transforms.a.field", "f"),
        source("transforms", "a", "transforms.a.type", "NoSuch", "transforms.a.field", "f"),
        source("transforms", "a", "transforms.a.type", "", "transforms.a.field", "f"),
        source(
            "transforms", "a", "transforms.a.type", "java.lang.String", "transforms.a.field", "f"),
        source(
            "transforms",
            "a",
            "transforms.a.type",
            "UndefinedTransform",
            "transforms.a.field",
            "f"),
        source(
            "transforms", "a", "transforms.a.type", "StrictPredicate", "transforms.a.field", "f"),
        source("transforms", "a", "transforms.a.type", null, "transforms.a.field", "f"),
        source(
            "transforms",
            "a",
            "transforms.a.type",
            "org.apache.kafka.connect.transforms.ReplaceField$Value",
            "transforms.a.field",
            "f"),
        source("transforms", "a", "transforms.a.type", "ReplaceField", "transforms.a.field", "f"),
        source(
            "transforms", "a", "transforms.a.type", "MaskedTransform", "transforms.a.field", "f"),
        source(
            "transforms",
            "a",
            "transforms.a.type",
            "StrictTransform",
            "transforms.a.field",
            "f",
            "transforms.a.size",
            "0"),
        source("transforms", "a", "transforms.a.type", "StrictTransform"),
        source(
            "transforms",
            "a",
            "transforms.a.type",
            "StrictTransform",
            "transforms.a.field",
            "f",
            "transforms.a.negate",
            "true"),
        source(
            "transforms",
            "a",
            "transforms.a.type",
            "StrictTransform",
            "transforms.a.field",
            "f",
            "transforms.a.negate",
            "maybe",
            "transforms.a.predicate",
            "p"),
        source(
            "transforms",
            "a",
            "transforms.a.type",
            "StrictTransform",
            "transforms.a.field",
            "f",
            "transforms.a.negate",
            "true",
            "transforms.a.predicate",
            "p"),
        source(
            "transforms",
            "a",
            "transforms.a.type",
            "StrictTransform",
            "transforms.a.field",
            "f",
            "transforms.a.predicate",
            ""),
        source(
            "transforms",
            "a",
            "transforms.a.type",
            "StrictTransform",
            "transforms.a.field",
            "f",
            "transforms.a.plugin.version",
            "9"),
        source(
            "transforms",
            "a",
            "transforms.a.type",
            "StrictTransform",
            "transforms.a.field",
            "f",
            "transforms.a.plugin.version",
            "[1.0"),
        source(
            "transforms",
            "a",
            "transforms.a.type",
            "StrictTransform",
            "transforms.a.field",
            "f",
            "transforms.a.plugin.version",
            "1.0"),
        source(
            "predicates", "p", "predicates.p.type", "StrictPredicate", "predicates.p.field", "f"),
        source("predicates", "p", "predicates.p.type", "NoSuch", "predicates.p.field", "f"),
        source(
            "predicates", "p", "predicates.p.type", "StrictTransform", "predicates.p.field", "f"),
        source("predicates", "p", "predicates.p.type", "", "predicates.p.field", "f"),
        source("predicates", "p,p"),
        source("predicates", "p"));
  }

  private static Stream<ValidationCase> chains2() {
    return Stream.of(
        source(
            "predicates",
            "p",
            "predicates.p.type",
            "StrictPredicate",
            "predicates.p.field",
            "f",
            "predicates.p.size",
            "-1"),
        source(
            "predicates",
            "p",
            "predicates.p.type",
            "StrictPredicate",
            "predicates.p.field",
            "f",
            "predicates.p.plugin.version",
            "9"),
        source(
            "transforms",
            "a",
            "transforms.a.type",
            "org.apache.kafka.connect.transforms.ReplaceField"),
        source(
            "transforms",
            "a",
            "transforms.a.type",
            "org.apache.kafka.connect.transforms.Transformation"),
        source("transforms", "a", "transforms.a.type", "InsertHeader"),
        source(
            "transforms",
            "a",
            "transforms.a.type",
            "InsertHeader",
            "transforms.a.plugin.version",
            "9"),
        source(
            "transforms",
            "a",
            "transforms.a.type",
            "InsertHeader",
            "transforms.a.plugin.version",
            null),
        source(
            "transforms",
            "t,m",
            "transforms.t.type",
            "StrictTransform",
            "transforms.t.field",
            "f",
            "transforms.m.type",
            "MaskedTransform",
            "transforms.m.field",
            "g",
            "transforms.m.predicate",
            "p",
            "predicates",
            "p",
            "predicates.p.type",
            "StrictPredicate",
            "predicates.p.field",
            "q",
            "value.converter",
            "StrictConverter",
            "value.converter.field",
            "z",
            "header.converter",
            "StrictHeaderConverter",
            "producer.override.acks",
            "1",
            "producer.override.nosuch",
            "7",
            "producer.override.sasl.jaas.config",
            "secret",
            "secret",
            "geheim",
            "key.converter",
            "org.apache.kafka.connect.json.JsonConverter"));
  }

  private static Stream<ValidationCase> own() {
    return Stream.of(
        source("place", null),
        source("answer", "null"),
        source("answer", "throw"),
        source("answer", "more"),
        source("answer", "fewer"),
        source("answer", "framework"),
        source("limit", "10"),
        source("limit", "x"),
        source("list", ""),
        source("ratio", "x"),
        source("short", "70000"),
        source("long", "x"),
        source("flag", "x"),
        source("kind.class", "java.lang.String"),
        source("kind.class", "StrictConverter"),
        source("mode", "x"),
        source("mode", "fast"),
        source("speed", "x"),
        source("secret", ""),
        source("place", absent()),
        source("foo.bar", "1"),
        source("limit", "${nosuch:a:b}"));
  }

  private static Stream<ValidationCase> others() {
    return Stream.of(
        ValidationCase.of("CheckedSource", NOTHING, "name", "x"),
        ValidationCase.of("CheckedSource", NOTHING),
        ValidationCase.of("CheckedSource", SINK),
        ValidationCase.of("Source", SOURCE),
        ValidationCase.of("ourceConnector", SOURCE),
        ValidationCase.of("dev.millrace.reference.plugins.CheckedSource", SOURCE),
        ValidationCase.of(
            "UndefinedSource", NOTHING, "connector.class", "UndefinedSource", "name", "x"),
        ValidationCase.of(
            "RedefiningSink",
            NOTHING,
            "connector.class",
            "RedefiningSink",
            "name",
            "x",
            "field",
            "f"),
        ValidationCase.of(
            "RedefiningSink",
            NOTHING,
            "connector.class",
            "RedefiningSink",
            "name",
            "x",
            "field",
            "f",
            "topics",
            "q"),
        ValidationCase.of(
            "RedefiningSink",
            NOTHING,
            "connector.class",
            "RedefiningSink",
            "name",
            "x",
            "field",
            "f",
            "topics.regex",
            "q"),
        ValidationCase.of(
            "FileStreamSource",
            NOTHING,
            "connector.class",
            "FileStreamSource",
            "name",
            "x",
            "topic",
            "t"),
        ValidationCase.of(
            "FileStreamSource", NOTHING, "connector.class", "FileStreamSource", "name", "x"),
        ValidationCase.of("StrictTransform", SOURCE));
  }
}
