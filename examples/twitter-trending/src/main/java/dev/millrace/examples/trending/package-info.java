/** Trending hashtags: the topology of the example pipeline. */
@NullMarked
package dev.millrace.examples.trending;

import org.jspecify.annotations.NullMarked;
