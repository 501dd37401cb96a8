package dev.isopace.space.cli;

import dev.isopace.space.Space;
import java.io.IOException;

/** Puts lines into the space until there are no more. */
final class Producer implements Crew.Task {
  private final Space<String> space;
  private final String lines;
  private final TextSplitter source;
  private final Credits.ProducerPurse purse;

  Producer(Space<String> space, String lines, TextSplitter source, Credits.ProducerPurse purse) {
    this.space = space;
    this.lines = lines;
    this.source = source;
    this.purse = purse;
  }

  @Override
  public void run() throws IOException, InterruptedException {
    for (TextSplitter.Batch batch = source.next(); batch != null; batch = source.next()) {
      purse.pay(batch.cost());
      for (String entry : batch.entries()) {
        Put.into(space, lines, entry);
      }
    }
  }
}
