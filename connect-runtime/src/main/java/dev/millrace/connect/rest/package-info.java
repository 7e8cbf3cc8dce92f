/** The REST API of Kafka Connect over a worker: JAX-RS resources for whichever server hosts them. */
@IoShell
package dev.millrace.connect.rest;

import dev.millrace.connect.machine.IoShell;
