package dev.isopace.space.cli;

import dev.isopace.space.Space;

/**
 * Takes lines from the space and counts them, then reports the result to the caller that asks for
 * it.
 */
final class Consumer implements Crew.Task {
  private final Space<String> space;
  private final String lines;
  private final String requests;
  private final Credits.ConsumerPurse purse;

  Consumer(Space<String> space, String lines, String requests, Credits.ConsumerPurse purse) {
    this.space = space;
    this.lines = lines;
    this.requests = requests;
    this.purse = purse;
  }

  @Override
  public void run() throws InterruptedException {
    Tally tally = countLines();
    // The request is the key under which the reply is waited for.
    Put.into(space, space.in(requests), tally.encode());
  }

  private Tally countLines() throws InterruptedException {
    long taken = 0;
    long begun = 0;
    long words = 0;
    for (String entry = space.in(lines); !entry.equals(Entry.END); entry = space.in(lines)) {
      taken++;
      if (Entry.beginsLine(entry)) {
        begun++;
      }
      words += WordCounter.count(entry);
      purse.refund(Credits.cost(entry));
    }
    return new Tally(taken, begun, words);
  }
}
