/**
 * Benchmarks: of any backend by JMH, and of the durable store beside raw loops over the same disk.
 */
@org.jspecify.annotations.NullMarked
package dev.isopace.space.jmh;
