/* What is secret in a document is blanked, wherever it stands and however the
 * document comes in pieces; everything else stays as it is. */
#include "intake/secrets.h"

#include <libxml/parser.h>
#include <string.h>

/* ---- Helpers ---------------------------------------------------------------- */

static GByteArray *blank(const char *text, gssize length, gboolean *ret_found)
{
  gsize size = length < 0 ? strlen(text) : (gsize)length;
  /* A copy of its own size, so that reading beyond it is seen. */
  g_autofree guint8 *exact = g_memdup2(text, MAX(size, 1));
  GByteArray *out = secrets_blank(exact, size, ret_found);
  g_assert_cmpuint(out->len, ==, size);
  return out;
}

static char *blank_text(const char *text, gboolean *ret_found)
{
  g_autoptr(GByteArray) out = blank(text, -1, ret_found);
  return g_strndup((const char *)out->data, out->len);
}

static gboolean is_well_formed(const guint8 *bytes, gsize length)
{
  xmlDoc *document = xmlReadMemory((const char *)bytes, (int)length, NULL, NULL,
                                   XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  xmlFreeDoc(document);
  return document != NULL;
}

/* Feeds TEXT in pieces of random length. */
static GByteArray *blank_in_pieces(const guint8 *bytes, gsize length, gint32 longest)
{
  g_autoptr(SecretsBlanker) blanker = secrets_blanker_new();
  GByteArray *out = g_byte_array_new();
  for (gsize at = 0; at < length;) {
    gsize piece = (gsize)g_test_rand_int_range(0, longest + 1);
    piece = MIN(piece, length - at);
    g_autofree guint8 *copy = g_memdup2(bytes + at, MAX(piece, 1));
    secrets_blanker_feed(blanker, copy, piece, out);
    at += piece;
  }
  secrets_blanker_finish(blanker, out);
  return out;
}

static void assert_pieces_agree(const guint8 *bytes, gsize length)
{
  g_autoptr(GByteArray) whole = secrets_blank(bytes, length, NULL);
  for (gint32 longest = 1; longest < 200; longest = longest * 2 + 1) {
    g_autoptr(GByteArray) pieces = blank_in_pieces(bytes, length, longest);
    g_assert_cmpmem(pieces->data, pieces->len, whole->data, whole->len);
  }
}

/* ---- Documents ---------------------------------------------------------------- */

typedef struct {
  const char *in, *out;
} Case;

/* Well-formed documents. In each, the secrets are all the letters S. */
static const Case cases[] = {
    {"<u><privateKey>SSS</privateKey></u>", "<u><privateKey>xxx</privateKey></u>"},
    {"<u><privateKey passphrase=\"SS\">SS\r\nSS S</privateKey></u>",
     "<u><privateKey passphrase=\"xx\">xx\r\nxxxx</privateKey></u>"},
    {"<u><p:privateKey xmlns:p='n'>S</p:privateKey>a</u>",
     "<u><p:privateKey xmlns:p='n'>x</p:privateKey>a</u>"},
    {"<u><privateKey >S</privateKey\n>a</u>", "<u><privateKey >x</privateKey\n>a</u>"},
    {"<privateKey><a b='S'>S</a><c/></privateKey>", "<privateKey>xxxxxxxxxxxxxxxxxx</privateKey>"},
    {"<privateKey><![CDATA[S</privateKey>S]]>S</privateKey>",
     "<privateKey>xxxxxxxxxxxxxxxxxxxxxxxxxxxx</privateKey>"},
    {"<privateKey><!-- </privateKey> -->S</privateKey>",
     "<privateKey>xxxxxxxxxxxxxxxxxxxxxxx</privateKey>"},
    {"<privateKey><?a </privateKey> ?>S</privateKey>",
     "<privateKey>xxxxxxxxxxxxxxxxxxxxx</privateKey>"},
    {"<privateKey><privateKey>S</privateKey>S</privateKey>",
     "<privateKey>xxxxxxxxxxxxxxxxxxxxxxxxxxx</privateKey>"},
    {"<privateKey><privateKey/>S</privateKey>", "<privateKey>xxxxxxxxxxxxxx</privateKey>"},
    {"<privateKey><privateKeys>S</privateKeys>S</privateKey>",
     "<privateKey>xxxxxxxxxxxxxxxxxxxxxxxxxxxxx</privateKey>"},
    {"<privateKey>S&amp;S &#x53;</privateKey>", "<privateKey>xxxxxxxxxxxxxx</privateKey>"},
    {"<u><privateKey/>a<privateKey />b<privateKey a='1'/>c</u>", NULL},
    {"<u><privateKeys>a</privateKeys><aprivateKey>b</aprivateKey><PrivateKey>c</PrivateKey></u>",
     NULL},
    {"<u><privateKey:a xmlns:privateKey='n'>b</privateKey:a></u>", NULL},
    {"<u passphrase='S\"S' password=\"S'>S\">a</u>", "<u passphrase='xxx' password=\"xxxx\">a</u>"},
    {"<u password = 'S' a='b'/>", "<u password = 'x' a='b'/>"},
    {"<u\npassphrase\n=\n\"S\"\n/>", "<u\npassphrase\n=\n\"x\"\n/>"},
    {"<u p:password='S' xmlns:p='n'/>", "<u p:password='x' xmlns:p='n'/>"},
    {"<u password='' passphrase=\"\"/>", NULL},
    {"<u passwords='a' mypassword='b' my-password='c' Password='d' pass='e' passphrases='f'/>",
     NULL},
    {"<u a='password=' b=\"passphrase=\" c='password'/>", NULL},
    {"<u a='password='/>", NULL},
    {"<u a='set password=\"SS\" now'/>", "<u a='set password=\"xx\" now'/>"},
    {"<!-- <u password='SS'/> --><u/>", "<!-- <u password='xx'/> --><u/>"},
    {"<!-- password='SS --><u a='b'/>", "<!-- password='xxx--><u a='b'/>"},
    {"<u><![CDATA[<u password=\"SS]]]></u>", "<u><![CDATA[<u password=\"xxx]]></u>"},
    {"<?p password=\"SS?"
     "?><u/>",
     "<?p password=\"xxx?><u/>"},
    {"<u>password=\"SS\" password='S<a/>b'</u>", "<u>password=\"xx\" password='x<a/>b'</u>"},
    {"<!-- <privateKey>SS</privateKey> a --><u/>", "<!-- <privateKey>xx</privateKey> a --><u/>"},
    {"<!-- <q:privateKey a='1'>SS --><u>a</u>", "<!-- <q:privateKey a='1'>xxx--><u>a</u>"},
    {"<!-- <privateKey/> a <privateKey a='b'/> c --><u>a</u>", NULL},
    {"<u><![CDATA[<privateKey>S</privateKey>a]]>b</u>",
     "<u><![CDATA[<privateKey>x</privateKey>a]]>b</u>"},
    {"<!-- <privateKey password='S'>S<S</S</privateKeyS></p:privateKey > a --><u/>",
     "<!-- <privateKey password='x'>xxxxxxxxxxxxxxxxxxxx</p:privateKey > a --><u/>"},
    {"<!DOCTYPE u [<!ENTITY e \"<privateKey>S</privateKey>a\">]><u/>",
     "<!DOCTYPE u [<!ENTITY e \"<privateKey>x</privateKey>a\">]><u/>"},
    {"<!DOCTYPE u [<!ENTITY e \"<privateKey>\"><!ENTITY f '>'>]><u>a</u>", NULL},
    {"<u>-----BEGIN PRIVATE KEY-----\nSS\n-----END PRIVATE KEY-----\na</u>",
     "<u>-----BEGIN PRIVATE KEY-----\nxx\n-----END PRIVATE KEY-----\na</u>"},
    {"<u>-----BEGIN EC PRIVATE KEY-----\nA: b\n\nSS\n-----END EC PRIVATE KEY-----</u>",
     "<u>-----BEGIN EC PRIVATE KEY-----\nxxxx\n\nxx\n-----END EC PRIVATE KEY-----</u>"},
    {"<u>-----BEGIN PGP PRIVATE KEY BLOCK-----S-----END PGP PRIVATE KEY BLOCK-----a</u>",
     "<u>-----BEGIN PGP PRIVATE KEY BLOCK-----x-----END PGP PRIVATE KEY BLOCK-----a</u>"},
    {"<u>-----BEGIN PRIVATE KEY-----S------END PRIVATE KEY-----a</u>",
     "<u>-----BEGIN PRIVATE KEY-----xx-----END PRIVATE KEY-----a</u>"},
    {"<u>-----BEGIN PRIVATE KEY-----S-----END CERTIFICATE-----S-----END PRIVATE KEY-----a</u>",
     "<u>-----BEGIN PRIVATE KEY-----xxxxxxxxxxxxxxxxxxxxxxxxxxx-----END PRIVATE KEY-----a</u>"},
    {"<u>-----BEGIN PRIVATE KEY-----S<a b='S'>S</a><!--S-->S-----END PRIVATE KEY-----a</u>",
     "<u>-----BEGIN PRIVATE KEY-----x<a b='x'>x</a><!--x-->x-----END PRIVATE KEY-----a</u>"},
    {"<u>-----BEGIN PRIV<![CDATA[ATE KEY-----S]]>S-----END PRIVATE KEY-----a</u>",
     "<u>-----BEGIN PRIV<![CDATA[ATE KEY-----x]]>x-----END PRIVATE KEY-----a</u>"},
    {"<u>-----BEGIN PRIVATE KEY-----S]<![CDATA[S]]]>S</u>",
     "<u>-----BEGIN PRIVATE KEY-----xx<![CDATA[xx]]>x</u>"},
    {"<u>-----BEGIN PRIVATE KEY-----&#13;\nS&#13;\n-----END PRIVATE KEY-----&#13;\na</u>",
     "<u>-----BEGIN PRIVATE KEY-----xxxxx\nxxxxxx\n-----END PRIVATE KEY-----&#13;\na</u>"},
    {"<u a='-----BEGIN PRIVATE KEY-----SS' b='c'>a</u>",
     "<u a='-----BEGIN PRIVATE KEY-----xx' b='c'>a</u>"},
    {"<u><![CDATA[-----BEGIN RSA PRIVATE KEY-----\nS\n-----END RSA PRIVATE KEY-----]]>a</u>",
     "<u><![CDATA[-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY-----]]>a</u>"},
    {"<?p -----BEGIN PRIVATE KEY-----SS?><u>a</u>", "<?p -----BEGIN PRIVATE KEY-----xx?><u>a</u>"},
    {"<u>-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
     "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----</u>",
     NULL},
    {"<u>-----BEGIN PRIVATE KEY----- is how a key begins</u>",
     "<u>-----BEGIN PRIVATE KEY-----xxxxxxxxxxxxxxxxxxxx</u>"},
    {"<u>-BEGIN PRIVATE KEY-----a -----BEGIN PRIVATE-----b -----BEGIN PRIVATE KEY-c</u>", NULL},
    {"<u>-----BEGIN A-----BEGIN PRIVATE KEY-----S-----END A-----END PRIVATE KEY-----a</u>",
     "<u>-----BEGIN A-----BEGIN PRIVATE KEY-----xxxxxxxxxxx-----END PRIVATE KEY-----a</u>"},
    {"<u>-----BEGIN PRIVATE\nKEY-----a</u>", NULL},
    {"<?xml version='1.0' encoding='ISO-8859-1'?><u>\xe4<privateKey>\xe4S</privateKey>\xe4</u>",
     "<?xml version='1.0' encoding='ISO-8859-1'?><u>\xe4<privateKey>xx</privateKey>\xe4</u>"},
    {"<u>ä<privateKey>äS€</privateKey>ä</u>", "<u>ä<privateKey>xxxxxx</privateKey>ä</u>"},
};

static void test_documents(void)
{
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const char *wanted = cases[i].out != NULL ? cases[i].out : cases[i].in;
    gboolean found = -1;
    g_autofree char *out = blank_text(cases[i].in, &found);
    g_assert_cmpstr(out, ==, wanted);
    g_assert_cmpint(found, ==, cases[i].out != NULL);
    g_assert_true(is_well_formed((const guint8 *)cases[i].in, strlen(cases[i].in)));
    g_assert_true(is_well_formed((const guint8 *)out, strlen(out)));
    g_autofree char *again = blank_text(out, NULL);
    g_assert_cmpstr(again, ==, out);
    assert_pieces_agree((const guint8 *)cases[i].in, strlen(cases[i].in));
  }
}

