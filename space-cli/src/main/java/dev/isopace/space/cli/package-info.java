/**
 * The {@code ./space} command.
 *
 * <p>{@link dev.isopace.space.cli.Main} assembles the commands, and says in one place how each of
 * them ends: exit code 0 if it did what it was asked, 1 with one line on standard error if the work
 * failed, 2 with one line on standard error if it was asked for something that cannot be.
 *
 * <p>{@code demo} counts words through a space. {@link dev.isopace.space.cli.Demo} is the place to
 * begin reading.
 */
package dev.isopace.space.cli;
