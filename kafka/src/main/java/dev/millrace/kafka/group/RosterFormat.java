package dev.millrace.kafka.group;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What members tell the group of themselves, and what the leader answers: JSON, in which unknown
 * fields are passed over, so that workers of two versions can be of one group. Pure.
 */
final class RosterFormat {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RosterFormat() {}

  static byte[] encode(Peer peer) {
    return bytes(node(peer));
  }

  static Peer decodePeer(byte[] bytes) {
    return peer(parse(bytes));
  }

  static byte[] encode(Roster roster) {
    ObjectNode node = JSON.createObjectNode().put("leader", roster.leader());
    var members = node.putArray("members");
    roster.peers().forEach(peer -> members.add(node(peer)));
    return bytes(node);
  }

  /** The generation is not on the wire: every member knows it from the group itself. */
  static Roster decodeRoster(int generation, ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    JsonNode node = parse(bytes);
    List<Peer> peers = new ArrayList<>();
    node.path("members").forEach(each -> peers.add(peer(each)));
    return new Roster(generation, node.path("leader").asText(), peers);
  }

  private static ObjectNode node(Peer peer) {
    return JSON.createObjectNode().put("member", peer.member()).put("url", peer.url());
  }

  private static Peer peer(JsonNode node) {
    return new Peer(node.path("member").asText(), node.path("url").asText());
  }

  private static byte[] bytes(JsonNode node) {
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static JsonNode parse(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "A member of the group speaks another language: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("A member of the group said nothing readable", e);
    }
  }
}
