package dev.millrace.model;

/**
 * What a piece of work waits for or retries, though it counts as running.
 *
 * @param what for people, to be read after "waiting for"
 * @param sinceMs when that began, in milliseconds since 1970
 */
public record Waiting(String what, long sinceMs) {}
