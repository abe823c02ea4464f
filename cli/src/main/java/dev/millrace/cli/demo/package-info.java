/**
 * The parts of {@code millrace demo} that know nothing of workers: the table of visits, what fills
 * it, what reads the topic, what compares them, and the picture of it all.
 */
package dev.millrace.cli.demo;