/* Not well formed, or no XML at all: no S comes through. */
static void test_broken_documents(void)
{
  static const char *const texts[] = {
      "<u><privateKey>SSS",
      "<u><privateKey passphrase='SSS",
      "<privateKey passphrase='a<S'>S</privateKey>",
      "<privateKey passphrase=\"S>S</privateKey><a b='c'/>",
      "<privateKey>S<S</privateKey>",
      "<privateKey>S</S</privateKey>",
      "<privateKey>S<!-- </privateKey>S",
      "<privateKey>S<![CDATA[ </privateKey>S",
      "<privateKey>S<privateKey>S",
      "<privateKey>S</privateKe",
      "<privateKey>S<a b='S</privateKey>",
      "<privateKey\n-----BEGIN PRIVATE KEY-----S",
      "<u passphrase=S/>",
      "<u passphrase=“SS” a='b'/>",
      "<u a=\"b passphrase=\"SS\">",
      "<u a=\"b c='d'><e/><privateKey passphrase=\"S\">S</privateKey>",
      "<u></u passphrase=\"S\">",
      "<u a='<privateKey>S</privateKey>",
      "<!-- <privateKey>S</privateKey> passphrase='S' -----BEGIN PRIVATE KEY-----S",
      "<!-- -- <privateKey>S</privateKey>",
      "<!x password='S'>",
      "<<privateKey>S</privateKey>",
      "-----BEGIN EC PRIVATE KEY-----\nS\n-----END EC PRIVATE KEY-----\n",
      "-----BEGIN PRIVATE KEY-----\nS\n-----END PRIVATE KEY---",
      "password=\"SSS\" -----BEGIN ENCRYPTED PRIVATE KEY-----\nS",
      "& <privateKey>S",
      "---BEGIN PRIVATE KEY---\nS",
      "---- BEGIN ENCRYPTED PRIVATE KEY ----\nS\n---- END ENCRYPTED PRIVATE KEY ----\n",
      "<u password='S'S'/>",
      "<privateKey passphrase='S'<b>S</privateKey>",
      "<privateKey <b>S</privateKey>",
  };
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    gboolean found = FALSE;
    g_autofree char *out = blank_text(texts[i], &found);
    g_test_message("%s -> %s", texts[i], out);
    g_assert_null(strchr(out, 'S'));
    g_assert_true(found);
    assert_pieces_agree((const guint8 *)texts[i], strlen(texts[i]));
  }
}

