package dev.millrace.topology;

/** The three kinds of stages. */
public enum StageKind {
  /** Brings data into topics. */
  SOURCE("source", "sources"),
  /** Reads topics, writes a topic. */
  PROCESSOR("processor", "processors"),
  /** Takes data out of topics. */
  SINK("sink", "sinks");

  private final String word;
  private final String section;

  StageKind(String word, String section) {
    this.word = word;
    this.section = section;
  }

  /** The kind in a sentence, in the singular. */
  public String word() {
    return word;
  }

  /** The key in the file under which its stages are. */
  public String section() {
    return section;
  }
}
