/**
 * The conformance suite. The author of a backend extends {@link dev.isopace.space.tck.SpaceTck} and
 * returns a URI; the suite reports which rules of the contract the backend keeps. The rules are in
 * docs/contract.md of the project.
 */
package dev.isopace.space.tck;
