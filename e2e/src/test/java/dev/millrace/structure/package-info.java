/**
 * What holds for the whole repository: the allowed directions between modules, who may start
 * threads or read the clock, formatting, sizes, links. Reads compiled classes and files; starts
 * nothing.
 */
package dev.millrace.structure;
