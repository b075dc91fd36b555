#include "intake/package.h"

#include "base/error.h"
#include "intake/package-private.h"

#include <iconv.h>
#include <langinfo.h>
#include <locale.h>
#include <openssl/crypto.h>
#include <string.h>
#include <time.h>

const PackageLimits package_default_limits = {
    .members = 20,
    .entries = 100,
    .document_bytes = 16 << 20,
    .member_bytes = 5 << 20,
    .total_bytes = 32 << 20,
};

gboolean package_preload(GError **error)
{
  if (setlocale(LC_CTYPE, "C.UTF-8") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO, "the locale C.UTF-8 is missing");
    return FALSE;
  }
  if (iconv_close(iconv_open("UTF-8", "UTF-8")) != 0) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO, "iconv knows no UTF-8");
    return FALSE;
  }
  g_setenv("TZ", "UTC0", TRUE);
  tzset();
  return TRUE;
}

/* ---- What a file is ------------------------------------------------------------ */

static const struct {
  const char *bytes;
  gsize length;
  PackageKind kind;
} signatures[] = {
    {"PK\3\4", 4, PACKAGE_KIND_ZIP},
    {"PK\5\6", 4, PACKAGE_KIND_ZIP},  /* without a file in it */
    {"PK\7\10", 4, PACKAGE_KIND_ZIP}, /* split */
    {"\x1f\x8b", 2, PACKAGE_KIND_GZIP},
};

/* Byte order marks, and zeros within wide characters, say nothing here. */
static gboolean is_passed_over(guint8 byte)
{
  return byte == 0 || byte == 0xef || byte == 0xbb || byte == 0xbf || byte == 0xfe || byte == 0xff;
}

PackageKind package_kind_from_bytes(const guint8 *bytes, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS(signatures); i++)
    if (length >= signatures[i].length &&
        memcmp(bytes, signatures[i].bytes, signatures[i].length) == 0)
      return signatures[i].kind;
  gsize at = 0;
  while (at < MIN(length, 4) && is_passed_over(bytes[at]))
    at++;
  while (at < length && (g_ascii_isspace(bytes[at]) || bytes[at] == 0))
    at++;
  if (at == length && memchr(bytes, 0, length) == NULL)
    return PACKAGE_KIND_EMPTY;
  return at < length && bytes[at] == '<' ? PACKAGE_KIND_XML : PACKAGE_KIND_OTHER;
}

/* ---- Members --------------------------------------------------------------------- */

PackageMember *package_member_new(const char *name, guint8 *bytes, gsize length)
{
  PackageMember *member = g_new0(PackageMember, 1);
  member->name = g_strdup(name);
  member->bytes = bytes;
  member->length = length;
  return member;
}

void package_member_free(PackageMember *member)
{
  if (member == NULL)
    return;
  g_free(member->name);
  OPENSSL_clear_free(member->bytes, member->length);
  g_free(member);
}

const PackageMember *package_find_member(const Package *package, const char *name)
{
  for (guint i = 0; i < package->members->len; i++) {
    const PackageMember *member = package->members->pdata[i];
    if (strcmp(member->name, name) == 0)
      return member;
  }
  return NULL;
}

void package_free(Package *package)
{
  if (package == NULL)
    return;
  package_member_free(package->document);
  g_ptr_array_unref(package->members);
  g_free(package);
}
