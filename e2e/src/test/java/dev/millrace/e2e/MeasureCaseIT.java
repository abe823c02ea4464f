package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** MariaDB table users → topic user_data → visits of each user, through whatever happens. */
class MeasureCaseIT {

  private static final Path TOPOLOGY =
      Path.of(System.getProperty("millrace.home"), "examples/user-visits/topology.yaml");
  private static final String OFFSETS = "millrace-offsets";

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private UsersDatabase database;

  @BeforeEach
  void startDatabase() throws Exception {
    database = new UsersDatabase(folder.resolve("mariadb"));
  }

  @AfterEach
  void stopDatabase() {
    database.close();
  }

  @Test
  void rowsPresentAndRowsArrivingAreAllCounted() throws Exception {
    database.insertMany(100_000);
    try (var millrace = run();
        var visitors = new Visitors(database, 3, 5)) {
      millrace.awaitReady();
      Await.until("rows arrive", Await.LONG, () -> visitors.inserted() >= 1_000, millrace::tail);
      visitors.close();
      Counts.awaitEqual(millrace, database);
      assertExactlyOnce();
      assertThat(millrace.stop()).as(millrace.tail()).isIn(0, 143);
    }
  }

  @Test
  void killedAgainAndAgainWithItsKafkaItCountsEveryRowOnce() throws Exception {
    var random = RandomGenerator.of("L64X128MixRandom");
    database.insertMany(20_000);
    try (var visitors = new Visitors(database, 2, 5)) {
      for (int i = 0; i < 4; i++) {
        try (var millrace = run()) {
          millrace.awaitReady();
          long seen = visitors.inserted() + 100 + random.nextInt(500);
          Await.until("rows", Await.LONG, () -> visitors.inserted() >= seen, millrace::tail);
          millrace.kill();
        }
      }
      try (var millrace = run().awaitReady()) {
        visitors.close();
        awaitInTopic();
        assertExactlyOnce();
        Counts.awaitEqual(millrace, database);
      }
    }
  }

  @Test
  void killedBesideALivingKafkaItNeverCommitsOffsetsAheadOfRecords() throws Exception {
    var random = RandomGenerator.of("L64X128MixRandom");
    try (var kafka = new KafkaProcess(folder.resolve("kafka"));
        var visitors = new Visitors(database, 2, 5)) {
      for (int i = 0; i < 4; i++) {
        try (var millrace = run("--bootstrap-servers", kafka.bootstrapServers())) {
          millrace.awaitReady();
          long seen = visitors.inserted() + 50 + random.nextInt(400);
          Await.until("rows", Await.LONG, () -> visitors.inserted() >= seen, millrace::tail);
          millrace.kill();
        }
        if (i > 0) {
          long offset = TopicAudit.sourceOffset(kafka.bootstrapServers(), OFFSETS);
          Await.until( // a transaction's end may reach one topic before the other
              "the record of the source's offset " + offset + " is in the topic",
              Await.LONG,
              () -> TopicAudit.of(kafka.bootstrapServers(), "user_data").lastId() >= offset,
              () -> TopicAudit.of(kafka.bootstrapServers(), "user_data").lastId());
        }
      }
      try (var millrace = run("--bootstrap-servers", kafka.bootstrapServers()).awaitReady()) {
        visitors.close();
        Counts.awaitEqual(millrace, database);
        assertExactlyOnce(kafka.bootstrapServers());
      }
    }
  }

  @Test
  void atLeastOnceEveryRowIsThereThoughItIsKilled() throws Exception {
    try (var kafka = new KafkaProcess(folder.resolve("kafka"));
        var visitors = new Visitors(database, 2, 5)) {
      for (int i = 0; i < 3; i++) {
        try (var millrace =
            run("--at-least-once", "--bootstrap-servers", kafka.bootstrapServers())) {
          millrace.awaitReady();
          long seen = visitors.inserted() + 200;
          Await.until("rows", Await.LONG, () -> visitors.inserted() >= seen, millrace::tail);
          millrace.kill();
        }
      }
      visitors.close();
      var wanted = database.ids();
      try (var millrace = run("--at-least-once", "--bootstrap-servers", kafka.bootstrapServers())) {
        millrace.awaitReady();
        Await.until(
            "every row is in the topic",
            Await.LONG,
            () -> TopicAudit.of(kafka.bootstrapServers(), "user_data").missing(wanted).isEmpty(),
            millrace::tail);
      }
    }
  }

