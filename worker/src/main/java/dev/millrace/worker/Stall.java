package dev.millrace.worker;

import java.time.Instant;

/**
 * A call of plugin code that has not returned for long.
 *
 * @param method class and method that the worker called
 * @param since when the thread began what it has not finished
 * @param stack the thread's stack, innermost first, one frame in each line
 */
public record Stall(String method, Instant since, String stack) {}
