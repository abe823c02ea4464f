package dev.millrace.worker.validation;

import dev.millrace.plugins.PluginException;
import dev.millrace.plugins.PluginKind;
import dev.millrace.worker.validation.PluginKeys.Recommendation;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/**
 * Keys of the transformations and predicates that a configuration names (compat: connector config
 * §4). For one configuration; not thread-safe.
 */
final class ChainKeys {

  private static final String PREDICATE = "predicate";
  private static final String NEGATE = "negate";

  private final Surroundings plugins;
  private final Map<String, String> config;
  private final Set<String> unmade = new HashSet<>(); // prefixes of plugins that cannot be made
  private boolean defined; // Kafka checks defaults, too, while keys are being defined

  ChainKeys(Surroundings plugins, Map<String, String> config) {
    this.plugins = plugins;
    this.config = config;
  }

  /** Adds the keys of every alias. */
  void addTo(ConfigDef keys) {
    var transforms = aliases(config, FrameworkKeys.TRANSFORMS);
    if (!standsForNone(transforms)) {
      transforms.forEach(alias -> add(keys, Chain.TRANSFORMS, alias));
    }
    aliases(config, FrameworkKeys.PREDICATES).forEach(alias -> add(keys, Chain.PREDICATES, alias));
    defined = true;
  }

  private static Set<String> aliases(Map<String, String> config, String key) {
    var aliases = new LinkedHashSet<String>();
    FrameworkKeys.list(config, key).forEach(alias -> aliases.add((String) alias));
    return aliases;
  }

  /** A single {@code none} without a type means none, as some configurations in the field say. */
  private boolean standsForNone(Set<String> transforms) {
    return List.copyOf(transforms).equals(List.of("none"))
        && !config.containsKey("transforms.none.type");
  }

  private enum Chain {
    TRANSFORMS("transforms.", "Transforms: ", "Transformation", PluginKind.TRANSFORMATION),
    PREDICATES("predicates.", "Predicates: ", "Predicate", PluginKind.PREDICATE);

    private final String prefix;
    private final String group;
    private final String word;
    private final PluginKind kind;

    Chain(String prefix, String group, String word, PluginKind kind) {
      this.prefix = prefix;
      this.group = group;
      this.word = word;
      this.kind = kind;
    }
  }

  private void add(ConfigDef keys, Chain chain, String alias) {
    String prefix = chain.prefix + alias + ".";
    String type = prefix + "type";
    String version = prefix + "plugin.version";
    var given = plugins.named(config, type);
    FrameworkKeys.define(
        keys,
        type,
        FrameworkKeys.of(
            ConfigDef.Type.CLASS,
            ConfigDef.NO_DEFAULT_VALUE,
            (name, value) -> checkType(chain, prefix, value)),
        Importance.HIGH,
        FrameworkKeys.at(chain.group + alias, 0, Width.LONG, chain.word + " type for " + alias),
        "Class of the plugin with this alias.",
        new Recommendation(parsed -> plugins.classes(chain.kind), parsed -> true));
    FrameworkKeys.define(
        keys,
        version,
        FrameworkKeys.of(
            ConfigDef.Type.STRING,
            given.flatMap(c -> plugins.usualVersion(chain.kind, c.getName())).orElse(null),
            (name, value) -> checkVersion(chain, type, config.get(version))),
        Importance.HIGH,
        FrameworkKeys.at(chain.group + alias, 1, Width.LONG, chain.word + " version for " + alias),
        "Version of that plugin, or a range; without it the one beside the connector, else the"
            + " latest.",
        new Recommendation(
            parsed -> given.map(c -> plugins.versions(chain.kind, c.getName())).orElse(List.of()),
            parsed -> true));
    keys.embed(prefix, chain.group + alias, 2, own(chain, prefix, given));
  }

  private void checkType(Chain chain, String prefix, Object value) {
    if (!(value instanceof Class<?> given)) return;
    ClassRule.check(chain.kind.type(), given);
    PluginKeys.requireVersion(plugins, chain.kind, given, config.get(prefix + "plugin.version"));
    if (unmade.contains(prefix)) {
      throw new ConfigException(
          prefix + "type",
          given.getName(),
          "Error getting config definition from %s: %s".formatted(chain.word, given.getName()));
    }
    if (chain == Chain.TRANSFORMS
        && config.containsKey(prefix + NEGATE)
        && !config.containsKey(prefix + PREDICATE)) {
      throw new ConfigException(
          ("Config '%snegate' was provided but there is no config '%<spredicate' defining a"
                  + " predicate to be negated.")
              .formatted(prefix));
    }
  }

  private void checkVersion(Chain chain, String type, String version) {
    if (!defined || version == null) return;
    plugins
        .catalog()
        .malformed(version)
        .ifPresent(
            text -> {
              throw new ConfigException(text);
            });
    plugins
        .named(config, type)
        .filter(chain.kind.type()::isAssignableFrom)
        .ifPresent(given -> PluginKeys.requireVersion(plugins, chain.kind, given, version));
  }

  /** The plugin's own keys; none when it cannot be had: its type then says why. */
  private ConfigDef own(Chain chain, String prefix, Optional<Class<?>> given) {
    Class<?> plugin;
    try {
      if (given.isEmpty()) return new ConfigDef();
      ClassRule.check(chain.kind.type(), given.get());
      plugin = plugins.required(chain.kind, given.get(), config.get(prefix + "plugin.version"));
    } catch (ConfigException | PluginException e) {
      return new ConfigDef();
    }
    ConfigDef keys;
    try {
      keys = definition(chain, plugin);
    } catch (ConfigException e) {
      unmade.add(prefix);
      return new ConfigDef();
    }
    if (keys == null) {
      throw new ConnectException(
          given.get().getName() + ".config() must return a ConfigDef that is not null.");
    }
    return chain == Chain.TRANSFORMS ? withPredicate(keys) : keys;
  }

  private ConfigDef definition(Chain chain, Class<?> plugin) {
    return switch (chain) {
      case TRANSFORMS -> plugins.instance(plugin, Transformation.class).config();
      case PREDICATES -> plugins.instance(plugin, Predicate.class).config();
    };
  }

  /** The framework's two keys mask those that the plugin may define by the same name. */
  private static ConfigDef withPredicate(ConfigDef own) {
    var keys = new ConfigDef();
    own.configKeys().values().stream()
        .filter(key -> !key.name.equals(PREDICATE) && !key.name.equals(NEGATE))
        .forEach(keys::define);
    return keys.define(
            PREDICATE,
            ConfigDef.Type.STRING,
            null,
            Importance.MEDIUM,
            "Alias of the predicate that decides.")
        .define(
            NEGATE,
            ConfigDef.Type.BOOLEAN,
            false,
            Importance.MEDIUM,
            "Whether its answer is turned over.");
  }
}
