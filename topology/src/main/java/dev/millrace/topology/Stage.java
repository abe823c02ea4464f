package dev.millrace.topology;

import java.util.List;
import java.util.Map;

/** One stage C = (D, T, P, S) of a topology: reads, processes, writes, by its settings. */
public sealed interface Stage permits Source, Processor, Sink {

  /** Its name, unique in its topology. */
  String name();

  /** What kind of stage it is. */
  StageKind kind();

  /** The connector that runs it. */
  ConnectorRef connector();

  /** What it reads, in the order of the file; nothing for a source. */
  List<Input> inputs();

  /** The topics it writes; nothing for a sink. */
  List<String> topics();

  /** How many tasks it may run. */
  int parallelism();

  /**
   * Its connector configuration in the order of the file, friendly keys and {@code settings}
   * already resolved, without what the compiler adds.
   */
  Map<String, String> config();

  /** Where all this stands in the file. */
  Places places();
}
