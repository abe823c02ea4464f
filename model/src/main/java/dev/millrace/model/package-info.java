/**
 * The vocabulary of Millrace and all its decisions as values and functions. JDK only: no thread, no
 * clock, no logger, no input or output.
 */
package dev.millrace.model;
