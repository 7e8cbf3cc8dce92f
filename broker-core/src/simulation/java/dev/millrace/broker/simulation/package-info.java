/** Doubles for the ports, and the simulated cluster that is made of them. */
package dev.millrace.broker.simulation;