  @Test
  void aDatabaseThatGoesAwayAndComesBackCostsNothing() throws Exception {
    try (var millrace = run().awaitReady();
        var visitors = new Visitors(database, 2, 5)) {
      Await.until("rows", Await.LONG, () -> visitors.inserted() >= 300, millrace::tail);
      for (int i = 0; i < 2; i++) {
        long counted = Counts.total(millrace);
        Await.until(
            "rows are read", Await.LONG, () -> Counts.total(millrace) > counted, millrace::tail);
        if (i == 0) database.server().stop();
        else database.server().kill();
        Await.until(
            "REST says what it waits for",
            Await.LONG,
            () -> waitsFor(millrace).contains("is away"),
            millrace::tail);
        if (i == 0) assertThat(statusCommand()).contains("waiting since").contains("is away");
        database.server().start();
        Await.until(
            "it waits no more", Await.LONG, () -> waitsFor(millrace).isEmpty(), millrace::tail);
        long seen = visitors.inserted() + 300;
        Await.until("rows again", Await.LONG, () -> visitors.inserted() >= seen, millrace::tail);
      }
      visitors.close();
      Counts.awaitEqual(millrace, database);
      assertExactlyOnce();
      Await.until(
          "it runs",
          Await.LONG,
          () -> millrace.state("user-visits.users", true).equals("RUNNING"),
          millrace::tail);
      assertThat(warningsInTheLog()).as("one for each outage").isEqualTo(2);
    }
  }

  private static String waitsFor(MillraceProcess millrace) throws Exception {
    var connector = millrace.get("/v1/connectors/user-visits.users");
    return connector.path("tasks").path(0).path("waiting").path("for").asText();
  }

  private String statusCommand() {
    var arguments = List.of("status", "--data-dir", folder.resolve("data").toString());
    try (var status = MillraceProcess.start(folder.resolve("status"), Map.of(), arguments)) {
      assertThat(status.awaitExit()).as(status.output()).isZero();
      return status.output();
    }
  }

  @Test
  void aKafkaThatGoesAwayAndComesBackCostsNothing() throws Exception {
    try (var kafka = new KafkaProcess(folder.resolve("kafka"));
        var millrace = run("--bootstrap-servers", kafka.bootstrapServers()).awaitReady();
        var visitors = new Visitors(database, 2, 5)) {
      Await.until("rows", Await.LONG, () -> visitors.inserted() >= 300, millrace::tail);
      kafka.stop();
      long during = visitors.inserted() + 300;
      Await.until(
          "rows meanwhile", Await.LONG, () -> visitors.inserted() >= during, millrace::tail);
      kafka.start();
      long after = visitors.inserted() + 300;
      Await.until("rows after", Await.LONG, () -> visitors.inserted() >= after, millrace::tail);
      visitors.close();
      Counts.awaitEqual(millrace, database);
      assertExactlyOnce(kafka.bootstrapServers());
    }
  }

  private long warningsInTheLog() throws Exception {
    try (var lines = Files.lines(folder.resolve("data/logs/millrace.log"))) {
      return lines
          .filter(line -> line.contains("WARN") && line.contains("waits for the source"))
          .count();
    }
  }

  private MillraceProcess run(String... options) {
    return MillraceProcess.run(folder.resolve("data"), TOPOLOGY, database.environment(), options);
  }

  /** So that a fault of the source is told apart from one of the processor. */
  private void awaitInTopic() throws Exception {
    var bootstrap = Files.readString(folder.resolve("data/kafka.bootstrap")).strip();
    var wanted = database.ids();
    Await.until(
        "every row is in the topic",
        Await.LONG,
        () -> TopicAudit.of(bootstrap, "user_data").missing(wanted).isEmpty(),
        () -> folder);
  }

  private void assertExactlyOnce() throws Exception {
    assertExactlyOnce(Files.readString(folder.resolve("data/kafka.bootstrap")).strip());
  }

  private void assertExactlyOnce(String bootstrap) throws Exception {
    var audit = TopicAudit.of(bootstrap, "user_data");
    assertThat(audit.missing(database.ids())).as("rows that are not in the topic").isEmpty();
    assertThat(audit.repeated()).as("rows that are in the topic more than once").isEmpty();
    assertThat(TopicAudit.sourceOffset(bootstrap, OFFSETS))
        .as("source offset")
        .isLessThanOrEqualTo(audit.lastId());
  }
}
