package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.Fact;
import dev.millrace.model.Restart;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Connectors are restarted when their secrets expire (compat: semantics §10). */
class SecretExpiryTest {

  private static final Map<String, String> RAW = Map.of("password", "${vault:p:password}");
  private final Queue<String> secrets = new ConcurrentLinkedQueue<>(List.of("old"));
  private volatile long ttlMs = 30;
  private volatile boolean broken;
  private final ConfigResolver resolver = new ConfigResolver(Map.of("vault", new Vault()));
  private final List<Command> commands = new CopyOnWriteArrayList<>();
  private volatile ClusterState state = ClusterState.EMPTY.apply(0, new Fact.Configured("c", RAW));
  private final SecretExpiry expiry = new SecretExpiry(resolver, () -> state, commands::add);

  private final class Vault implements ConfigProvider {
    @Override
    public ConfigData get(String path) {
      return get(path, Set.of());
    }

    @Override
    public ConfigData get(String path, Set<String> keys) {
      if (broken) throw new NoClassDefFoundError("of the vault's client");
      String secret = secrets.size() > 1 ? secrets.remove() : secrets.element();
      return new ConfigData(Map.of("password", secret), ttlMs);
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}
  }

  @AfterEach
  void close() {
    expiry.close();
  }

  private void used() {
    var resolved = resolver.resolveAll(RAW);
    expiry.used("c", resolved, resolved.config());
  }

  private void awaitRestarts(int count) {
    long end = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    while (commands.size() < count) {
      assertThat(System.nanoTime()).as("time left for the restart").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  @DisplayName("§10.5 the instance is restarted when its secrets expire")
  void restartsTheInstance() {
    used();
    awaitRestarts(1);
    assertThat(commands).containsExactly(new Command.RestartExpired("c", Restart.INSTANCE, 0));
  }

  /** Another worker's tasks have the same secrets, and so have expired at the same time. */
  @Test
  @DisplayName("§10.5 what another worker has had restarted is not restarted again")
  void restartsOnceForAll() {
    ttlMs = 4_000; // in which the restart comes
    used();
    state = state.apply(1, new Fact.RestartAsked("c", Restart.INSTANCE));
    awaitRestarts(1); // the next time that they expire
    assertThat(commands).containsExactly(new Command.RestartExpired("c", Restart.INSTANCE, 1));
  }

  /** A cluster that cannot write for now answers that it cannot, and forgets. */
  @Test
  @DisplayName("§10.5 a restart that came to nothing is asked for again")
  void asksAgain() {
    try (var other =
        new SecretExpiry(resolver, () -> state, commands::add, Duration.ofMillis(10))) {
      var resolved = resolver.resolveAll(RAW);
      other.used("c", resolved, resolved.config());
      awaitRestarts(3);
      assertThat(commands).containsOnly(new Command.RestartExpired("c", Restart.INSTANCE, 0));
    }
  }

  @Test
  @DisplayName("§10.5 a provider that throws an error meanwhile keeps no restart back")
  void aProviderThatBreaksKeepsNoRestartBack() {
    used();
    broken = true;
    awaitRestarts(1);
    assertThat(commands).containsExactly(new Command.RestartExpired("c", Restart.INSTANCE, 0));
  }

  @Test
  @DisplayName("§10.6 the tasks too when the configuration resolves to other values")
  void restartsTasksWhenValuesChange() {
    secrets.add("new"); // from the second time on
    used();
    awaitRestarts(1);
    assertThat(commands)
        .containsExactly(new Command.RestartExpired("c", Restart.INSTANCE_AND_TASKS, 0));
  }

  @Test
  @DisplayName("§10.5 a newer time replaces the older, one for each connector and path")
  void newerReplacesOlder() {
    ttlMs = 3_600_000;
    used();
    ttlMs = 30;
    used();
    awaitRestarts(1);
    ttlMs = 3_600_000;
    used();
    assertThat(commands).hasSize(1);
  }

  @Test
  @DisplayName("§10.5 config.action.reload=none plans nothing")
  void noneMeansNone() {
    var resolved = resolver.resolveAll(RAW);
    expiry.used("d", resolved, Map.of("config.action.reload", "none"));
    used();
    awaitRestarts(1);
    assertThat(commands).containsExactly(new Command.RestartExpired("c", Restart.INSTANCE, 0));
  }
}
