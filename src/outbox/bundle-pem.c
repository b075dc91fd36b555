/* The formats whose members are PEM files. */
#include "outbox/outbox-private.h"

#define PEM_KEY_PURPOSE "the private key. Whoever has it can pose as your server: keep it secret"
#define PEM_FULLCHAIN_PURPOSE "the certificate, then the authority's that issued it"

static void pem_explain(cmark_node *document, const char *folder)
{
  outbox_markdown_add_paragraph(document, "Then give the server their paths. Most servers take ",
                                "fullchain.pem", " as the certificate and ", "privkey.pem",
                                " as its key. One with a setting of its own for the chain takes ",
                                "cert.pem", " and ", "chain.pem", " instead.");
  outbox_markdown_add_paragraph(
      document, "Where the server does not run as root, let its group alone read the key:");
  g_autofree char *commands =
      g_strdup_printf("chgrp GROUP %s/privkey.pem\nchmod 0640 %s/privkey.pem\n", folder, folder);
  outbox_markdown_add_code(document, "sh", commands);
}

static const OutboxMember pem_members[] = {
    {"privkey.pem", {OUTBOX_PIECE_KEY}, PEM_KEY_PURPOSE},
    {"cert.pem", {OUTBOX_PIECE_CERTIFICATE}, "the certificate alone"},
    {"chain.pem", {OUTBOX_PIECE_CHAIN}, "the certificate of the authority that issued it"},
    {"fullchain.pem", {OUTBOX_PIECE_CERTIFICATE, OUTBOX_PIECE_CHAIN}, PEM_FULLCHAIN_PURPOSE},
    {NULL, {0}, NULL},
};

const OutboxFormat outbox_format_pem = {pem_members, pem_explain};

static void nginx_explain(cmark_node *document, const char *folder)
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
    {"fullchain.pem", {OUTBOX_PIECE_CERTIFICATE, OUTBOX_PIECE_CHAIN}, PEM_FULLCHAIN_PURPOSE},
    {"privkey.pem", {OUTBOX_PIECE_KEY}, PEM_KEY_PURPOSE},
    {NULL, {0}, NULL},
};

const OutboxFormat outbox_format_nginx = {nginx_members, nginx_explain};