/* A prefix of any sensible length; behind a longer one nothing is let out. */
static void test_long_prefix(void)
{
  for (gsize length = 1; length < 400; length++) {
    g_autofree char *prefix = g_strnfill(length, 'p');
    g_autofree char *text = g_strdup_printf("<%s:privateKey>S</%s:privateKey><b/>", prefix, prefix);
    g_autofree char *wanted =
        g_strdup_printf("<%s:privateKey>x</%s:privateKey><b/>", prefix, prefix);
    g_autofree char *out = blank_text(text, NULL);
    g_assert_null(strchr(out, 'S'));
    if (length <= 128)
      g_assert_cmpstr(out, ==, wanted);
    assert_pieces_agree((const guint8 *)text, strlen(text));
  }
}

/* ---- Encodings ------------------------------------------------------------------ */

static void test_encodings(void)
{
  static const char *const encodings[] = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE", "UTF-8"};
  static const char *const marks[] = {"", "\xef\xbb\xbf"};
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
    for (guint j = 0; j < G_N_ELEMENTS(encodings) * 2; j++) {
      if (!g_utf8_validate(cases[i].in, -1, NULL) || strstr(cases[i].in, "ä") != NULL)
        continue;
      const char *encoding = encodings[j / 2];
      const char *wanted = cases[i].out != NULL ? cases[i].out : cases[i].in;
      g_autofree char *in = g_strconcat(marks[j % 2], cases[i].in, NULL);
      g_autofree char *out = g_strconcat(marks[j % 2], wanted, NULL);
      gsize in_length = 0, out_length = 0;
      g_autofree char *in_bytes = g_convert(in, -1, encoding, "UTF-8", NULL, &in_length, NULL);
      g_autofree char *out_bytes = g_convert(out, -1, encoding, "UTF-8", NULL, &out_length, NULL);
      g_autoptr(GByteArray) blanked = blank(in_bytes, (gssize)in_length, NULL);
      g_assert_cmpmem(blanked->data, blanked->len, out_bytes, out_length);
      assert_pieces_agree((const guint8 *)in_bytes, in_length);
    }
}

