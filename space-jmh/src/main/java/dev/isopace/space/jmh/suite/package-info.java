/**
 * Runs all workloads on all subjects, and reports what came of it.
 *
 * <p>{@link dev.isopace.space.jmh.suite.Workloads} says what is measured, {@link
 * dev.isopace.space.jmh.suite.Suite} measures it, workload by workload and within one of them
 * subject by subject, and {@link dev.isopace.space.jmh.suite.Report} writes it down: as JSON, as
 * tables, as pictures and as a page. {@link dev.isopace.space.jmh.suite.Bench} is the command.
 */
@org.jspecify.annotations.NullMarked
package dev.isopace.space.jmh.suite;
