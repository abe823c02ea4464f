package dev.millrace.connectors.processor.flow;

import dev.millrace.connectors.processor.row.Scope;
import dev.millrace.connectors.processor.row.Value;
import dev.millrace.connectors.processor.sql.Aggregate;
import dev.millrace.connectors.processor.sql.SqlQuery;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What a grouping query does with rows and groups. Pure. */
final class Groups {
  private final SqlQuery.Grouping grouping;

  Groups(SqlQuery.Grouping grouping) {
    this.grouping = grouping;
  }

  List<String> keyNames() {
    return grouping.keys().stream().map(SqlQuery.Column::name).toList();
  }

  List<String> names() {
    return grouping.columns().stream().map(SqlQuery.Column::name).toList();
  }

  /** The group a row belongs to. */
  List<Value> keys(Scope row) {
    return grouping.keys().stream().map(key -> key.expr().eval(row)).toList();
  }

  /** What the aggregates take from a row. */
  List<Value> arguments(Scope row) {
    return grouping.calls().stream().map(call -> call.argument().eval(row)).toList();
  }

  /** A group of which no row has been seen. */
  Tuples.Group empty() {
    List<Aggregate.State> none =
        Collections.nCopies(grouping.calls().size(), Aggregate.State.EMPTY);
    return new Tuples.Group(List.of(), none, false);
  }

  /** The group with one more row, given as its keys followed by its arguments. */
  Tuples.Group add(Tuples.Group group, List<Value> tuple) {
    int width = grouping.keys().size();
    List<Aggregate.State> states = new ArrayList<>();
    for (int i = 0; i < grouping.calls().size(); i++) {
      Aggregate function = grouping.calls().get(i).function();
      states.add(function.add(group.calls().get(i), tuple.get(width + i)));
    }
    List<Value> keys = group.keys().isEmpty() ? tuple.subList(0, width) : group.keys();
    Tuples.Group grown = new Tuples.Group(keys, states, group.shown());
    return new Tuples.Group(keys, states, group.shown() || holds(grown));
  }

  /** Whether HAVING is true for a group. */
  boolean holds(Tuples.Group group) {
    return grouping.having().isEmpty() || SqlQuery.holds(grouping.having().get(), slots(group));
  }

  /** The result row of a group. */
  List<Value> row(Tuples.Group group) {
    Scope slots = slots(group);
    return grouping.columns().stream().map(column -> column.expr().eval(slots)).toList();
  }

  private Scope slots(Tuples.Group group) {
    List<Value> slots = new ArrayList<>(group.keys());
    for (int i = 0; i < grouping.calls().size(); i++) {
      slots.add(grouping.calls().get(i).function().result(group.calls().get(i)));
    }
    return new Slots(slots);
  }

  private record Slots(List<Value> values) implements Scope {
    @Override
    public Value column(String name) {
      throw new IllegalStateException("a group has no column " + name);
    }

    @Override
    public Value slot(int index) {
      return values.get(index);
    }
  }
}