/* Each unit of a character beyond 16 bits is blanked, and half a unit at the end. */
static void test_surrogates(void)
{
  static const char in[] = "<\0u\0>\0<\0p\0r\0i\0v\0a\0t\0e\0K\0e\0y\0>\0\x3d\xd8\x00\xdeS\0S";
  g_autoptr(GByteArray) out = blank(in, sizeof in - 1, NULL);
  g_assert_cmpmem(out->data + 30, out->len - 30, "x\0x\0x\0x", 7);
}

static void test_short_documents(void)
{
  static const char bytes[] = "\xff\xfe\0\0<";
  for (gsize begin = 0; begin < sizeof bytes - 1; begin++)
    for (gsize length = 0; length <= sizeof bytes - 1 - begin; length++) {
      gboolean found = TRUE;
      g_autoptr(GByteArray) out = blank(bytes + begin, (gssize)length, &found);
      g_assert_cmpmem(out->data, out->len, bytes + begin, length);
      g_assert_false(found);
    }
}

/* ---- Random documents -------------------------------------------------------------- */

static const char *pick(const char *const *choices, gint32 n)
{
  return choices[g_test_rand_int_range(0, n)];
}
#define PICK(choices) pick(choices, G_N_ELEMENTS(choices))

static void append_content(GString *text, guint depth, gboolean secrets);

