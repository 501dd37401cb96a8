package dev.isopace.space.nats;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * An SSL context whose sockets refuse a server with a certificate for another host. The client
 * library does not check that: it would take any certificate of an authority that is trusted.
 *
 * <p>Servers of a cluster give their addresses to clients, and a certificate seldom has those. A
 * host that the user has not given, and that is an address, must show a certificate for the first
 * name that the user has given; if the user has given no name, for its address.
 */
final class HostCheck extends SSLContext {
  private static final String AS_FOR_WEB_SITES = "HTTPS";
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

  private HostCheck(Spi spi, SSLContext inner) {
    super(spi, inner.getProvider(), inner.getProtocol());
  }

  /**
   * A context that trusts whom another one does.
   *
   * @param hosts those that the user has given, with ports
   */
  static SSLContext around(SSLContext inner, List<String> hosts) {
    return new HostCheck(
        new Spi(inner, hosts.stream().map(host -> host.replaceFirst(":[0-9]+$", "")).toList()),
        inner);
  }

  private static final class Spi extends SSLContextSpi {
    private final SSLContext inner;
    private final List<String> hosts;

    Spi(SSLContext inner, List<String> hosts) {
      this.inner = inner;
      this.hosts = hosts;
    }

    @Override
    protected void engineInit(
        KeyManager @Nullable [] keys,
        TrustManager @Nullable [] trust,
        @Nullable SecureRandom random)
        throws KeyManagementException {
      inner.init(keys, trust, random);
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return new Factory(inner.getSocketFactory(), hosts);
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return inner.getServerSocketFactory();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return inner.createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return inner.createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return inner.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return inner.getClientSessionContext();
    }
  }

  private static final class Factory extends SSLSocketFactory {
    private final SSLSocketFactory inner;
    private final List<String> hosts;

    Factory(SSLSocketFactory inner, List<String> hosts) {
      this.inner = inner;
      this.hosts = hosts;
    }

    /** What the client library calls, with a socket that is connected. */
    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
        throws IOException {
      boolean isTold = hosts.contains(host) || hosts.contains("[" + host + "]");
      String expected = isTold || !isAddress(host) ? host : firstName(host);
      return checking(inner.createSocket(socket, expected, port, autoClose));
    }

    private String firstName(String otherwise) {
      return hosts.stream().filter(told -> !isAddress(told)).findFirst().orElse(otherwise);
    }

    private static boolean isAddress(String host) {
      return ADDRESS.matcher(host).matches();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      return checking(inner.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
        throws IOException {
      return checking(inner.createSocket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return checking(inner.createSocket(host, port));
    }

    @Override
    public Socket createSocket(
        InetAddress address, int port, InetAddress localAddress, int localPort) throws IOException {
      return checking(inner.createSocket(address, port, localAddress, localPort));
    }

    private static Socket checking(Socket socket) {
      if (socket instanceof SSLSocket encrypted) {
        SSLParameters parameters = encrypted.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm(AS_FOR_WEB_SITES);
        encrypted.setSSLParameters(parameters);
      }
      return socket;
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return inner.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return inner.getSupportedCipherSuites();
    }
  }
}
