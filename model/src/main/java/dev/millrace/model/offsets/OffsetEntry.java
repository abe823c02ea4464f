package dev.millrace.model.offsets;

/**
 * One record of an offset topic, in Kafka Connect's wire form (compat: internal topics §8).
 *
 * @param key JSON array of connector name and source partition, UTF-8
 * @param value JSON object of the source offset, UTF-8; {@code null} is a tombstone (no offset)
 */
@SuppressWarnings("ArrayRecordComponent") // a wire form; never compared
public record OffsetEntry(byte[] key, byte[] value) {}
