/**
 * What all runners share: the life cycle of a piece of work, its signals, waits and counters, the
 * record pipeline and the handling of bad records. Owns no thread and no clock; knows nothing of
 * the packages {@code source}, {@code sink} and {@code connector} beneath it.
 */
package dev.millrace.engine;
