/**
 * A faster way to the same JSON as Kafka Connect's JsonConverter. What it does not do with
 * certainty it leaves to the original. Uses the Connect API and that converter, nothing of ours. No
 * thread.
 */
package dev.millrace.formats.json;
