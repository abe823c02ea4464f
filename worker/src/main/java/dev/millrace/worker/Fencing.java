package dev.millrace.worker;

import dev.millrace.kafka.ClientSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Shuts the producers of a connector's exactly-once tasks out, whoever has them (compat: group
 * protocol §12). Blocks until Kafka has answered, or for a minute. Immutable.
 *
 * @param config the connector's, resolved
 */
record Fencing(ClientSettings clients, String connector, Map<String, String> config) {

  private static final long SECONDS = 60;
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  /** Those of tasks 0 to n-1. */
  void first(int count) {
    List<String> ids =
        IntStream.range(0, count).mapToObj(n -> clients.transactionalId(connector, n)).toList();
    with(admin -> fence(admin, ids));
  }

  /** Those of all tasks that Kafka knows of, also of sets of tasks long gone. */
  void all() {
    with(
        admin -> {
          var ids = new TreeSet<String>();
          ids.add(clients.transactionalId(connector, 0));
          admin.listTransactions().all().get(SECONDS, TimeUnit.SECONDS).stream()
              .map(TransactionListing::transactionalId)
              .filter(this::own)
              .forEach(ids::add);
          return fence(admin, List.copyOf(ids));
        });
  }

  private boolean own(String id) {
    String prefix = clients.transactionalId(connector, 0).replaceFirst("0$", "");
    return id.startsWith(prefix) && NUMBER.matcher(id.substring(prefix.length())).matches();
  }

  private static Void fence(Admin admin, List<String> ids) throws Exception {
    return admin.fenceProducers(ids).all().get(SECONDS, TimeUnit.SECONDS);
  }

  private interface Step {
    Void run(Admin admin) throws Exception;
  }

  /** A client that is closed in order would go on with what it was asked. */
  private static void orCutOff(Step step, Admin admin) throws Exception {
    try {
      step.run(admin);
    } catch (InterruptedException e) {
      admin.close(Duration.ZERO);
      throw e;
    }
  }

  private void with(Step step) {
    try (var admin = KafkaClients.admin(clients.workerAdmin(connector, config))) {
      orCutOff(step, admin);
    } catch (ExecutionException | TimeoutException e) {
      throw new ConnectException(
          "Kafka did not fence the producers of connector %s, %s and so on: %s. Check that Kafka is reachable, and that the connector's admin client may see and change transactional ids."
              .formatted(
                  connector,
                  clients.transactionalId(connector, 0),
                  e.getCause() == null ? e : e.getCause()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectException("Interrupted while producers were being fenced", e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new ConnectException("The producers of connector " + connector + " were not fenced", e);
    }
  }
}
