package dev.millrace.engine;

import java.util.Objects;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;

/**
 * The converters of a task, configured, each with its class loader.
 *
 * @param key converter of keys
 * @param value converter of values
 * @param header converter of headers
 */
public record RecordConverters(
    Loaded<Converter> key, Loaded<Converter> value, Loaded<HeaderConverter> header) {
  /** Checks that nothing is missing. */
  public RecordConverters {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(header, "header");
  }

  /**
   * A plugin object and its loader.
   *
   * @param <P> kind of plugin
   * @param plugin the object
   * @param loader its class loader, which is the context loader while it is called; null for {@link
   *     #withAnyLoader}
   * @param type the class that reports of errors name
   */
  public record Loaded<P extends AutoCloseable>(P plugin, ClassLoader loader, Class<?> type)
      implements AutoCloseable {
    /** Checks that nothing is missing. */
    public Loaded {
      Objects.requireNonNull(plugin, "plugin");
      Objects.requireNonNull(type, "type");
    }

    /** A plugin object that goes by its own class. */
    public Loaded(P plugin, ClassLoader loader) {
      this(plugin, Objects.requireNonNull(loader, "loader"), plugin.getClass());
    }

    /**
     * A plugin object that loads nothing by a context loader, so that none has to be set for each
     * record.
     */
    public static <P extends AutoCloseable> Loaded<P> withAnyLoader(P plugin, Class<?> type) {
      return new Loaded<>(plugin, null, type);
    }

    /** To be called before the object is, record by record; see {@link Loaders#use}. */
    void use() {
      if (loader != null) {
        Loaders.use(loader);
      }
    }

    @Override
    public void close() throws Exception {
      if (loader == null) {
        plugin.close();
      } else {
        Loaders.run(loader, plugin::close);
      }
    }
  }
}
