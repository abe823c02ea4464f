/** What users rely on, shown with the installed distribution, real databases and kill -9. */
package dev.millrace.e2e;
