/* The formats whose members are PEM files. */
#include "outbox/outbox-private.h"

#define PEM_KEY_PURPOSE "the private key. Whoever has it can pose as your server: keep it secret"
#define PEM_CERTIFICATE_PURPOSE "the certificate alone"
#define PEM_CHAIN_PURPOSE "the certificate of the authority that issued it"
#define PEM_FULLCHAIN_PURPOSE "the certificate, then the authority's that issued it"

#define PEM_KEY_NAME "privkey.pem"

/* ---- pem ---------------------------------------------------------------- */

static void pem_explain(cmark_node *document, const char *folder,
                        PkiPfxProfile profile G_GNUC_UNUSED, OutboxShape shape)
{
  if (shape.chain)
    outbox_markdown_add_paragraph(document, "Then give the server their paths. Most servers take ",
                                  "fullchain.pem", " as the certificate and ", "privkey.pem",
                                  " as its key. One with a setting of its own for the chain takes ",
                                  "cert.pem", " and ", "chain.pem", " instead.");
  else
    outbox_markdown_add_paragraph(document, "Then give the server their paths: ", "fullchain.pem",
                                  " as the certificate and ", "privkey.pem",
                                  " as its key. There is no chain, so that it is the same as ",
                                  "cert.pem", ".");
  outbox_markdown_add_paragraph(
      document, "Where the server does not run as root, let its group alone read the key:");
  g_autofree char *commands =
      g_strdup_printf("chgrp GROUP %s/privkey.pem\nchmod 0640 %s/privkey.pem\n", folder, folder);
  outbox_markdown_add_code(document, "sh", commands);
}

static const OutboxMember pem_members[] = {
    {"privkey.pem", {OUTBOX_PIECE_KEY}, PEM_KEY_PURPOSE, 0},
    {"cert.pem", {OUTBOX_PIECE_CERTIFICATE}, PEM_CERTIFICATE_PURPOSE, 0},
    {"chain.pem", {OUTBOX_PIECE_CHAIN}, PEM_CHAIN_PURPOSE, 0},
    {"fullchain.pem", {OUTBOX_PIECE_CERTIFICATE, OUTBOX_PIECE_CHAIN}, PEM_FULLCHAIN_PURPOSE, 0},
    {NULL, {0}, NULL, 0},
};

const OutboxFormat outbox_format_pem = {pem_members, pem_explain, FALSE, PEM_KEY_NAME, NULL};

/* ---- nginx -------------------------------------------------------------- */

static void nginx_explain(cmark_node *document, const char *folder,
                          PkiPfxProfile profile G_GNUC_UNUSED, OutboxShape shape G_GNUC_UNUSED)
{
  g_autofree char *lines = g_strdup_printf("listen 443 ssl;\n"
                                           "ssl_certificate %s/fullchain.pem;\n"
                                           "ssl_certificate_key %s/privkey.pem;\n",
                                           folder, folder);
  outbox_markdown_add_paragraph(document, "Put these lines into the ", "server",
                                " block of the site:");
  outbox_markdown_add_code(document, "nginx", lines);
  outbox_markdown_add_paragraph(document, "Then test the configuration and load it:");
  outbox_markdown_add_code(document, "sh", "nginx -t && nginx -s reload\n");
}

static const OutboxMember nginx_members[] = {
    {"fullchain.pem", {OUTBOX_PIECE_CERTIFICATE, OUTBOX_PIECE_CHAIN}, PEM_FULLCHAIN_PURPOSE, 0},
    {"privkey.pem", {OUTBOX_PIECE_KEY}, PEM_KEY_PURPOSE, 0},
    {NULL, {0}, NULL, 0},
};

const OutboxFormat outbox_format_nginx = {nginx_members, nginx_explain, FALSE, PEM_KEY_NAME, NULL};

/* ---- apache ------------------------------------------------------------- */

