package dev.millrace.connector.jdbc.sql;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a package that owns connections, and asks {@link Deterministic} packages what to say over them. */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.PACKAGE)
public @interface IoShell {}
