package dev.millrace.worker.cluster;

import java.util.List;
import java.util.Optional;

/**
 * The workers that are there.
 *
 * @param generation number of the group's generation; -1 while this worker is not a member
 * @param leader member id of the leader; empty while there is none
 */
public record Members(int generation, String leader, List<Member> all) {

  public static final Members NONE = new Members(-1, "", List.of());

  /** Copies the list. */
  public Members {
    all = List.copyOf(all);
  }

  /**
   * One worker.
   *
   * @param id member id; new whenever the worker starts
   * @param url where its REST listener is reached
   */
  public record Member(String id, String url) {}

  /** A member's address; empty when it is not there. */
  public Optional<String> urlOf(String id) {
    return all.stream().filter(member -> member.id().equals(id)).map(Member::url).findFirst();
  }

  public boolean contains(String id) {
    return all.stream().anyMatch(member -> member.id().equals(id));
  }
}
