/** Rules taken out of the sources one by one: each has to be missed by the proof that names it. */
package dev.millrace.testkit.mutations;
