package dev.isopace.space.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The states in which a crash could leave a disk, derived from a trace.
 *
 * <p>A crash may come after any event, and in the middle of any write. What a force has not covered
 * is there or not, each sector of each write by itself; where it is not, there is what was there
 * before, or zeros, or garbage, the latter two as the file's new length says. Of a write in flight
 * any number of bytes is there, and behind them the same three. Of the changes of the directory
 * that are not synced, the first few are there.
 *
 * <p>Moments with few states give all of them; those with more give a sample, which is the same for
 * the same seed and has the extremes in it. States are made when they are asked for.
 */
final class CrashStates {
  /** What stands where something was written that did not reach the disk. */
  enum Fill {
    NOTHING,
    ZEROS,
    GARBAGE
  }

  private static final List<Fill> FILLS = List.of(Fill.values());
  private static final int GARBAGE_SIZE = 1 << 16;

  /** Writes of up to that many bytes are cut at every byte. */
  private static final int SMALL = 2048;

  /** More units than that share bits, neighbours with each other. */
  private static final int MOST_BITS = 60;

  private final Trace trace;
  private final long seed;
  private final long exhaustive;
  private final int samples;
  private final byte[] garbage = new byte[GARBAGE_SIZE];
  private final byte[] zeros = new byte[GARBAGE_SIZE];

  /**
   * The states of a trace.
   *
   * @param exhaustive how many states a moment may have so that all of them are given
   * @param samples how many are given of a moment that has more
   */
  CrashStates(Trace trace, long seed, long exhaustive, int samples) {
    this.trace = trace;
    this.seed = seed;
    this.exhaustive = exhaustive;
    this.samples = samples;
    new SplittableRandom(seed).nextBytes(garbage);
  }

  /** The moments from an event on, in their order. Lazy; the image of each is its own. */
  Stream<Moment> moments(int from) {
    List<Event> events = trace.events();
    Image running = trace.image(from);
    return Stream.iterate(next(from), first -> first <= events.size(), last -> next(last + 1))
        .flatMap(
            instant -> {
              int first = firstInstant(instant, from);
              events.subList(first, instant).forEach(event -> event.applyTo(running));
              Image image = running.copy();
              List<Moment> moments = new ArrayList<>();
              moments.add(new Moment(image, first, instant, null));
              if (instant < events.size()) {
                Event event = events.get(instant);
                if (event instanceof Event.Write write && write.bytes().length > 0) {
                  moments.add(new Moment(image, instant, instant, write));
                }
                event.applyTo(running);
              }
              return moments.stream();
            });
  }

  /** The first event from there on that changes the disk, or the end of the trace. */
  private int next(int from) {
    int instant = from;
    while (instant < trace.events().size() && trace.events().get(instant).isMark()) {
      instant++;
    }
    return instant;
  }

  /** The instant right after the event before the marks that end there. */
  private int firstInstant(int instant, int from) {
    int first = instant;
    while (first > from && trace.events().get(first - 1).isMark()) {
      first--;
    }
    return first;
  }

  /** A part of a write that is there as a whole or not at all; or a truncation. */
  private record Unit(Image.Change change, int from, int to) {
    Content apply(Content content) {
      byte[] bytes = change.bytes();
      return bytes == null
          ? change.applyTo(content)
          : content.write(change.at() + from, bytes, from, to - from);
    }
  }

  /** The units of one file that is not all durable; they are bits of the mask from the first on. */
  private record Part(Image.FileImage file, List<Unit> units, int first) {}

  /** One of the states of a moment. */
  record Choice(int names, long mask, Fill fill, int cut) {}

  /**
   * One interval between two events that change the disk, or one write in flight. Whatever callers
   * saw in that interval, the disk is the same.
   */
  final class Moment {
    private final Image image;
    private final int first;
    private final int last;
    private final Event.@Nullable Write inFlight;
    private final List<Part> parts = new ArrayList<>();
    private final int units;
    private final long[] masks;
    private final int[] cuts;
    private final long total;

    Moment(Image image, int first, int last, Event.@Nullable Write inFlight) {
      this.image = image;
      this.first = first;
      this.last = last;
      this.inFlight = inFlight;
      int count = 0;
      for (int number : image.reachable()) {
        Image.FileImage file = image.file(number);
        if (!file.pending.isEmpty()) {
          Part part = new Part(file, split(file.pending), count);
          parts.add(part);
          count += part.units().size();
        }
      }
      this.units = count;
      int bits = bits();
      if (inFlight == null) {
        this.masks = new long[0];
        this.cuts = new int[] {0};
        this.total = saturated((image.pendingNames() + 1L) * FILLS.size(), bits);
      } else {
        this.masks =
            bits == 0
                ? new long[1]
                : new long[] {-1, 0, random(1).nextLong(), random(2).nextLong()};
        this.cuts = cuts(inFlight, random(3));
        this.total = (image.pendingNames() + 1L) * FILLS.size() * masks.length * cuts.length;
      }
    }

    private int bits() {
      return Math.min(units, MOST_BITS);
    }

    private SplittableRandom random(long salt) {
      return new SplittableRandom(
          Content.mix(seed + Content.mix(2L * last + (inFlight == null ? 0 : 1)) + salt));
    }

    /** Since how many events the disk has been as it is. */
    int first() {
      return first;
    }

    /** After how many events it changes. */
    int last() {
      return last;
    }

    Image image() {
      return image;
    }

    /** How many states are given. */
    long count() {
      return total <= exhaustive ? total : Math.min(total, samples);
    }

    Choice choice(long number) {
      return total <= exhaustive ? decode(number) : sample(number);
    }

