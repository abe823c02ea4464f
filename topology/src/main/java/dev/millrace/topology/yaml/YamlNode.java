package dev.millrace.topology.yaml;

/** A value of a YAML file. Immutable. */
public sealed interface YamlNode permits YamlScalar, YamlList, YamlMap {

  /** Where the value starts in the file. */
  Position position();
}
