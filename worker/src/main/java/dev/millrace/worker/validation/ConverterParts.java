package dev.millrace.worker.validation;

import dev.millrace.plugins.PluginKind;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the converters that a connector names say of their own keys (compat: connector config §5,
 * §8). Immutable.
 */
record ConverterParts(Surroundings plugins, Map<String, String> config, Values values) {

  private static final Logger LOG = LoggerFactory.getLogger(ConverterParts.class);

  /** The parts in the order of the result: header, key, value. */
  List<Part> all(Progress progress) {
    var parts = new ArrayList<Part>();
    for (String what : List.of("header", "key", "value")) {
      progress.is("instantiating the connector's %s converter for validation".formatted(what));
      part(what).ifPresent(parts::add);
    }
    return parts;
  }

  private Optional<Part> part(String what) {
    String key = what + ".converter";
    String name = config.get(key);
    if (name == null || values.isWrong(key) || values.isWrong(key + ".plugin.version")) {
      return Optional.empty();
    }
    var kind = what.equals("header") ? PluginKind.HEADER_CONVERTER : PluginKind.CONVERTER;
    var found = name.equals(name.strip()) ? plugins.find(name) : Optional.<Class<?>>empty();
    if (found.isEmpty()) {
      values.error(key, name, "Failed to load class %s: %1$s".formatted(name));
      return Optional.empty();
    }
    return checked(what, plugins.required(kind, found.get(), config.get(key + ".plugin.version")));
  }

  private Optional<Part> checked(String what, Class<?> type) {
    String key = what + ".converter";
    try (var converter = (Closeable) plugins.instance(type, Object.class)) {
      var definition = definition(converter);
      if (definition.isEmpty()) {
        LOG.warn("{}.config() has returned null, so its keys are not checked", type.getName());
        return Optional.empty();
      }
      return Optional.of(
          Part.ofPrefix(
              key + ".", definition.get().configKeys(), definition.get().validate(own(what))));
    } catch (RuntimeException | IOException e) {
      values.error(
          key,
          type,
          "Failed to load ConfigDef from %s converter: %s".formatted(what, e.getMessage()));
      return Optional.empty();
    }
  }

  private static Optional<ConfigDef> definition(Object converter) {
    return Optional.ofNullable(
        switch (converter) {
          case Converter plain -> plain.config();
          case HeaderConverter header -> header.config();
          default -> throw new IllegalArgumentException("no converter: " + converter.getClass());
        });
  }

  private Map<String, String> own(String what) {
    String prefix = what + ".converter.";
    var own = new HashMap<String, String>();
    config.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) own.put(key.substring(prefix.length()), value);
        });
    own.putIfAbsent("converter.type", what);
    return own;
  }
}
