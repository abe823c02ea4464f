/** Threads that are used again. Knows nothing of what is done on them. */
package dev.millrace.worker.threads;
