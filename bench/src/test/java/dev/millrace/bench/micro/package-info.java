/** JMH benchmarks of single parts, run by {@code bench/run micro}; no tests. */
package dev.millrace.bench.micro;
