/** For tests: a simulated cluster of control cores, and harnesses for connector authors. */
package dev.millrace.testkit;
