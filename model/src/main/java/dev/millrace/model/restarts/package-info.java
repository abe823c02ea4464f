/** When work that has failed is restarted by itself. Pure: time and chance come in as arguments. */
package dev.millrace.model.restarts;
