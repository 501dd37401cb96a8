package dev.isopace.space.nats;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.SpaceException;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is said to users when something fails: what happened, to what, and what to do about it. */
final class Failures {
  /** What stands before the host in the addresses that the client library names. */
  private static final Pattern USER_INFO = Pattern.compile("//[^/\\s]*@");

  private Failures() {}

  /** A text of the client library, without the passwords and tokens that it may have in it. */
  static String masked(String text) {
    return USER_INFO.matcher(text).replaceAll("//***@");
  }

  /** An exception of the client library, as a cause: without secrets, as above. */
  static Exception masked(Exception e) {
    String text = e.toString();
    String masked = masked(text);
    if (masked.equals(text)) {
      return e;
    }
    IOException same = new IOException(masked);
    same.setStackTrace(e.getStackTrace());
    return same;
  }

  /** What a failure of a call says, without the call, for the message of another one of it. */
  static String reason(Object call, Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    String begin = call + ": ";
    return message.startsWith(begin) ? message.substring(begin.length()) : message;
  }

  static SpaceException unreachable(Object call, String trouble) {
    return new SpaceException(
        call
            + ": the server could not be asked: "
            + trouble
            + ". Check that it runs and can be reached; this handle reconnects by itself");
  }

  static SpaceException noAnswer(Object call, String lastAnswer, String trouble) {
    return new SpaceException(
        call
            + ": the server gave no usable answer in time: "
            + lastAnswer
            + " ("
            + trouble
            + "). If it persists, check that JetStream is enabled and that the stream has a leader"
            + " (nats stream info)");
  }

  static SpaceException ended(Object call, String trouble) {
    return new SpaceException(
        call
            + ": the connection is closed for good, by its owner or since the server refuses the"
            + " credentials: "
            + trouble
            + ". Open the space anew");
  }

  static SpaceException refused(Object call, String action, String subject) {
    return new SpaceException(
        call
            + ": the server does not permit this user to "
            + action
            + " '"
            + subject
            + "'; allow it in the server's configuration or the user's JWT (docs/nats.md lists what"
            + " a client needs)");
  }

  static SpaceException noStream(Object call, Names names) {
    return new SpaceException(
        call
            + ": the stream "
            + names.stream()
            + " is gone, and with it all entries: somebody deleted it, or its server lost it. Open"
            + " the space anew to create it");
  }

  static SpaceException failed(Object call, Answer answer) {
    return switch (answer.errorCode()) {
      case Answer.NOT_ENABLED, Answer.NOT_ENABLED_FOR_ACCOUNT ->
          new SpaceException(call + ": " + noJetStream(answer.toString()));
      default -> new SpaceException(call + ": the server refused: " + answer);
    };
  }

  static String noJetStream(String detail) {
    return "JetStream is not enabled on this server, or not for this account ("
        + detail
        + "): start the server with -js, or write 'jetstream {}' into its configuration and, if"
        + " there are accounts, 'jetstream: enabled' into this one";
  }

  static SpaceException full(Object call, Names names, Answer answer) {
    return new SpaceException(
        call
            + ": the stream "
            + names.stream()
            + " is full or its disk is ("
            + answer
            + "); nothing was stored. Take entries, or raise the limits of the stream and the"
            + " account");
  }

  static IndeterminateException storedOrNot(Object call, String why, String subject) {
    return new IndeterminateException(
        call
            + ": it is not known whether the entry was stored: "
            + why
            + ". If its receivers recognise duplicates, write it again; else look for it under '"
            + subject
            + "'");
  }

  /** The entry may still be there, or soon be gone. */
  static IndeterminateException removedOrNot(
      Object call, long sequence, String why, @Nullable Throwable cause, byte[] payload) {
    return inDoubt(
        call, sequence, why, "If the entry is still there later, it did not", cause, payload);
  }

  /** The entry is gone, and somebody has removed it. */
  static IndeterminateException goneByThisOrNot(Object call, long sequence, byte[] payload) {
    return inDoubt(
        call,
        sequence,
        "its deletion was sent, no reply came, and the entry is gone",
        "If nobody else takes of this key, and the entry does not come back, it did",
        null,
        payload);
  }

  private static IndeterminateException inDoubt(
      Object call,
      long sequence,
      String why,
      String advice,
      @Nullable Throwable cause,
      byte[] payload) {
    String message =
        call
            + ": it is not known whether this call removed entry "
            + sequence
            + ": "
            + why
            + ". "
            + advice
            + "; payload() is the encoded value";
    return new IndeterminateException(message, cause, payload);
  }
}
