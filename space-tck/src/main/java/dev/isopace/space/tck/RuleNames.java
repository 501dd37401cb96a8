package dev.isopace.space.tck;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGenerator;

/**
 * Makes the name of a test from its method: {@code fifo1_entriesLeaveInOrder} is shown as {@code
 * FIFO-1 entries leave in order}. So a rule's id stands in one place, wherever the test is
 * reported.
 */
final class RuleNames extends DisplayNameGenerator.Standard {
  private static final Pattern NAME = Pattern.compile("([a-z]+)([0-9]+)_(.+)");

  /** Creates the generator, for JUnit. */
  RuleNames() {}

  @Override
  public String generateDisplayNameForMethod(
      List<Class<?>> enclosingInstanceTypes, Class<?> testClass, Method testMethod) {
    Matcher name = NAME.matcher(testMethod.getName());
    if (!name.matches()) {
      return super.generateDisplayNameForMethod(enclosingInstanceTypes, testClass, testMethod);
    }
    String rule = name.group(1).toUpperCase(Locale.ROOT) + "-" + name.group(2);
    return rule + " " + words(name.group(3));
  }

  private static String words(String camelCase) {
    return camelCase.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
  }
}
