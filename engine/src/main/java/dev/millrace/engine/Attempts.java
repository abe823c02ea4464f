package dev.millrace.engine;

import java.util.concurrent.Callable;

/** How an operation on a record is attempted; the place where retries happen. */
@FunctionalInterface
public interface Attempts {
  /** Each operation is tried once. */
  Attempts ONCE =
      new Attempts() {
        @Override
        public <T> T call(Callable<T> operation) throws Exception {
          return operation.call();
        }
      };

  /** Runs the operation, again as long as the policy says so; throws its last exception. */
  <T> T call(Callable<T> operation) throws Exception;
}
