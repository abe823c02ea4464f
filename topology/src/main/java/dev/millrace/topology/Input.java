package dev.millrace.topology;

import dev.millrace.topology.yaml.Position;

/**
 * What a stage reads, as its {@code from} or its SQL names it.
 *
 * @param name a stage or a topic
 * @param topicOnly whether it was said to be a topic ({@code topic:NAME}), so that it is neither
 *     taken for a stage nor has to be declared
 * @param position where it is named
 */
public record Input(String name, boolean topicOnly, Position position) {}
