package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Placeholders, what they stand for, and where that must not be seen (compat: semantics §10). */
class SecretsTest {

  private final AtomicInteger asked = new AtomicInteger();
  private Map<String, String> vault = Map.of("user", "ann", "password", "swordfish!");

  private final class Vault implements ConfigProvider {
    @Override
    public ConfigData get(String path) {
      return get(path, vault.keySet());
    }

    @Override
    public ConfigData get(String path, Set<String> keys) {
      asked.incrementAndGet();
      if (path.equals("closed")) throw new ConfigException("the vault is closed");
      var data = new HashMap<>(vault);
      data.keySet().retainAll(keys);
      return path.equals("short") ? new ConfigData(data, 5_000L) : new ConfigData(data);
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}
  }

  private final ConfigResolver resolver = new ConfigResolver(Map.of("vault", new Vault()));

  @Test
  @DisplayName(
      "§10.1 placeholders with and without a path, several in a value, none within another")
  void resolves() {
    var raw =
        Map.of(
            "url", "jdbc:x?u=${vault:db:user}&p=${vault:db:password}",
            "short", "${vault:user}",
            "nested", "${vault:db:${vault:db:user}}",
            "plain", "a $ {b} ${c}");
    assertThat(resolver.resolve(raw))
        .containsEntry("url", "jdbc:x?u=ann&p=swordfish!")
        .containsEntry("short", "ann")
        .containsEntry("plain", "a $ {b} ${c}")
        .containsKey("nested")
        .hasSize(4);
    assertThat(resolver.resolve(raw).get("nested")).contains("${vault:db");
  }

  @Test
  @DisplayName("§10.2 unknown providers and missing keys leave the text as it is")
  void leavesUnknown() {
    var raw = Map.of("a", "${nosuch:x:y}", "b", "${vault:db:nosuch}");
    assertThat(resolver.resolve(raw)).isEqualTo(raw);
  }

  @Test
  @DisplayName("§10.3 what a provider throws passes")
  void providersMayFail() {
    assertThatThrownBy(() -> resolver.resolve(Map.of("a", "${vault:closed:user}")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("the vault is closed");
  }

  @Test
  @DisplayName("§10.4 values are asked for at each use, a path once for each")
  void resolvesAtEachUse() {
    var raw = Map.of("a", "${vault:db:user}", "b", "${vault:db:password}");
    resolver.resolve(raw);
    assertThat(asked).hasValue(1);
    vault = Map.of("user", "bob", "password", "other");
    assertThat(resolver.resolve(raw)).containsEntry("a", "bob").containsEntry("b", "other");
  }

  @Test
  @DisplayName("§10.5 the provider's time to live is handed on, by path")
  void lifetimes() {
    var raw = Map.of("a", "${vault:short:user}", "b", "${vault:db:user}");
    assertThat(resolver.resolveAll(raw).lifetimes())
        .isEqualTo(Map.of("short", Duration.ofSeconds(5)));
  }

  @Test
  @DisplayName("§10.7 task configurations get their placeholders back, also under other keys")
  void hidesInTaskConfigurations() {
    var raw =
        Map.of(
            "connection.password", "${vault:db:password}",
            "connection.user", "${vault:db:user}",
            "topic", "t");
    var secrets = resolver.resolveAll(raw).secrets();
    var task =
        Map.of(
            "connection.password", "changed by the connector",
            "task.password", "swordfish!",
            "url", "jdbc:x?p=swordfish!",
            "name", "ann",
            "topic", "t");
    assertThat(secrets.hiddenIn(task, raw))
        .containsEntry("connection.password", "${vault:db:password}")
        .containsEntry("task.password", "${vault:db:password}")
        .containsEntry("url", "jdbc:x?p=${vault:db:password}")
        .containsEntry("name", "ann")
        .containsEntry("topic", "t");
    assertThat(resolver.resolve(secrets.hiddenIn(task, raw))).containsEntry("url", task.get("url"));
  }

  @Test
  @DisplayName("§10.7 values that occur by chance are left as they are")
  void leavesCommonValues() {
    var secrets =
        Secrets.of(Map.of("${v:a}", "true", "${v:b}", "5432", "${v:c}", "abc", "${v:d}", "host"));
    var task = Map.of("a", "true", "b", "5432", "c", "abc", "url", "jdbc:x://host:5432/abc");
    assertThat(secrets.hiddenIn(task, Map.of())).isEqualTo(task);
  }

  @Test
  @DisplayName("§10.8 errors are shown without secrets")
  void hidesInTraces() {
    var secrets = Secrets.of(Map.of("${v:p}", "swordfish"));
    var error = new IllegalStateException("swordfish", new ConfigException("x", "swordfish", "no"));
    assertThat(secrets.hiddenTrace(error)).doesNotContain("swordfish").contains("${v:p}");
    assertThat(resolver.resolveAll(Map.of("a", "${vault:db:password}")).toString())
        .doesNotContain("swordfish");
  }

  @Test
  @DisplayName("§10.8 secrets are not looked for in the placeholders of others")
  void leavesPlaceholdersAsTheyAre() {
    var secrets =
        Secrets.of(Map.of("${v:database:key}", "swordfish", "${v:database:name}", "database"));
    assertThat(secrets.hiddenIn("swordfish does not open database"))
        .isEqualTo("${v:database:key} does not open ${v:database:name}");
    assertThat(secrets.hiddenIn(Map.of("url", "jdbc:x/database?p=swordfish!"), Map.of()))
        .containsEntry("url", "jdbc:x/${v:database:name}?p=${v:database:key}!");
  }

  @Test
  @DisplayName("§10.8 of secrets that overlap the longest is hidden as a whole")
  void hidesTheLongest() {
    var secrets = Secrets.of(Map.of("${v:a}", "(swo", "${v:b}", "swordfish", "${v:c}", "\\E.*$1"));
    assertThat(secrets.hiddenIn("(swordfish (swo \\E.*$1")).isEqualTo("(${v:b} ${v:a} ${v:c}");
  }
}