/* A secret: its letters stand nowhere else in a document. */
static void append_secret_letters(GString *text)
{
  for (gint32 i = g_test_rand_int_range(1, 60); i > 0; i--)
    g_string_append_c(text, "QSUWXZ \n/=+"[g_test_rand_int_range(0, 11)]);
}

static void append_pem(GString *text)
{
  static const char *const labels[] = {"", "rsa ", "ec ", "encrypted "};
  g_autofree char *label = g_strdup(PICK(labels));
  g_string_append_printf(text, "-----BEGIN %sPRIVATE KEY-----\n", label);
  append_secret_letters(text);
  g_string_append_printf(text, "\n-----END %sPRIVATE KEY-----\n", label);
}

static void append_key_element(GString *text)
{
  static const char *const prefixes[] = {"", "p:", "long-prefix_1.2:"};
  static const char *const before[] = {"", "<![CDATA[</privateKey>", "<!-- </privateKey> ", "<b>"};
  static const char *const behind[] = {"", "]]>", " -->", "</b>"};
  const char *prefix = PICK(prefixes);
  gint32 kind = g_test_rand_int_range(0, G_N_ELEMENTS(before));
  g_string_append_printf(text, "<%sprivateKey passphrase='", prefix);
  append_secret_letters(text);
  g_string_append_printf(text, "' >%s", before[kind]);
  append_secret_letters(text);
  g_string_append_printf(text, "%s", behind[kind]);
  append_secret_letters(text);
  g_string_append_printf(text, "</%sprivateKey\n>", prefix);
}

static void append_secret(GString *text)
{
  switch (g_test_rand_int_range(0, 4)) {
  case 0:
    append_key_element(text);
    break;
  case 1:
    append_pem(text);
    break;
  case 2:
    g_string_append(text, "<![CDATA[");
    append_pem(text);
    g_string_append(text, "]]>");
    break;
  default:
    g_string_append(text, "<pkcs12 file='a.p12' password\n = \"");
    append_secret_letters(text);
    g_string_append(text, "\"/>");
  }
}

static void append_plain(GString *text)
{
  static const char *const pieces[] = {
      "a",
      "plain text",
      "&amp;",
      "]] >",
      "-- -",
      "-----BEGIN CERTIFICATE-----\nmiib\n-----END CERTIFICATE-----",
      "<!-- a comment, - and > too -->",
      "<![CDATA[ <a> & ]] > ]]>",
      "<?target data ? > ?>",
      "<a b='c' d=\"'\"/>",
      "password",
      "passphrase",
      "privateKey",
      "\r\n",
      "ü€",
      "=",
      "-----",
  };
  g_string_append(text, PICK(pieces));
}

