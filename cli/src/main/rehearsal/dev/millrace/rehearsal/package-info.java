/**
 * The source whose changes the making of the start cache rehearses. It is compiled into a folder of
 * its own, where no scan of the class path takes it for a plugin.
 */
package dev.millrace.rehearsal;
