package dev.millrace.testkit.mutations;

import java.util.List;

/**
 * A rule that is taken out of a source file.
 *
 * @param rule what does not hold any more
 * @param file of the repository
 * @param edits in order
 * @param proof what has to notice it
 */
record Mutation(String rule, String file, List<Edit> edits, Proof proof) {

  /** A text, which the file has exactly once, and what stands there instead. */
  record Edit(String text, String replacement) {}

  /** What notices that a rule is missing. */
  enum Proof {
    SIMULATION(""),
    CONTROL_TEST("model/src/test/java/dev/millrace/model/control/ControlTest.java"),
    EXPECTATION_TEST("model/src/test/java/dev/millrace/model/control/ExpectationTest.java"),
    REPORTS_TEST("model/src/test/java/dev/millrace/model/control/ReportsTest.java"),
    LOG_TROUBLE_TEST("model/src/test/java/dev/millrace/model/control/LogTroubleTest.java"),
    FILE_CONFIG_LOG_TEST("kafka/src/test/java/dev/millrace/kafka/config/FileConfigLogTest.java");

    private final String test;

    Proof(String test) {
      this.test = test;
    }

    /** File of the test class; empty when there is none. */
    String test() {
      return test;
    }
  }

  static Mutation without(String rule, String file, String text, String replacement) {
    return new Mutation(rule, file, List.of(new Edit(text, replacement)), Proof.SIMULATION);
  }

  Mutation provedBy(Proof other) {
    return new Mutation(rule, file, edits, other);
  }

  Mutation and(String text, String replacement) {
    return new Mutation(rule, file, List.of(edits.getFirst(), new Edit(text, replacement)), proof);
  }

  /**
   * The source without the rule.
   *
   * @throws AssertionError when the source has changed, so that this mutation has to be written
   *     anew
   */
  String apply(String source) {
    String changed = source;
    for (var edit : edits) {
      int at = changed.indexOf(edit.text());
      if (at < 0 || changed.indexOf(edit.text(), at + 1) >= 0) {
        throw new AssertionError(
            "'%s': %s does not have this text exactly once; say anew how the rule is removed:%n%s"
                .formatted(rule, file, edit.text()));
      }
      changed = changed.replace(edit.text(), edit.replacement());
    }
    return changed;
  }

  /** Name of a source file's class. */
  static String className(String file) {
    String path = file.substring(file.indexOf("/java/") + "/java/".length());
    return path.substring(0, path.length() - ".java".length()).replace('/', '.');
  }

  @Override
  public String toString() {
    return rule;
  }
}
