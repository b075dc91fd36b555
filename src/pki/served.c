#include <errno.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pki/pki-private.h"

typedef SSL_CTX SslContext;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SslContext, SSL_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SSL, SSL_free)

/* A handshake under way. It goes through memory, so that no write to a closed socket
 * raises SIGPIPE, and no read waits longer than there is time. */
typedef struct {
  const char *place; /* "HOST:PORT", for people */
  int fd;
  gint64 deadline; /* monotonic */
  SSL *ssl;
  BIO *received; /* borrowed from SSL */
  BIO *to_send;  /* borrowed from SSL */
} Handshake;

/* Waits until the socket is ready for EVENTS. FALSE with errno set. */
static gboolean wait_for(int fd, short events, gint64 deadline)
{
  for (;;) {
    gint64 left = (deadline - g_get_monotonic_time()) / 1000;
    struct pollfd event = {fd, events, 0};
    int ready = left > 0 ? poll(&event, 1, (int)MIN(left + 1, G_MAXINT)) : 0;
    if (ready > 0)
      return TRUE;
    if (ready == 0)
      errno = ETIMEDOUT;
    if (ready == 0 || errno != EINTR)
      return FALSE;
  }
}

/* A connected socket, or -1 with errno set. */
static int connect_to(const struct addrinfo *address, gint64 deadline)
{
  int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -1;
  int failed = 0;
  if (connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
    socklen_t length = sizeof failed;
    if (errno != EINPROGRESS || !wait_for(fd, POLLOUT, deadline) ||
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &length) != 0)
      failed = errno;
  }
  if (failed == 0)
    return fd;
  close(fd);
  errno = failed;
  return -1;
}

/* Tries each address of HOST in turn. */
static int connect_to_host(const char *host, const char *port, const char *place, gint64 deadline,
                           GError **error)
{
  const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
  struct addrinfo *addresses = NULL;
  int code = getaddrinfo(host, port, &hints, &addresses);
  if (code != 0) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO, "%s has no address: %s", place,
                gai_strerror(code));
    return -1;
  }
  int fd = -1;
  for (const struct addrinfo *at = addresses; at != NULL && fd < 0; at = at->ai_next)
    fd = connect_to(at, deadline);
  int errnum = errno;
  freeaddrinfo(addresses);
  if (fd < 0)
    error_set_errno(error, errnum, "%s cannot be reached", place);
  return fd;
}

static gboolean send_pending(Handshake *handshake)
{
  char *bytes = NULL;
  long length = BIO_get_mem_data(handshake->to_send, &bytes);
  for (long sent = 0; sent < length;) {
    ssize_t got = send(handshake->fd, bytes + sent, (gsize)(length - sent), MSG_NOSIGNAL);
    if (got < 0 && errno != EAGAIN && errno != EINTR)
      return FALSE;
    if (got < 0 && !wait_for(handshake->fd, POLLOUT, handshake->deadline))
      return FALSE;
    sent += MAX(got, 0);
  }
  return BIO_reset(handshake->to_send) == 1;
}

/* FALSE with errno set: 0 where the host has closed the connection. */
static gboolean receive_some(Handshake *handshake)
{
  guint8 bytes[16384];
  ssize_t got;
  do {
    if (!wait_for(handshake->fd, POLLIN, handshake->deadline))
      return FALSE;
    got = recv(handshake->fd, bytes, sizeof bytes, 0);
  } while (got < 0 && (errno == EAGAIN || errno == EINTR));
  if (got == 0)
    errno = 0;
  return got > 0 && BIO_write(handshake->received, bytes, (int)got) == got;
}

/* As far as it needs to be: the server's certificate comes long before the end, which a
 * server that asks for a certificate of ours may refuse. */
static X509 *shake_hands(Handshake *handshake, GError **error)
{
  for (;;) {
    int done = SSL_do_handshake(handshake->ssl);
    int reason = SSL_get_error(handshake->ssl, done);
    X509 *certificate = SSL_get1_peer_certificate(handshake->ssl);
    if (certificate != NULL) {
      ERR_clear_error();
      return certificate;
    }
    if (done == 1 || (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE)) {
      pki_set_error(error, CERTDROP_ERROR_IO, "%s serves no certificate by TLS", handshake->place);
      return NULL;
    }
    if (send_pending(handshake) && receive_some(handshake))
      continue;
    if (errno == 0)
      g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO,
                  "%s closed the connection before it showed a certificate", handshake->place);
    else
      error_set_errno(error, errno, "%s does not speak TLS", handshake->place);
    return NULL;
  }
}

/* What a client says that takes certificates of one kind of key alone: in the signatures that it
 * can check and, up to TLS 1.2, in its ciphers. RSA's old signatures are for TLS 1.3 those of
 * authorities only, so that a server with an ECDSA key and a chain of RSA does not mind. */
