package dev.millrace.model.restarts;

/**
 * A restart ahead of failed work.
 *
 * @param attempt its number, counted from one since the work last was well
 * @param atMs when, on the clock of whoever tells it
 */
public record NextRestart(int attempt, long atMs) {}
