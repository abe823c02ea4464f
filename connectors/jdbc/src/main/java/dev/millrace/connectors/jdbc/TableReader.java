package dev.millrace.connectors.jdbc;

import dev.millrace.connectors.jdbc.SourceSettings.Tracking;
import dev.millrace.connectors.jdbc.Tracker.Mark;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one table, or the query, row by row: a query's result stays open over several batches, and
 * at most one batch and one row are in memory. Owned by one task's thread.
 */
final class TableReader {
  private static final Logger log = LoggerFactory.getLogger(TableReader.class);

  private final SourceSettings settings;
  private final Optional<TableName> table;
  private final Session session;
  private final Function<List<Map<String, String>>, Map<String, Object>> storedOffset;
  private final LongSupplier clock;

  private Optional<Plan> plan = Optional.empty();
  private Optional<Cursor> cursor = Optional.empty();
  private RowMapper mapper;
  private Optional<Schema> keySchema = Optional.empty();
  private Optional<SQLException> failure = Optional.empty();
  private long dueNanos;

  /** What is found out at the first query and then stays. */
  private record Plan(
      String select,
      Map<String, String> partition,
      Tracker tracker,
      List<String> keys,
      Mode mode) {}

  /** An open result and the row read ahead of the batch. */
  private record Cursor(Statement statement, ResultSet rows, Optional<Row> ahead) {}

  private record Row(Struct value, Mark mark) {}

  /**
   * @param table the table to read, or the table that names the query's topic
   * @param storedOffset the stored offset of the first of these partitions that has one, or empty
   * @param clock nanoseconds, monotonic
   */
  TableReader(
      SourceSettings settings,
      Optional<TableName> table,
      Session session,
      Function<List<Map<String, String>>, Map<String, Object>> storedOffset,
      LongSupplier clock) {
    this.settings = settings;
    this.table = table;
    this.session = session;
    this.storedOffset = storedOffset;
    this.clock = clock;
    this.dueNanos = clock.getAsLong();
  }

  /** When this table wants to be asked next, on the clock of the constructor. */
  long dueNanos() {
    return cursor.isPresent() ? clock.getAsLong() : dueNanos;
  }

  /**
   * Drops an open result and what was read ahead; the next query begins after what was delivered.
   */
  void reset() {
    cursor = Optional.empty();
  }

  /** True while rows of a result are still to come. */
  boolean isOpen() {
    return cursor.isPresent();
  }

  /**
   * The next rows, at most one batch; empty when there is nothing new. Rows read before an error
   * count as delivered, so they are returned first, and the error is thrown by the next call.
   */
  List<SourceRecord> fetch() throws SQLException {
    if (failure.isPresent()) {
      SQLException earlier = failure.get();
      failure = Optional.empty();
      throw earlier;
    }
    List<SourceRecord> records = new ArrayList<>();
    try {
      fetchInto(records, cursor.isPresent() ? cursor.get() : open());
    } catch (SQLException e) {
      reset();
      if (records.isEmpty()) {
        throw e;
      }
      failure = Optional.of(e);
    }
    return records;
  }

  private void fetchInto(List<SourceRecord> records, Cursor open) throws SQLException {
    Optional<Row> row = open.ahead();
    while (row.isPresent() && records.size() < settings.maxRows()) {
      Optional<Row> next = read(open.rows());
      records.add(record(row.get(), next));
      row = next;
    }
    if (row.isPresent()) {
      cursor = Optional.of(new Cursor(open.statement(), open.rows(), row));
    } else {
      close(open);
    }
  }

