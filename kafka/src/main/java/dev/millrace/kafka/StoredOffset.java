package dev.millrace.kafka;

import java.util.Map;

/**
 * One source offset as it lies in the topic.
 *
 * @param key the exact bytes it is stored under; reset and change must use these
 * @param offset {@code null} where what is stored is no offset
 */
@SuppressWarnings("ArrayRecordComponent") // a wire form; never compared
public record StoredOffset(byte[] key, Map<String, Object> partition, Map<String, Object> offset) {}
