package dev.millrace.kafka.group;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One generation of the group, as its leader has told all members.
 *
 * @param generation number of the generation; grows
 * @param leader member id of the leader
 * @param peers everybody, the leader too
 */
public record Roster(int generation, String leader, List<Peer> peers) {

  public Roster {
    peers = List.copyOf(peers);
  }

  /** The ids of all members. */
  public SortedSet<String> members() {
    var members = new TreeSet<String>();
    peers.forEach(peer -> members.add(peer.member()));
    return members;
  }

  /** A member's address; empty when it is not of this generation. */
  public Optional<String> urlOf(String member) {
    return peers.stream().filter(peer -> peer.member().equals(member)).map(Peer::url).findFirst();
  }
}
