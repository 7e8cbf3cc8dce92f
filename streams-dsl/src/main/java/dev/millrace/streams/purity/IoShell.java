package dev.millrace.streams.purity;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a package that owns threads, clients or files and lends them to {@link Deterministic} packages through ports. */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.PACKAGE)
public @interface IoShell {}
