package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.Deadline;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The first call of a process whose stack is nearly full leaves nothing behind")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FirstCallTest {
  private static final int STACK = 256 << 10;

  /** How far back from the end of the stack the call is made, in frames of the least size. */
  private static final int FARTHEST = 250;

  private static final int STEP = 10;

  /** Classes of this package that nobody has used yet, as in a process that has just begun. */
  private static final class FreshClasses extends ClassLoader {
    private static final String PREFIX = "dev.isopace.space.local.";

    FreshClasses() {
      super(FirstCallTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        Class<?> found = findLoadedClass(name);
        if (found != null || !name.startsWith(PREFIX)) {
          return found == null ? super.loadClass(name, resolve) : found;
        }
        String file = name.replace('.', '/') + ".class";
        try (InputStream in = LocalSpace.class.getClassLoader().getResourceAsStream(file)) {
          if (in == null) {
            throw new ClassNotFoundException(name);
          }
          byte[] bytes = in.readAllBytes();
          return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
          throw new ClassNotFoundException(name, e);
        }
      }
    }
  }

  private static final class Deep {
    private final Callable<?> call;
    private int left;
    private boolean isMade;

    Deep(Callable<?> call, int framesBack) {
      this.call = call;
      this.left = framesBack;
    }

    @SuppressWarnings("InfiniteRecursion") // that is what fills a stack
    void descend() {
      try {
        descend();
      } catch (StackOverflowError e) {
        // From here on there is a frame more.
      }
      if (left-- == 0) {
        isMade = true;
        try {
          call.call();
        } catch (Exception | Error e) {
          // Then it has not taken place.
        }
      }
    }
  }

  /** What belongs to others is in use already: a codec, and the clock. */
  @BeforeAll
  static void warmUp() {
    assertTrue(Deadline.after(Duration.ZERO).hasPassed());
    assertEquals("1", Codec.utf8().decode(Codec.utf8().encode("1")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"local:", "local:?copy=true"})
  void aGhostInLineWouldBeGivenTheNextEntry(String uri) throws Exception {
    for (int frames = 0; frames < FARTHEST; frames += STEP) {
      try (Space<String> space = fresh(uri)) {
        Deep deep = new Deep(() -> space.in("k", Duration.ofMillis(1)), frames);
        make(deep);
        assertTrue(space.out("k", "1"));
        assertEquals(Optional.of("1"), space.inp("k"), frames + " frames from the end");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"local:", "local:?copy=true"})
  void anEntryThatWasNotWrittenIsNotThere(String uri) throws Exception {
    for (int frames = 0; frames < FARTHEST; frames += STEP) {
      try (Space<String> space = fresh(uri)) {
        boolean[] isWritten = new boolean[1];
        make(new Deep(() -> isWritten[0] = space.out("k", "1"), frames));
        assertEquals(isWritten[0] ? 1 : 0, space.len("k"), frames + " frames from the end");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"local:", "local:?copy=true"})
  void anEntryBehindAnotherThatWasNotWrittenIsNotThere(String uri) throws Exception {
    for (int frames = 0; frames < FARTHEST; frames += STEP) {
      try (Space<String> space = fresh(uri)) {
        assertTrue(space.out("k", "1"));
        boolean[] isWritten = new boolean[1];
        make(new Deep(() -> isWritten[0] = space.out("k", "2"), frames));
        assertEquals(isWritten[0] ? 2 : 1, space.len("k"), frames + " frames from the end");
        assertTrue(space.out("k", "3"));
        assertEquals(Optional.of("1"), space.inp("k"));
        assertEquals(Optional.of(isWritten[0] ? "2" : "3"), space.inp("k"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"local:", "local:?copy=true"})
  void anOpenThatFailsIsNotTheLastOne(String uri) throws Exception {
    for (int frames = 0; frames < FARTHEST; frames += STEP) {
      SpaceProvider provider = freshProvider();
      SpaceUri parsed = SpaceUri.parse(uri);
      make(new Deep(() -> provider.open(parsed, Codec.utf8()), frames));
      try (Space<String> space = provider.open(parsed, Codec.utf8())) {
        assertTrue(space.out("k", "1"));
        assertEquals(Optional.of("1"), space.in("k", Duration.ofMillis(1)));
      }
    }
  }

  private static void make(Deep deep) throws InterruptedException {
    Thread thread = new Thread(null, deep::descend, "deep", STACK);
    thread.start();
    thread.join(TimeUnit.SECONDS.toMillis(60));
    assertTrue(!thread.isAlive() && deep.isMade, "the call has not ended");
  }

  private static Space<String> fresh(String uri) throws Exception {
    return freshProvider().open(SpaceUri.parse(uri), Codec.utf8());
  }

  private static SpaceProvider freshProvider() throws Exception {
    FreshClasses classes = new FreshClasses();
    // They are loaded, but not initialized: to load them takes more stack than what follows.
    Path directory = Path.of(LocalSpace.class.getResource("LocalSpace.class").toURI()).getParent();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
        String name = file.getFileName().toString();
        if (!name.equals("package-info.class")) {
          Class.forName(
              FreshClasses.PREFIX + name.substring(0, name.length() - ".class".length()),
              false,
              classes);
        }
      }
    }
    return (SpaceProvider)
        classes.loadClass(LocalProvider.class.getName()).getConstructor().newInstance();
  }
}
