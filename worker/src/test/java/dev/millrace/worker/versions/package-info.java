/** Plugins that tell which copy of them is at work; for tests that install them in two versions. */
package dev.millrace.worker.versions;
