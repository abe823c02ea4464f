package dev.millrace.connectors.processor.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.processor.row.RowReader;
import dev.millrace.connectors.processor.row.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/sql.md: its samples run, what it says is refused is refused, all functions are named. */
class SqlDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "..", "docs", "sql.md");
  private static final Pattern SAMPLE =
      Pattern.compile("```sql( refused)?\\n(.*?)```", Pattern.DOTALL);
  private static final String ROW =
      "{\"id\":7,\"user_id\":1,\"name\":\"Ann\",\"city\":\"Bern\",\"price\":120.5,\"value\":3}";

  private static List<MatchResult> samples() throws IOException {
    return SAMPLE.matcher(Files.readString(DOCUMENT)).results().toList();
  }

  @Test
  void eachSampleRunsOrIsRefusedAsItSays() throws IOException {
    assertThat(samples()).hasSizeGreaterThan(5);
    for (MatchResult sample : samples()) {
      switch (SqlQuery.parse(sample.group(2))) {
        case SqlQuery.Compiled compiled -> {
          assertThat(sample.group(1)).as(sample.group(2)).isNull();
          run(compiled.query());
        }
        case SqlQuery.Refused refused -> {
          assertThat(sample.group(1)).as(refused.toString()).isNotNull();
          refused.problems().forEach(p -> assertThat(DOCUMENT).content().contains("`" + p + "`"));
        }
      }
    }
  }

  private static void run(SqlQuery query) {
    RowReader.Row read = (RowReader.Row) new RowReader().read(ROW.getBytes(StandardCharsets.UTF_8));
    assertThat(query.accepts(read.row())).isTrue();
    switch (query.output()) {
      case SqlQuery.Projection projection ->
          projection.items().stream()
              .filter(SqlQuery.Column.class::isInstance)
              .forEach(item -> notNull(((SqlQuery.Column) item).expr().eval(read.row())));
      case SqlQuery.Grouping grouping ->
          grouping.keys().forEach(key -> notNull(key.expr().eval(read.row())));
    }
  }

  private static void notNull(Value value) {
    assertThat(value.isNull()).isFalse();
  }

  @Test
  void eachFunctionIsNamed() throws IOException {
    String text = Files.readString(DOCUMENT).replace("\\|", "|");
    assertThat(ScalarFunction.ALL.keySet())
        .filteredOn(name -> !List.of("CHARACTER_LENGTH", "CEILING").contains(name))
        .allMatch(name -> text.contains("`" + name + "`"));
    for (Aggregate aggregate : Aggregate.values()) {
      assertThat(text).contains("`" + aggregate + "(");
    }
  }
}
