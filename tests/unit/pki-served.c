/* What a host serves: a real TLS server, and those that are none. */
#include "pki-test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

/* What a server does with one connection. */
typedef enum {
  SERVER_TLS = 1,    /* one certificate for www.example.test, another for all else */
  SERVER_OLD_TLS,    /* the same, TLS 1.2 */
  SERVER_WANTS_CERT, /* asks for a certificate of the client, and insists */
  SERVER_BOTH,       /* has an RSA key and certificate beside that of www.example.test */
  SERVER_OLD_BOTH,   /* the same, TLS 1.2 */
  SERVER_SILENT,
  SERVER_CLOSES,
  SERVER_TALKS, /* something else */
  SERVER_N
} ServerKind;

typedef struct {
  ServerKind kind;
  int socket;
  char port[8];
  SSL_CTX *named;
  SSL_CTX *other;
  GBytes *named_der;
  GBytes *other_der;
  GBytes *rsa_der; /* of SERVER_BOTH, SERVER_OLD_BOTH */
} Server;

/* Gives CONTEXT a self-signed certificate for NAME and KEY (taken over). Returns it in DER. */
static GBytes *add_certificate(SSL_CTX *context, const char *name, EVP_PKEY *taken)
{
  g_autoptr(EVP_PKEY) key = taken;
  g_autoptr(X509) certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             (const guint8 *)name, -1, -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  g_assert_cmpint(X509_sign(certificate, key, EVP_sha256()), >, 0);
  guint8 *der = NULL;
  int length = i2d_X509(certificate, &der);
  g_assert_cmpint(SSL_CTX_use_certificate(context, certificate), ==, 1);
  g_assert_cmpint(SSL_CTX_use_PrivateKey(context, key), ==, 1);
  return pki_bytes_take(der, length);
}

/* A context with a certificate for NAME, which goes to *RET_DER. */
static SSL_CTX *new_context(const char *name, GBytes **ret_der)
{
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  *ret_der = add_certificate(context, name, EVP_EC_gen("P-256"));
  return context;
}

static int choose_certificate(SSL *ssl, int *alert G_GNUC_UNUSED, void *data)
{
  const Server *server = data;
  const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (g_strcmp0(name, "www.example.test") == 0)
    SSL_set_SSL_CTX(ssl, server->named);
  return SSL_TLSEXT_ERR_OK;
}

static void serve_tls(const Server *server, int fd)
{
  SSL *ssl = SSL_new(server->other);
  if (server->kind == SERVER_OLD_TLS || server->kind == SERVER_OLD_BOTH)
    SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
  if (server->kind == SERVER_WANTS_CERT)
    SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  SSL_set_fd(ssl, fd);
  SSL_accept(ssl);
  SSL_free(ssl);
  ERR_clear_error();
}

static gpointer serve(gpointer data)
{
  const Server *server = data;
  for (int fd; (fd = accept(server->socket, NULL, NULL)) >= 0; close(fd)) {
    char bytes[64];
    if (server->kind <= SERVER_OLD_BOTH)
      serve_tls(server, fd);
    else if (server->kind == SERVER_SILENT)
      while (recv(fd, bytes, sizeof bytes, 0) > 0)
        ;
    else if (server->kind == SERVER_TALKS)
      send(fd, "220 smtp.example.test ESMTP\r\n", 29, MSG_NOSIGNAL);
  }
  return NULL;
}

static void server_start(Server *server, ServerKind kind)
{
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  *server = (Server){.kind = kind, .socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  g_assert_no_errno(bind(server->socket, (struct sockaddr *)&address, length));
  g_assert_no_errno(listen(server->socket, 8));
  g_assert_no_errno(getsockname(server->socket, (struct sockaddr *)&address, &length));
  g_snprintf(server->port, sizeof server->port, "%u", ntohs(address.sin_port));
  server->named = new_context("www.example.test", &server->named_der);
  server->other = new_context("other.example.test", &server->other_der);
  if (kind == SERVER_BOTH || kind == SERVER_OLD_BOTH)
    server->rsa_der = add_certificate(server->named, "www.example.test",
                                      EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048));
  SSL_CTX_set_tlsext_servername_callback(server->other, choose_certificate);
  SSL_CTX_set_tlsext_servername_arg(server->other, server);
}

