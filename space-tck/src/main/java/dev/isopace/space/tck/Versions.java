package dev.isopace.space.tck;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The version of an artifact that runs: that of its manifest or module descriptor; or, where
 * classes are not yet in an artifact, that of the project in which they were compiled.
 */
final class Versions {
  private static final String UNKNOWN = "unknown";

  /**
   * The number of folders by which the file of a project may be above its classes, as in {@code
   * target/classes}.
   */
  private static final int FOLDERS = 4;

  private static final Pattern NOT_OF_THE_PROJECT =
      Pattern.compile(
          "(?s)<!--.*?-->|<(dependencies|dependencyManagement|build|profiles|reporting|properties)>"
              + ".*?</\\1>");

  private static final Pattern PARENT = Pattern.compile("(?s)<parent>(.*?)</parent>");
  private static final Pattern VERSION = Pattern.compile("<version>\\s*([^<]*?)\\s*</version>");

  private Versions() {}

  static String of(Class<?> type) {
    String version = type.getPackage().getImplementationVersion();
    if (version == null && type.getModule().isNamed()) {
      version = type.getModule().getDescriptor().rawVersion().orElse(null);
    }
    return version == null ? ofProject(type) : version;
  }

  private static String ofProject(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return UNKNOWN;
    }
    try {
      Path place = Path.of(source.getLocation().toURI());
      for (int i = 0; i < FOLDERS && place != null; i++) {
        Path project = place.resolve("pom.xml");
        if (Files.isRegularFile(project)) {
          return ofProject(Files.readString(project));
        }
        place = place.getParent();
      }
      return UNKNOWN;
    } catch (URISyntaxException | IllegalArgumentException e) {
      // It is no file.
      return UNKNOWN;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the version of a Maven project: its own, otherwise that of its parent. */
  static String ofProject(String pom) {
    String project = NOT_OF_THE_PROJECT.matcher(pom).replaceAll("");
    String own = find(VERSION, PARENT.matcher(project).replaceAll(""));
    if (own != null) {
      return own;
    }
    String parent = find(PARENT, project);
    String version = parent == null ? null : find(VERSION, parent);
    return version == null ? UNKNOWN : version;
  }

  private static @Nullable String find(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    return found.find() ? found.group(1) : null;
  }
}
