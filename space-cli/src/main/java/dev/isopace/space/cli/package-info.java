/**
 * The {@code ./space} command.
 *
 * <p>{@link dev.isopace.space.cli.Main} assembles the commands, and says in one place how each of
 * them ends: exit code 0 if it did what it was asked, 2 with one line on standard error if it was
 * asked for something that cannot be, and with one line on standard error if the work failed.
 * {@link dev.isopace.space.cli.ExitCode} has the other codes. Standard output carries data and
 * nothing else.
 *
 * <p>{@code demo} counts words through a space. {@link dev.isopace.space.cli.Demo} is the place to
 * begin reading. {@code out}, {@code in} and the like are the operations of a space, for scripts
 * and pipes; {@link dev.isopace.space.cli.Taking} says what becomes of entries when they are ended.
 */
package dev.isopace.space.cli;