  private Cursor open() throws SQLException {
    Connection connection = session.connection();
    Plan now = plan.isPresent() ? plan.get() : plan();
    plan = Optional.of(now);
    long start = clock.getAsLong();
    dueNanos = start + settings.pollInterval(now.mode()).toNanos();
    Instant databaseNow = now.tracker().needsClock() ? databaseNow(connection) : Instant.EPOCH;
    String sql = now.select() + now.tracker().clauses(databaseNow, start) + suffix();
    log.trace("{}", sql);
    Statement statement =
        connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
    statement.setFetchSize(settings.maxRows());
    ResultSet rows = statement.executeQuery(sql);
    RowMapper fitting = RowMapper.of(rows.getMetaData(), schemaName(), rules(), mapper);
    if (fitting != mapper) {
      keySchema = Optional.empty(); // its columns may have other types, too
      mapper = fitting;
    }
    Cursor opened = new Cursor(statement, rows, read(rows));
    cursor = Optional.of(opened);
    return opened;
  }

  private String suffix() {
    String suffix = settings.target().suffix();
    return suffix.isEmpty() ? "" : "\n" + suffix;
  }

  private void close(Cursor open) throws SQLException {
    cursor = Optional.empty();
    open.rows().close();
    open.statement().close();
    if (session.dialect().streamsInTransaction()) {
      session.connection().commit();
    }
    plan.ifPresent(p -> p.tracker().finished());
  }

  private Optional<Row> read(ResultSet rows) throws SQLException {
    if (!rows.next()) {
      return Optional.empty();
    }
    Mark mark = plan.orElseThrow().tracker().mark(rows);
    return Optional.of(new Row(mapper.map(rows), mark));
  }

  private SourceRecord record(Row row, Optional<Row> next) {
    Plan now = plan.orElseThrow();
    Map<String, Object> offset =
        now.tracker().deliver(row.mark(), next.map(Row::mark), clock.getAsLong());
    Optional<Struct> key = now.keys().isEmpty() ? Optional.empty() : Optional.of(key(row, now));
    return new SourceRecord(
        now.partition(),
        offset,
        settings.output().topicOf(table),
        null,
        key.map(Struct::schema).orElse(null),
        key.orElse(null),
        row.value().schema(),
        row.value());
  }

  private Struct key(Row row, Plan now) {
    Schema value = row.value().schema();
    if (keySchema.isEmpty()) {
      SchemaBuilder builder = SchemaBuilder.struct().name(schemaName() + "-key");
      now.keys().forEach(name -> builder.field(name, value.field(name).schema()));
      keySchema = Optional.of(builder.build());
    }
    Struct key = new Struct(keySchema.get());
    now.keys().forEach(name -> key.put(name, row.value().get(name)));
    return key;
  }

  private String schemaName() {
    return table.map(TableName::table).orElseGet(() -> settings.output().topicOf(table));
  }

  private RowMapper.Rules rules() {
    return new RowMapper.Rules(
        session.dialect(), settings.output().numeric(), settings.connection().zone());
  }

