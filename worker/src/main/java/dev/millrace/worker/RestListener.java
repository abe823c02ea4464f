package dev.millrace.worker;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** The REST server of a worker, as the worker sees it. */
public interface RestListener extends AutoCloseable {

  /** The bound address, such as {@code http://127.0.0.1:8083/}. */
  URI uri();

  /** The address that others are told, such as {@code http://worker1:8083/}. */
  URI advertised();

  /** Where {@code /admin} is served on this machine; empty when nowhere. */
  Optional<URI> adminUri();

  /** Stops taking requests and ends those under way, within seconds. */
  @Override
  void close();

  /** Opens REST servers. */
  @FunctionalInterface
  interface Factory {

    /**
     * Binds and serves at once; what the worker cannot answer yet waits until it can.
     *
     * @param settings the worker's, of which it takes those of REST
     * @throws IllegalStateException when an address is taken or cannot be bound; says which
     * @throws org.apache.kafka.common.config.ConfigException when a setting is wrong
     */
    RestListener open(Map<String, String> settings, WorkerApi worker);
  }
}
