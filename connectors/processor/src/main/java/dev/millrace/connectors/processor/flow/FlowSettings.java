package dev.millrace.connectors.processor.flow;

/**
 * What a topology needs beside the query. Immutable, but for the tally.
 *
 * @param inputTopic where the rows come from
 * @param outputTopic where the result goes
 * @param outputSchemas whether results are written in JsonConverter's envelope
 * @param skipFailedRows whether a row without result is left out instead of failing the task
 * @param tally counts what is left out
 */
public record FlowSettings(
    String inputTopic,
    String outputTopic,
    boolean outputSchemas,
    boolean skipFailedRows,
    Tally tally) {
  /** The configuration key behind {@link #skipFailedRows}. */
  public static final String ON_ROW_ERROR = "on.row.error";
}
