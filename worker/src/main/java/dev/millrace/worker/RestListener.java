package dev.millrace.worker;

import java.net.URI;
import java.util.List;

/** The REST server of a worker, as the worker sees it. */
public interface RestListener extends AutoCloseable {

  /** The bound address, such as {@code http://127.0.0.1:8083/}. */
  URI uri();

  /** Stops taking requests and ends those under way, within seconds. */
  @Override
  void close();

  /** Opens REST servers. */
  @FunctionalInterface
  interface Factory {

    /**
     * Binds and serves at once; what the worker cannot answer yet is answered 503.
     *
     * @param listeners addresses as in {@code listeners}, port 0 for a free one
     * @throws IllegalStateException when an address is taken or cannot be bound; says which
     */
    RestListener open(List<String> listeners, WorkerApi worker);
  }
}