typedef struct {
  int type;
  const char *signatures;
  const char *ciphers;
} KeyType;

static const KeyType key_types[] = {
    {EVP_PKEY_RSA,
     "rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:RSA+SHA256:RSA+SHA384:RSA+SHA512:"
     "RSA+SHA1",
     "aRSA"},
    {EVP_PKEY_EC,
     "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ECDSA+SHA1:RSA+SHA256:RSA+SHA384:RSA+SHA512",
     "aECDSA"},
    {EVP_PKEY_ED25519, "ed25519:RSA+SHA256:RSA+SHA384:RSA+SHA512", "aECDSA"},
};

/* That of the key of CERTIFICATE, which may be NULL; NULL: none that a client can ask for. */
static const KeyType *key_type_of(X509 *certificate)
{
  EVP_PKEY *key = certificate != NULL ? X509_get0_pubkey(certificate) : NULL;
  for (gsize i = 0; key != NULL && i < G_N_ELEMENTS(key_types); i++)
    if (EVP_PKEY_get_base_id(key) == key_types[i].type)
      return &key_types[i];
  return NULL;
}

static X509 *read_certificate(GBytes *der)
{
  gsize length = 0;
  const guint8 *bytes = g_bytes_get_data(der, &length);
  X509 *certificate = d2i_X509(NULL, &bytes, (long)length);
  ERR_clear_error();
  return certificate;
}

/* What is looked at. */
typedef struct {
  const char *host;
  const char *port;
  const char *name;    /* or NULL */
  const KeyType *only; /* NULL: any */
  const char *place;   /* "HOST:PORT", for people */
} Look;

static gboolean set_up_client(SSL *ssl, const Look *look)
{
  const KeyType *only = look->only;
  return SSL_set_min_proto_version(ssl, TLS1_VERSION) == 1 &&
         (only == NULL || (SSL_set1_sigalgs_list(ssl, only->signatures) == 1 &&
                           SSL_set_cipher_list(ssl, only->ciphers) == 1)) &&
         (look->name == NULL || SSL_set_tlsext_host_name(ssl, look->name) == 1);
}

/* A client that takes any certificate, and what old servers still speak. */
static SSL *new_client(const Look *look, GError **error)
{
  g_autoptr(SslContext) context = SSL_CTX_new(TLS_client_method());
  g_autoptr(SSL) ssl = NULL;
  if (context != NULL) {
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    ssl = SSL_new(context);
  }
  if (ssl == NULL || !set_up_client(ssl, look)) {
    pki_set_error(error, CERTDROP_ERROR_BUG, "cannot set up TLS");
    return NULL;
  }
  SSL_set_connect_state(ssl);
  return g_steal_pointer(&ssl);
}

char *pki_host_and_port(const char *host, const char *port)
{
  gboolean colons = strchr(host, ':') != NULL;
  return g_strdup_printf("%s%s%s:%s", colons ? "[" : "", host, colons ? "]" : "", port);
}

static X509 *fetch(const Look *look, gint64 deadline, GError **error)
{
  Handshake handshake = {look->place, -1, deadline, NULL, NULL, NULL};
  g_autoptr(SSL) ssl = new_client(look, error);
  if (ssl == NULL)
    return NULL;
  handshake.ssl = ssl;
  handshake.received = BIO_new(BIO_s_mem());
  handshake.to_send = BIO_new(BIO_s_mem());
  g_assert(handshake.received != NULL && handshake.to_send != NULL);
  SSL_set_bio(ssl, handshake.received, handshake.to_send);
  handshake.fd = connect_to_host(look->host, look->port, look->place, deadline, error);
  if (handshake.fd < 0)
    return NULL;
  X509 *certificate = shake_hands(&handshake, error);
  close(handshake.fd);
  return certificate;
}

GBytes *pki_fetch_served(const char *host, const char *port, const char *name, GBytes *own,
                         gint64 timeout_ms, GError **error)
{
  g_autofree char *place = pki_host_and_port(host, port);
  gint64 deadline = g_get_monotonic_time() + timeout_ms * 1000;
  Look look = {host, port, name, NULL, place};
  g_autoptr(X509) shown = fetch(&look, deadline, error);
  if (shown == NULL)
    return NULL;
  g_autoptr(X509) looked_for = read_certificate(own);
  look.only = key_type_of(looked_for);
  if (look.only != NULL && look.only != key_type_of(shown)) {
    /* A server that has none of that kind ends the handshake. */
    X509 *other = fetch(&look, deadline, NULL);
    if (other != NULL) {
      X509_free(shown);
      shown = other;
    }
  }
  unsigned char *der = NULL;
  int length = i2d_X509(shown, &der);
  return pki_bytes_take(der, length);
}
