/** From records to statements and values: which table, which columns, what a database calls them. */
@Deterministic
package dev.millrace.connector.jdbc.sql;
