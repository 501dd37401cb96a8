package dev.isopace.space.tck;

import dev.isopace.space.spi.SpaceProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Collections;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The declarations of a provider in its artifact. A run on the class path cannot notice that the
 * module descriptor lacks one, nor the other way round.
 */
final class Declarations {
  private static final String SERVICE = SpaceProvider.class.getName();

  /**
   * The file in which the class path, and a module without a descriptor, declare their providers.
   */
  static final String FILE = "META-INF/services/" + SERVICE;

  private Declarations() {}

  /** Returns whether a services file that the provider's class loader sees lists the provider. */
  static boolean isListed(Class<?> provider) {
    try {
      for (URL file : Collections.list(provider.getClassLoader().getResources(FILE))) {
        try (InputStream in = file.openStream()) {
          if (lists(new String(in.readAllBytes(), StandardCharsets.UTF_8), provider)) {
            return true;
          }
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean lists(String services, Class<?> provider) {
    return services
        .lines()
        .map(line -> line.replaceFirst("#.*", "").trim())
        .anyMatch(provider.getName()::equals);
  }

  /** Returns whether the provider comes with a module descriptor that does not provide it. */
  static boolean isForgottenByItsModule(Class<?> provider) {
    CodeSource source = provider.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return false;
    }
    return descriptors(source.getLocation()).stream()
        .anyMatch(module -> !module.isAutomatic() && !provides(module, provider));
  }

  private static boolean provides(ModuleDescriptor module, Class<?> provider) {
    return module.provides().stream()
        .filter(provides -> provides.service().equals(SERVICE))
        .anyMatch(provides -> provides.providers().contains(provider.getName()));
  }

  private static Set<ModuleDescriptor> descriptors(URL artifact) {
    try {
      return ModuleFinder.of(Path.of(artifact.toURI())).findAll().stream()
          .map(ModuleReference::descriptor)
          .collect(Collectors.toSet());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("not a file: " + artifact, e);
    } catch (FindException e) {
      // Not even a name for an automatic module can be made of it: it has no descriptor.
      return Set.of();
    }
  }
}
