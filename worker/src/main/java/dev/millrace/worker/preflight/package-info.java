/**
 * Checks before a connector's clients are made, the same at validation and at each start: which
 * client settings it may override, and whether the guarantees it asks for can be had. Knows plugins
 * and configurations, and nothing of running work.
 */
package dev.millrace.worker.preflight;
