package dev.millrace.connect.machine;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a package that owns threads, clients, files or class loaders and lends them to {@link Deterministic} packages. */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.PACKAGE)
public @interface IoShell {}
