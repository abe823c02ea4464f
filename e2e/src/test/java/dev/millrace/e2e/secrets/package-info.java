/** What others see of secrets. */
package dev.millrace.e2e.secrets;
