package dev.millrace.streams.purity;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a package whose code reads no clock, starts no thread, draws no random number and opens no file or socket: all of
 * that reaches it through ports, so that the test driver runs the same code as the application. The architecture test
 * holds it to that.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.PACKAGE)
public @interface Deterministic {}