static void server_stop(Server *server, GThread *thread)
{
  shutdown(server->socket, SHUT_RDWR);
  g_thread_join(thread);
  close(server->socket);
  SSL_CTX_free(server->named);
  SSL_CTX_free(server->other);
  g_bytes_unref(server->named_der);
  g_bytes_unref(server->other_der);
  g_clear_pointer(&server->rsa_der, g_bytes_unref);
}

/* Who looks for OWN there, sees DER. */
static void assert_shows(const Server *server, const char *name, GBytes *own, GBytes *der)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) served = pki_fetch_served("127.0.0.1", server->port, name, own, 20000, &error);
  g_assert_no_error(error);
  g_assert_true(g_bytes_equal(served, der));
  g_assert_cmpuint(ERR_peek_error(), ==, 0);
}

static void assert_serves(const Server *server, const char *name, GBytes *der)
{
  assert_shows(server, name, der, der);
}

static void test_served(gconstpointer data)
{
  Server server;
  server_start(&server, (ServerKind)GPOINTER_TO_INT(data));
  GThread *thread = g_thread_new("server", serve, &server);
  assert_serves(&server, "www.example.test", server.named_der);
  assert_serves(&server, "any.example.test", server.other_der);
  assert_serves(&server, NULL, server.other_der);
  server_stop(&server, thread);
}

/* Of two certificates for a name, a server shows that which it likes best. */
static void test_both(gconstpointer data)
{
  Server server;
  server_start(&server, (ServerKind)GPOINTER_TO_INT(data));
  GThread *thread = g_thread_new("server", serve, &server);
  assert_serves(&server, "www.example.test", server.named_der);
  assert_serves(&server, "www.example.test", server.rsa_der);
  assert_shows(&server, "www.example.test", server.other_der, server.named_der);
  assert_shows(&server, "other.example.test", server.rsa_der, server.other_der);
  server_stop(&server, thread);
}

static void assert_fails(const char *host, const char *port, gint64 timeout_ms, const char *says)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) own = g_bytes_new_static("", 0);
  g_assert_null(pki_fetch_served(host, port, "www.example.test", own, timeout_ms, &error));
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO);
  g_autofree char *text = g_strdup_printf("%s:%s %s", host, port, says);
  g_assert_true(g_str_has_prefix(error->message, text));
  g_assert_cmpuint(ERR_peek_error(), ==, 0);
}

static void test_not_served(void)
{
  static const struct {
    ServerKind kind;
    const char *says;
  } cases[] = {
      {SERVER_SILENT, "does not speak TLS: Connection timed out"},
      {SERVER_CLOSES, ""}, /* at once, or in the middle: it depends */
      {SERVER_TALKS, "serves no certificate by TLS (OpenSSL: wrong version number)"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    Server server;
    server_start(&server, cases[i].kind);
    GThread *thread = g_thread_new("server", serve, &server);
    gint64 began = g_get_monotonic_time();
    assert_fails("127.0.0.1", server.port, 300, cases[i].says);
    g_assert_cmpint(g_get_monotonic_time() - began, <, 20 * G_USEC_PER_SEC);
    server_stop(&server, thread);
  }
}

static void test_nobody_there(void)
{
  Server server;
  server_start(&server, SERVER_SILENT);
  close(server.socket);
  assert_fails("127.0.0.1", server.port, 5000, "cannot be reached: Connection refused");
  assert_fails("127.0.0.1", "70000000", 5000, "");
  SSL_CTX_free(server.named);
  SSL_CTX_free(server.other);
  g_bytes_unref(server.named_der);
  g_bytes_unref(server.other_der);
}

int main(int argc, char **argv)
{
  pki_test_init(&argc, &argv);
  g_test_add_data_func("/pki/served/tls", GINT_TO_POINTER(SERVER_TLS), test_served);
  g_test_add_data_func("/pki/served/tls-1.2", GINT_TO_POINTER(SERVER_OLD_TLS), test_served);
  g_test_add_data_func("/pki/served/wants-certificate", GINT_TO_POINTER(SERVER_WANTS_CERT),
                       test_served);
  g_test_add_data_func("/pki/served/both", GINT_TO_POINTER(SERVER_BOTH), test_both);
  g_test_add_data_func("/pki/served/both-tls-1.2", GINT_TO_POINTER(SERVER_OLD_BOTH), test_both);
  g_test_add_func("/pki/served/not-served", test_not_served);
  g_test_add_func("/pki/served/nobody-there", test_nobody_there);
  return g_test_run();
}
