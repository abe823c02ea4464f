/**
 * One worker's mind: commands become facts, facts become wanted work, wanted minus actual becomes
 * actions. Everything here is a function or a deterministic object; nothing waits.
 */
package dev.millrace.model.control;