static void apache_explain(cmark_node *document, const char *folder,
                           PkiPfxProfile profile G_GNUC_UNUSED, OutboxShape shape)
{
  g_autofree char *chain = shape.chain
                               ? g_strdup_printf("SSLCertificateChainFile %s/chain.pem\n", folder)
                               : g_strdup("");
  g_autofree char *lines = g_strdup_printf("SSLEngine on\n"
                                           "SSLCertificateFile %s/cert.pem\n"
                                           "%s"
                                           "SSLCertificateKeyFile %s/privkey.pem\n",
                                           folder, chain, folder);
  outbox_markdown_add_paragraph(document, "Put these lines into the ", "<VirtualHost *:443>",
                                " section of the site. They need ", "mod_ssl",
                                ", which Debian and Ubuntu load with ", "a2enmod ssl", ":");
  outbox_markdown_add_code(document, "apache", lines);
  outbox_markdown_add_paragraph(document, "Then test the configuration and load it:");
  outbox_markdown_add_code(document, "sh", "apachectl configtest && apachectl graceful\n");
}

static const OutboxMember apache_members[] = {
    {"cert.pem", {OUTBOX_PIECE_CERTIFICATE}, PEM_CERTIFICATE_PURPOSE, 0},
    {"chain.pem", {OUTBOX_PIECE_CHAIN}, PEM_CHAIN_PURPOSE, 0},
    {"privkey.pem", {OUTBOX_PIECE_KEY}, PEM_KEY_PURPOSE, 0},
    {NULL, {0}, NULL, 0},
};

const OutboxFormat outbox_format_apache = {apache_members, apache_explain, FALSE, PEM_KEY_NAME,
                                           NULL};

/* ---- haproxy ------------------------------------------------------------ */

static void haproxy_explain(cmark_node *document, const char *folder,
                            PkiPfxProfile profile G_GNUC_UNUSED, OutboxShape shape G_GNUC_UNUSED)
{
  g_autofree char *lines = g_strdup_printf("bind :443 ssl crt %s/site.pem\n", folder);
  outbox_markdown_add_paragraph(document, "Put this line into the ", "frontend",
                                " section of the site:");
  outbox_markdown_add_code(document, "haproxy", lines);
  outbox_markdown_add_paragraph(document, "Then test the configuration and load it:");
  outbox_markdown_add_code(document, "sh",
                           "haproxy -c -f /etc/haproxy/haproxy.cfg && systemctl reload haproxy\n");
  outbox_markdown_add_paragraph(
      document, "HAProxy 2.2 and later also take the key from a file of its own: where ",
      "site.pem", " holds none, they read ", "site.pem.key", " beside it (", "ssl-load-extra-files",
      " says so unless it is set to leave keys out).");
}

/* The key in a file of its own has the name that HAProxy looks for, beside a site.pem
 * without it: hence a folder. */
static const OutboxMember haproxy_members[] = {
    {"site.pem",
     {OUTBOX_PIECE_CERTIFICATE, OUTBOX_PIECE_CHAIN, OUTBOX_PIECE_KEY},
     "the certificate, the authority's that issued it, and the private key. Whoever has it can "
     "pose as your server: keep it secret",
     0},
    {"site.pem",
     {OUTBOX_PIECE_CERTIFICATE, OUTBOX_PIECE_CHAIN},
     PEM_FULLCHAIN_PURPOSE,
     OUTBOX_MEMBER_WITHOUT_KEY},
    {"key-apart/site.pem",
     {OUTBOX_PIECE_CERTIFICATE, OUTBOX_PIECE_CHAIN},
     "to be installed instead, if the key is to have a file of its own: the same without it",
     OUTBOX_MEMBER_CHOICE},
    {"key-apart/site.pem.key",
     {OUTBOX_PIECE_KEY},
     "the private key, to lie beside that one",
     OUTBOX_MEMBER_CHOICE},
    {NULL, {0}, NULL, 0},
};

const OutboxFormat outbox_format_haproxy = {haproxy_members, haproxy_explain, FALSE, "site.pem.key",
                                            NULL};
