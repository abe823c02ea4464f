package dev.millrace.reference.plugins;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Width;

/** Definitions that the plugins share. */
final class Keys {

  private Keys() {}

  /** Keys of every type, with and without group, default, constraint and recommendation. */
  static ConfigDef all() {
    return new ConfigDef()
        .define("place", ConfigDef.Type.STRING, Importance.HIGH, "Where from")
        .define(
            "limit",
            ConfigDef.Type.INT,
            7,
            ConfigDef.Range.between(1, 9),
            Importance.LOW,
            "How many")
        .define("secret", ConfigDef.Type.PASSWORD, null, Importance.MEDIUM, "What nobody sees")
        .define("list", ConfigDef.Type.LIST, List.of("a", "b"), Importance.LOW, "Several")
        .define("ratio", ConfigDef.Type.DOUBLE, 0.5, Importance.LOW, "A part")
        .define("short", ConfigDef.Type.SHORT, null, Importance.LOW, "A small number")
        .define("long", ConfigDef.Type.LONG, 3_000_000_000L, Importance.LOW, "A large number")
        .define("flag", ConfigDef.Type.BOOLEAN, false, Importance.LOW, "Yes or no")
        .define("kind.class", ConfigDef.Type.CLASS, null, Importance.LOW, "A class")
        .define(
            "mode",
            ConfigDef.Type.STRING,
            "slow",
            ConfigDef.ValidString.in("slow", "fast"),
            Importance.MEDIUM,
            "How",
            "Own",
            1,
            Width.SHORT,
            "Mode",
            List.of("speed"),
            new Modes())
        .define(
            "speed",
            ConfigDef.Type.INT,
            1,
            Importance.LOW,
            "How fast",
            "Own",
            2,
            Width.LONG,
            "Speed",
            new Speeds());
  }

  /** One key that is required, and one with a constraint. */
  static ConfigDef few() {
    return new ConfigDef()
        .define("field", ConfigDef.Type.STRING, Importance.HIGH, "Which")
        .define(
            "size", ConfigDef.Type.INT, 1, ConfigDef.Range.atLeast(1), Importance.LOW, "How large");
  }

  private static final class Modes implements ConfigDef.Recommender {
    @Override
    public List<Object> validValues(String name, Map<String, Object> parsed) {
      return List.of("slow", "fast");
    }

    @Override
    public boolean visible(String name, Map<String, Object> parsed) {
      return true;
    }
  }

  private static final class Speeds implements ConfigDef.Recommender {
    @Override
    public List<Object> validValues(String name, Map<String, Object> parsed) {
      return List.of(1, 2, 3);
    }

    @Override
    public boolean visible(String name, Map<String, Object> parsed) {
      return "fast".equals(parsed.get("mode"));
    }
  }
}
