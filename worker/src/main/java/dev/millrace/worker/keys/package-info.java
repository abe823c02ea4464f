/** The keys of a worker's file: one table of what each is. Knows nothing of workers. */
package dev.millrace.worker.keys;
