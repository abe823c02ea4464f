package dev.millrace.topology;

import dev.millrace.topology.yaml.Position;
import dev.millrace.topology.yaml.YamlNode;

/**
 * A configuration value and where it came from.
 *
 * @param text the value
 * @param key where its key is
 * @param value where it is
 */
record Given(String text, Position key, YamlNode value) {

  Given withText(String other) {
    return new Given(other, key, value);
  }
}
