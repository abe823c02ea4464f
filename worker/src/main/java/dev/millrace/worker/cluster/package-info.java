/**
 * What a worker shares with the others of its group: the config log, the membership, the statuses.
 * It wires the module {@code kafka} and decides nothing: that is the control core's.
 */
package dev.millrace.worker.cluster;
