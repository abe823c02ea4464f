package dev.millrace.kafka.config;

/**
 * One record of the config log.
 *
 * @param key record key
 * @param value compact JSON, or {@code null} for a tombstone
 */
public record FactRecord(String key, String value) {}