    private Choice decode(long number) {
      long rest = number;
      Fill fill = FILLS.get((int) (rest % FILLS.size()));
      rest /= FILLS.size();
      int names = (int) (rest % (image.pendingNames() + 1));
      rest /= image.pendingNames() + 1;
      if (inFlight == null) {
        return new Choice(names, rest, fill, 0);
      }
      return new Choice(
          names, masks[(int) (rest % masks.length)], fill, cuts[(int) (rest / masks.length)]);
    }

    /** The first samples are the extremes; later ones are drawn. */
    private Choice sample(long number) {
      SplittableRandom random = random(1000 + number);
      int most = image.pendingNames();
      int names =
          switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> most;
            default -> random.nextInt(most + 1);
          };
      Fill fill = FILLS.get((int) (number % FILLS.size()));
      if (inFlight != null) {
        int cut =
            samples >= cuts.length
                ? cuts[(int) (number % cuts.length)]
                : cuts[random.nextInt(cuts.length)];
        return new Choice(names, masks[random.nextInt(masks.length)], fill, cut);
      }
      long one = 1L << random.nextInt(Math.max(1, bits()));
      long mask =
          switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> one;
            case 3 -> ~one;
            case 4 -> one - 1;
            default -> random.nextLong();
          };
      return new Choice(names, mask, fill, 0);
    }

    DiskState state(Choice choice) {
      Map<Image.FileImage, Content> changed = new HashMap<>();
      for (Part part : parts) {
        changed.put(part.file(), content(part, choice));
      }
      if (inFlight != null) {
        Image.FileImage file = image.file(inFlight.file());
        changed.put(file, cut(changed.getOrDefault(file, file.durable), inFlight, choice));
      }
      Map<String, Content> files = new HashMap<>();
      image
          .namesAfter(choice.names())
          .forEach(
              (name, number) -> {
                Image.FileImage file = image.file(number);
                files.put(name, changed.getOrDefault(file, file.durable));
              });
      return new DiskState(files);
    }

    private Content content(Part part, Choice choice) {
      Content content = part.file().durable;
      int index = part.first();
      for (Unit unit : part.units()) {
        int bit = units > MOST_BITS ? (int) ((long) index * MOST_BITS / units) : index;
        index++;
        if ((choice.mask() >>> bit & 1) != 0) {
          content = unit.apply(content);
        } else if (unit.change().bytes() != null) {
          content =
              fill(content, unit.change().at() + unit.from(), unit.to() - unit.from(), choice);
        }
      }
      return content;
    }

    private Content cut(Content content, Event.Write write, Choice choice) {
      int cut = choice.cut();
      Content begun = content.write(write.at(), write.bytes(), 0, cut);
      return fill(begun, write.at() + cut, write.bytes().length - cut, choice);
    }

    private Content fill(Content content, long at, int length, Choice choice) {
      if (choice.fill() == Fill.NOTHING) {
        return content;
      }
      byte[] source = choice.fill() == Fill.ZEROS ? zeros : garbage;
      Content filled = content;
      for (int done = 0; done < length; ) {
        int offset = (int) ((at + done) % GARBAGE_SIZE);
        int part = Math.min(length - done, GARBAGE_SIZE - offset);
        filled = filled.write(at + done, source, offset, part);
        done += part;
      }
      return filled;
    }

    String describe(Choice choice) {
      return (inFlight == null
              ? "after event " + (last - 1) + ", "
              : "during event " + last + " (" + inFlight + ") with " + choice.cut() + " bytes, ")
          + choice.names()
          + " of "
          + image.pendingNames()
          + " changes of the directory, sectors "
          + Long.toBinaryString(choice.mask() & (1L << bits()) - 1)
          + " of "
          + units
          + ", else "
          + choice.fill();
    }
  }

  private static long saturated(long factor, int bits) {
    return bits > 40 ? Long.MAX_VALUE : factor << bits;
  }

  private static List<Unit> split(List<Image.Change> pending) {
    List<Unit> units = new ArrayList<>();
    for (Image.Change change : pending) {
      byte[] bytes = change.bytes();
      if (bytes == null) {
        units.add(new Unit(change, 0, 0));
        continue;
      }
      int from = 0;
      while (from < bytes.length) {
        int to = sectorEnd(change.at(), from, bytes.length);
        // A run of zeros is one unit: which of its sectors are there makes hardly a difference.
        if (isZero(bytes, from, to)) {
          int next = to;
          while (next < bytes.length
              && isZero(bytes, next, sectorEnd(change.at(), next, bytes.length))) {
            next = sectorEnd(change.at(), next, bytes.length);
          }
          to = next;
        }
        units.add(new Unit(change, from, to));
        from = to;
      }
    }
    return units;
  }

  private static int sectorEnd(long at, int from, int length) {
    long end = ((at + from) / Content.SECTOR + 1) * Content.SECTOR - at;
    return (int) Math.min(end, length);
  }

  private static boolean isZero(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static int[] cuts(Event.Write write, SplittableRandom random) {
    int length = write.bytes().length;
    TreeSet<Integer> cuts = new TreeSet<>(List.of(0, length - 1, length / 2));
    if (isZero(write.bytes(), 0, length)) {
      cuts.addAll(List.of(1, 511, 512, 513));
    } else if (length <= SMALL) {
      for (int i = 0; i < length; i++) {
        cuts.add(i);
      }
    } else {
      for (int end = sectorEnd(write.at(), 0, length);
          end < length;
          end = sectorEnd(write.at(), end, length)) {
        cuts.addAll(List.of(end - 1, end, end + 1));
      }
      random.ints(64, 0, length).forEach(cuts::add);
    }
    return cuts.headSet(length).stream().mapToInt(cut -> cut).toArray();
  }
}
