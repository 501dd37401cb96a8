/**
 * The conformance suite, which reports which rules of the contract a backend keeps. The rules are
 * in docs/contract.md of the project.
 *
 * <p>The author of a backend extends {@link dev.isopace.space.tck.SpaceTck} and returns a URI, or
 * runs {@link dev.isopace.space.tck.Main} on one. {@link dev.isopace.space.tck.TckOptions} says how
 * patient and how thorough the suite is.
 */
package dev.isopace.space.tck;
