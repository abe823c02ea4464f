/** Workers of one group, some in processes of their own. */
package dev.millrace.e2e.cluster;
