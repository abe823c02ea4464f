package dev.millrace.connectors.processor;

/** The version of this connector: the jar's, or {@code dev} when it runs from classes. */
final class Version {
  static final String TEXT = text();

  private Version() {}

  private static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
