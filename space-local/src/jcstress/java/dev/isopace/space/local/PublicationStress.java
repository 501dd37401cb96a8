package dev.isopace.space.local;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.isopace.space.Space;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** What a thread wrote before {@code out} is seen by whoever receives the entry. */
public final class PublicationStress {
  private static final String KEY = "key";
  private static final int NOTHING = -1;

  private PublicationStress() {}

  /** Has a plain field: nothing but the space makes its value visible. */
  static final class Message {
    int content;
  }

  private interface Wait {
    Message forEntry(String key) throws InterruptedException;
  }

  private static int received(Wait wait) {
    try {
      return wait.forEntry(KEY).content;
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts", e);
    }
  }

  @JCStressTest
  @Outcome(id = "-1", expect = ACCEPTABLE, desc = "The entry is not there yet.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "The entry is there, and its content.")
  @Outcome(expect = FORBIDDEN, desc = "The entry is there without its content.")
  @State
  public static class ByInp {
    private final Space<Message> space = new LocalSpace<>();
    private final Message message = new Message();

    @Actor
    public void write() {
      message.content = 1;
      space.out(KEY, message);
    }

    @Actor
    public void take(I_Result result) {
      result.r1 = space.inp(KEY).map(message -> message.content).orElse(NOTHING);
    }
  }

  @JCStressTest
  @Outcome(id = "-1", expect = ACCEPTABLE, desc = "The entry is not there yet.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "The entry is there, and its content.")
  @Outcome(expect = FORBIDDEN, desc = "The entry is there without its content.")
  @State
  public static class ByRdp {
    private final Space<Message> space = new LocalSpace<>();
    private final Message message = new Message();

    @Actor
    public void write() {
      message.content = 1;
      space.out(KEY, message);
    }

    @Actor
    public void read(I_Result result) {
      result.r1 = space.rdp(KEY).map(message -> message.content).orElse(NOTHING);
    }
  }

  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "The entry, and its content.")
  @Outcome(expect = FORBIDDEN, desc = "The entry without its content.")
  @State
  public static class ByIn {
    private final Space<Message> space = new LocalSpace<>();
    private final Message message = new Message();

    @Actor
    public void write() {
      message.content = 1;
      space.out(KEY, message);
    }

    @Actor
    public void take(I_Result result) {
      result.r1 = received(space::in);
    }
  }

  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "The entry, and its content.")
  @Outcome(expect = FORBIDDEN, desc = "The entry without its content.")
  @State
  public static class ByRd {
    private final Space<Message> space = new LocalSpace<>();
    private final Message message = new Message();

    @Actor
    public void write() {
      message.content = 1;
      space.out(KEY, message);
    }

    @Actor
    public void read(I_Result result) {
      result.r1 = received(space::rd);
    }
  }

  /** By a plain field instead of a space: so it goes without one. */
  @JCStressTest
  @Outcome(id = "-1", expect = ACCEPTABLE, desc = "The message is not there yet.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "The message is there, and its content.")
  @Outcome(id = "0", expect = ACCEPTABLE_INTERESTING, desc = "There without its content: a race.")
  @State
  public static class Weakened {
    private final Message message = new Message();
    private boolean there;

    @Actor
    public void write() {
      message.content = 1;
      there = true;
    }

    @Actor
    public void read(I_Result result) {
      boolean seen = there;
      int content = message.content;
      result.r1 = seen ? content : NOTHING;
    }
  }
}
