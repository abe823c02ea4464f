package dev.millrace.engine.sink;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.connect.sink.SinkTask;

/**
 * A task that has begun, and what stands between it and Kafka.
 *
 * @param task the plugin's task; only the work's thread calls it
 * @param consumer its consumer; whose turn it is says the keeper
 * @param progress how far it has come
 * @param keeper keeps its place in the group
 */
record Engaged(
    SinkTask task, Consumer<byte[], byte[]> consumer, PartitionProgress progress, Keeper keeper) {}
