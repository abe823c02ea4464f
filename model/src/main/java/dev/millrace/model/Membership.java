package dev.millrace.model;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One generation of the group. Members are incarnations: a restarted worker is a new member. Nobody
 * acts on state older than {@code barrier}, the log's end when the generation formed.
 */
public record Membership(int generation, String leader, SortedSet<String> members, long barrier) {

  /** Not in the group. */
  public static final Membership NONE =
      new Membership(-1, "", Collections.emptySortedSet(), Long.MAX_VALUE);

  public Membership {
    members = Collections.unmodifiableSortedSet(new TreeSet<>(members));
  }

  /** The worker of an incarnation: what its id has before the last {@code #}. */
  public static String workerOf(String member) {
    int mark = member.lastIndexOf('#');
    return mark < 0 ? member : member.substring(0, mark);
  }
}
