package dev.millrace.kafka.group;

import java.util.Objects;

/**
 * One member of the group.
 *
 * @param member id of this incarnation: a worker that starts again is another member
 * @param url where its REST listener is reached
 */
public record Peer(String member, String url) {

  public Peer {
    Objects.requireNonNull(member, "member");
    Objects.requireNonNull(url, "url");
  }
}
