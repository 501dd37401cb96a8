package dev.isopace.space.local;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Each pair of operations that race on a key comes out as one order or the other. */
public final class RacesStress {
  private RacesStress() {}

  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The first has it.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The second has it.")
  @Outcome(expect = FORBIDDEN, desc = "No order of the calls explains it.")
  @State
  public static class TwoProbesAndOneEntry {
    private final Racing space = new Racing();

    public TwoProbesAndOneEntry() {
      space.out(1);
    }

    @Actor
    public void one(II_Result result) {
      result.r1 = space.inp();
    }

    @Actor
    public void other(II_Result result) {
      result.r2 = space.inp();
    }
  }

  @JCStressTest
  @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "Each its own.")
  @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "Each the one of the other.")
  @Outcome(expect = FORBIDDEN, desc = "No order of the calls explains it.")
  @State
  public static class TwoWhoWriteAndTake {
    private final Racing space = new Racing();

    @Actor
    public void one(II_Result result) {
      space.out(1);
      result.r1 = space.in();
    }

    @Actor
    public void other(II_Result result) {
      space.out(2);
      result.r2 = space.in();
    }
  }

  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The entry is read before it is taken.")
  @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "It is taken, and the next is read.")
  @Outcome(expect = FORBIDDEN, desc = "No order of the calls explains it.")
  @State
  public static class AReaderAndATaker {
    private final Racing space = new Racing();

    @Actor
    public void read(II_Result result) {
      result.r1 = space.rd();
    }

    @Actor
    public void take(II_Result result) {
      space.out(1);
      result.r2 = space.in();
      space.out(2);
    }
  }

  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The taker comes first.")
  @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "The probe comes first.")
  @Outcome(expect = FORBIDDEN, desc = "No order of the calls explains it.")
  @State
  public static class ATakerAndAProbe {
    private final Racing space = new Racing();

    @Actor
    public void take(II_Result result) {
      result.r1 = space.in();
    }

    @Actor
    public void probe(II_Result result) {
      space.out(1);
      result.r2 = space.inp();
      space.out(2);
    }
  }

  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Written, then taken.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Nothing there yet.")
  @Outcome(expect = FORBIDDEN, desc = "No order of the calls explains it.")
  @State
  public static class AWriterAndAProbe {
    private final Racing space = new Racing();

    @Actor
    public void write() {
      space.out(1);
    }

    @Actor
    public void probe(II_Result result) {
      result.r1 = space.inp();
    }

    @Arbiter
    public void after(II_Result result) {
      result.r2 = space.len();
    }
  }

  @JCStressTest
  @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "In this order.")
  @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "In that order.")
  @Outcome(expect = FORBIDDEN, desc = "No order of the calls explains it.")
  @State
  public static class TwoWriters {
    private final Racing space = new Racing();

    @Actor
    public void one() {
      space.out(1);
    }

    @Actor
    public void other() {
      space.out(2);
    }

    @Arbiter
    public void after(II_Result result) {
      result.r1 = space.inp();
      result.r2 = space.inp();
    }
  }

  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "Counted, then written.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "Written, then counted.")
  @Outcome(expect = FORBIDDEN, desc = "No order of the calls explains it.")
  @State
  public static class AWriterAndACount {
    private final Racing space = new Racing();

    @Actor
    public void write() {
      space.out(1);
    }

    @Actor
    public void count(I_Result result) {
      result.r1 = space.len();
    }
  }

  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Read before it is taken.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Taken before it is read.")
  @Outcome(expect = FORBIDDEN, desc = "No order of the calls explains it.")
  @State
  public static class ATakerAndAReadingProbe {
    private final Racing space = new Racing();

    @Actor
    public void take(II_Result result) {
      result.r1 = space.in();
    }

    @Actor
    public void probe(II_Result result) {
      space.out(1);
      result.r2 = space.rdp();
    }
  }

  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "Written, then closed.")
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "Closed, and nothing written.")
  @Outcome(expect = FORBIDDEN, desc = "No order of the calls explains it.")
  @State
  public static class AWriterAndAClose {
    private final Racing space = new Racing();

    @Actor
    public void write(I_Result result) {
      result.r1 = space.out(1) ? 1 : 0;
    }

    @Actor
    public void close() {
      space.close();
    }
  }

  @JCStressTest
  @Outcome(id = "-1", expect = ACCEPTABLE, desc = "Woken, and told that it is closed.")
  @Outcome(expect = FORBIDDEN, desc = "No order of the calls explains it.")
  @State
  public static class ATakerAndAClose {
    private final Racing space = new Racing();

    @Actor
    public void take(I_Result result) {
      result.r1 = space.in();
    }

    @Actor
    public void close() {
      space.close();
    }
  }

  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "Taken, then closed.")
  @Outcome(id = "-1", expect = ACCEPTABLE, desc = "Closed before it was taken.")
  @Outcome(expect = FORBIDDEN, desc = "No order of the calls explains it.")
  @State
  public static class ATakerAndAnEntryBeforeTheClose {
    private final Racing space = new Racing();

    @Actor
    public void take(I_Result result) {
      result.r1 = space.in();
    }

    @Actor
    public void writeAndClose() {
      space.out(1);
      space.close();
    }
  }
}