static void append_content(GString *text, guint depth, gboolean secrets)
{
  for (gint32 i = g_test_rand_int_range(0, 6); i > 0; i--) {
    gint32 choice = g_test_rand_int_range(0, 10);
    if (choice < 3 && depth < 4) {
      g_string_append(text, "<e a = 'b>' passwords=\"c\">");
      append_content(text, depth + 1, secrets);
      g_string_append(text, "</e>");
    } else if (choice < 6 && secrets) {
      append_secret(text);
    } else {
      append_plain(text);
    }
  }
}

static GString *random_document(gboolean secrets)
{
  GString *text = g_string_new("<?xml version='1.0'?>\n"
                               "<r xmlns:p='a' xmlns:long-prefix_1.2='b'>");
  append_content(text, 0, secrets);
  g_string_append(text, "</r>\n");
  return text;
}

static void test_random_documents(void)
{
  for (guint round = 0; round < 800; round++) {
    g_autoptr(GString) text = random_document(TRUE);
    g_autofree char *out = blank_text(text->str, NULL);
    g_assert_cmpuint(strcspn(out, "QSUWXZ"), ==, strlen(out));
    g_assert_true(is_well_formed((const guint8 *)text->str, text->len));
    g_assert_true(is_well_formed((const guint8 *)out, text->len));
    for (gsize i = 0; i < text->len; i++)
      if (out[i] != text->str[i])
        g_assert_cmpint(out[i], ==, 'x');
      else if (text->str[i] == '\n')
        g_assert_cmpint(out[i], ==, '\n');
    g_autofree char *again = blank_text(out, NULL);
    g_assert_cmpstr(again, ==, out);
    assert_pieces_agree((const guint8 *)text->str, text->len);
  }
}

static void test_random_documents_without(void)
{
  for (guint round = 0; round < 800; round++) {
    g_autoptr(GString) text = random_document(FALSE);
    gboolean found = TRUE;
    g_autofree char *out = blank_text(text->str, &found);
    g_assert_cmpstr(out, ==, text->str);
    g_assert_false(found);
    assert_pieces_agree((const guint8 *)text->str, text->len);
  }
}

/* Cut off anywhere, a document keeps its secrets; so it does where a character
 * is lost, other than one of the mark that makes them secrets. */
static void test_cut_documents(void)
{
  for (guint round = 0; round < 100; round++) {
    g_autoptr(GString) text = random_document(TRUE);
    for (gsize length = 0; length < text->len; length += 1 + text->len / 50) {
      g_autoptr(GByteArray) out = blank(text->str, (gssize)length, NULL);
      g_byte_array_append(out, (const guint8 *)"", 1);
      g_assert_cmpuint(strcspn((const char *)out->data, "QSUWXZ"), ==, length);
    }
  }
}

/* Random marks in any order: no crash, the same length, the same in pieces. */
static void test_random_marks(void)
{
  static const char *const pieces[] = {
      "<",
      ">",
      "/",
      "</",
      "privateKey",
      "p:",
      "<privateKey>",
      "-----",
      "BEGIN ",
      "END ",
      "PRIVATE KEY",
      "-",
      "<!--",
      "-->",
      "<![CDATA[",
      "]]>",
      "]",
      "<?",
      "?>",
      "'",
      "\"",
      "password=",
      "passphrase",
      "=",
      " ",
      "\n",
      "S",
      "a",
      "<!",
      "\0",
      "\xff",
      "</privateKey>",
  };
  for (guint round = 0; round < 2000; round++) {
    g_autoptr(GString) text = g_string_new(NULL);
    for (gint32 i = g_test_rand_int_range(0, 40); i > 0; i--)
      g_string_append(text, PICK(pieces));
    g_autoptr(GByteArray) out = blank(text->str, (gssize)text->len, NULL);
    assert_pieces_agree((const guint8 *)text->str, text->len);
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/secrets/documents", test_documents);
  g_test_add_func("/secrets/broken-documents", test_broken_documents);
  g_test_add_func("/secrets/long-prefix", test_long_prefix);
  g_test_add_func("/secrets/encodings", test_encodings);
  g_test_add_func("/secrets/surrogates", test_surrogates);
  g_test_add_func("/secrets/short-documents", test_short_documents);
  g_test_add_func("/secrets/random-documents", test_random_documents);
  g_test_add_func("/secrets/random-documents-without", test_random_documents_without);
  g_test_add_func("/secrets/cut-documents", test_cut_documents);
  g_test_add_func("/secrets/random-marks", test_random_marks);
  return g_test_run();
}