  private Instant databaseNow(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet now = statement.executeQuery(session.dialect().utcNow())) {
      now.next();
      return now.getObject(1, LocalDateTime.class).toInstant(ZoneOffset.UTC);
    }
  }

  private Plan plan() throws SQLException {
    return settings.target().query().isPresent()
        ? planQuery(settings.target().query().get())
        : planTable(table.orElseThrow());
  }

  private Plan planTable(TableName name) throws SQLException {
    Connection connection = session.connection();
    TableName qualified = name.in(session.dialect().namespace(connection));
    String what = "Table \"" + qualified.dotted() + "\"";
    String from = qualified.sql(session.quotes());
    Probe probe = new Probe(session, what);
    Map<String, Probe.Column> columns = probe.columns(from);
    List<String> names = session.dialect().offsetNames(connection, qualified);
    Map<String, Object> offset = storedOffset.apply(Offsets.candidates(names, qualified.table()));
    Tracking tracking = decided(probe, columns, what);
    return new Plan(
        "SELECT * FROM " + from,
        Offsets.ofTable(names.getFirst()),
        tracker(probe, columns, tracking, offset, what),
        settings.output().keyed() ? keys(probe, qualified, what) : List.of(),
        tracking.mode());
  }

  private List<String> keys(Probe probe, TableName qualified, String what) throws SQLException {
    List<String> keys = probe.primaryKey(qualified);
    if (keys.isEmpty()) {
      throw new ConnectException(what + " has no primary key. Set record.key=none.");
    }
    return keys;
  }

  private Plan planQuery(String query) throws SQLException {
    String what = "The query \"" + query + "\"";
    Tracking tracking = settings.tracking();
    boolean wrapped =
        tracking.mode() == Mode.AUTO ? Probe.isSimple(query) : tracking.mode() != Mode.BULK;
    Map<String, String> partition = Offsets.ofQuery();
    if (!wrapped) {
      return new Plan(query, partition, new BulkTracker(), List.of(), Mode.BULK);
    }
    String from =
        "("
            + query
            + "\n) "
            + // a comment may end the query
            session.quotes().quote("q");
    Probe probe = new Probe(session, what);
    Map<String, Probe.Column> columns = probe.columns(from);
    tracking = decided(probe, columns, what);
    Map<String, Object> offset = storedOffset.apply(List.of(partition));
    String select = tracking.mode() == Mode.BULK ? query : "SELECT * FROM " + from;
    Tracker tracker = tracker(probe, columns, tracking, offset, what);
    return new Plan(select, partition, tracker, List.of(), tracking.mode());
  }

  /** Resolves the mode auto by what the columns are. */
  private Tracking decided(Probe probe, Map<String, Probe.Column> columns, String what) {
    Tracking given = settings.tracking();
    if (given.mode() != Mode.AUTO) {
      return given;
    }
    Optional<Probe.Column> id = probe.autoIncrement(columns);
    Mode mode = id.isPresent() ? Mode.INCREMENTING : Mode.BULK;
    log.info(
        "{} is read in mode {}{}, as mode is not set.",
        what,
        mode.text(),
        id.map(column -> " by \"" + column.name() + "\"").orElse(" (everything each time)"));
    return new Tracking(
        mode,
        id.map(Probe.Column::name),
        given.gapTimeout(),
        given.timeColumns(),
        given.delay(),
        given.initial(),
        given.refuseNullable());
  }

  private Tracker tracker(
      Probe probe,
      Map<String, Probe.Column> columns,
      Tracking tracking,
      Map<String, Object> offset,
      String what) {
    return switch (tracking.mode()) {
      case AUTO, BULK -> new BulkTracker();
      case INCREMENTING -> {
        Probe.Column id = probe.idColumn(columns, tracking);
        yield new IncrementingTracker(
            what,
            id.name(),
            session.quotes().quote(id.name()),
            tracking.gapTimeout(),
            offset,
            clock.getAsLong());
      }
      case TIMESTAMP -> timestamps(probe, columns, tracking, offset, Optional.empty());
      case TIMESTAMP_INCREMENTING ->
          timestamps(
              probe,
              columns,
              tracking,
              offset,
              Optional.of(probe.idColumn(columns, tracking))
                  .map(c -> new TimestampTracker.IdColumn(c.name(), quoted(c))));
    };
  }

  private TimestampTracker timestamps(
      Probe probe,
      Map<String, Probe.Column> columns,
      Tracking tracking,
      Map<String, Object> offset,
      Optional<TimestampTracker.IdColumn> id) {
    List<TimestampTracker.TimeColumn> times =
        tracking.timeColumns().stream()
            .map(name -> probe.named(columns, name, SourceKeys.TIMESTAMP_COLUMN))
            .map(
                c ->
                    new TimestampTracker.TimeColumn(
                        c.name(), quoted(c), session.dialect().timeKind(c.typeName())))
            .toList();
    return new TimestampTracker(
        times,
        id,
        new TimestampTracker.Rules(
            session.dialect(), settings.connection().zone(), tracking.delay()),
        tracking.initial(),
        offset);
  }

  private String quoted(Probe.Column column) {
    return session.quotes().quote(column.name());
  }

  /** The table or query, for messages. */
  @Override
  public String toString() {
    return settings.target().query().isPresent()
        ? "the query"
        : "table \"" + table.map(TableName::dotted).orElse("?") + "\"";
  }
}
