/**
 * The in-process backend: a {@link dev.isopace.space.local.LocalSpace}, or {@code local:} as a URI.
 * Nothing survives the process.
 */
package dev.isopace.space.local;
