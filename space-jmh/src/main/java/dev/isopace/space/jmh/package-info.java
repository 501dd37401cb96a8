/**
 * Benchmarks: of any backend by JMH; of the durable store beside raw loops over the same disk; of
 * the distributed space beside the NATS client itself.
 */
@org.jspecify.annotations.NullMarked
package dev.isopace.space.jmh;
