/** The two annotations that say what a package of this module may touch. */
@Deterministic
package dev.millrace.streams.purity;
