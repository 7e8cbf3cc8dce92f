/** The HTTP side of the process: RESTEasy on Undertow, serving whatever resources it is given. */
package dev.millrace.server.http;
