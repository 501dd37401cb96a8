/**
 * What a backend implements, and the parts that every backend would otherwise write again.
 *
 * <ul>
 *   <li>{@link dev.isopace.space.spi.SpaceProvider} is found by {@link java.util.ServiceLoader} and
 *       opens spaces of one URI scheme; {@link dev.isopace.space.spi.SpaceUri} is the parsed URI,
 *       {@link dev.isopace.space.spi.Capability} what the backend promises beyond the rules for
 *       all.
 *   <li>{@link dev.isopace.space.spi.AbstractSpace} makes the checks of every operation in the
 *       order that the contract asks for, and leaves a handful of primitives to the backend. It is
 *       put together from parts that also serve alone: {@link dev.isopace.space.spi.Arguments},
 *       {@link dev.isopace.space.spi.Deadline}, {@link dev.isopace.space.spi.Lifecycle} and {@link
 *       dev.isopace.space.spi.Coder}.
 *   <li>{@link dev.isopace.space.spi.Tenacity} locks, parks and wakes for backends that must not
 *       fail at it where there is no memory for a while.
 * </ul>
 *
 * <p>Unless something else is said, a null argument is a {@link NullPointerException} that names
 * it, and the classes here are thread-safe.
 */
package dev.isopace.space.spi;
