/** The words of the language: streams, tables, windows, the options of operators and the functions that users hand in. */
@Deterministic
package dev.millrace.streams.kstream;

import dev.millrace.streams.purity.Deterministic;
