/** Pipeline files: what one declares, how it is read and checked, and what has to change for a cluster to match it. */
package dev.millrace.connect.pipeline;
