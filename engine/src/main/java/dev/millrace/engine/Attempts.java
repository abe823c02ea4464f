package dev.millrace.engine;

/**
 * How an operation on a record is attempted; the place where retries happen. An attempt that
 * succeeds costs nothing but {@link #begin}.
 */
public interface Attempts {
  /** Each operation is tried once. */
  Attempts ONCE =
      new Attempts() {
        @Override
        public long begin() {
          return 0;
        }

        @Override
        public void failed(Exception error, int attempt, long began) throws Exception {
          throw error;
        }
      };

  /** Before the first attempt of an operation; when that was, for {@link #failed}. */
  long begin();

  /**
   * An attempt has failed. Returns when the operation is to be tried again, which may take a while;
   * throws the error when it is not.
   *
   * @param attempt its number, from 1
   * @param began what {@link #begin} returned
   */
  void failed(Exception error, int attempt, long began) throws Exception;
}
