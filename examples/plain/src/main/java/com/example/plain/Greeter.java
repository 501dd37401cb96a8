package com.example.plain;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;

/** Request and response through a space: the example of the README as a whole program. */
public final class Greeter {
  private Greeter() {}

  /**
   * Asks another thread for a greeting, and prints it.
   *
   * @param args none
   * @throws InterruptedException if the program is interrupted
   */
  public static void main(String[] args) throws InterruptedException {
    try (Space<String> space = Spaces.open("local:", Codec.utf8())) {
      Thread server = new Thread(() -> serve(space), "server");
      server.start();
      space.out("greet", "world reply-4711");
      String greeting = space.in("reply-4711");
      System.out.println(greeting);
      server.join();
    }
  }

  private static void serve(Space<String> space) {
    try {
      String[] request = space.in("greet").split(" ", 2);
      space.out(request[1], "Hello, " + request[0] + "!");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
