/** From bytes to rows to Connect values: where a row ends, what its columns say, and what makes a row malformed. */
@Deterministic
package dev.millrace.connector.csv.row;
