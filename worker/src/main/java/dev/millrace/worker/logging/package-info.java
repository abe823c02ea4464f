/** Levels of loggers, read and changed while the worker runs (compat: REST §11). */
package dev.millrace.worker.logging;
