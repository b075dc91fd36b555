#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/autoptr.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

void file_facts_clear(FileFacts *facts)
{
  g_clear_pointer(&facts->sha256, g_free);
}

/* In blocks: a receipt may have many megabytes. */
static char *hash_descriptor(int fd, const char *path, GError **error)
{
  guint8 block[65536], digest[EVP_MAX_MD_SIZE];
  guint length = 0;
  g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new();
  gboolean ok = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
  ssize_t got = 0;
  while (ok && ((got = read(fd, block, sizeof block)) > 0 || (got < 0 && errno == EINTR)))
    ok = got < 0 || EVP_DigestUpdate(context, block, (gsize)got) == 1;
  explicit_bzero(block, sizeof block);
  if (got < 0) {
    error_set_errno(error, errno, "%s: cannot read", path);
    return NULL;
  }
  ok = ok && EVP_DigestFinal_ex(context, digest, &length) == 1;
  g_assert(ok);
  return text_format_hex(digest, length);
}

gboolean file_look(int root, const char *path, FileFacts *ret_facts, GError **error)
{
  struct stat status;
  *ret_facts = (FileFacts){0};
  if (fstatat(root, path, &status, AT_SYMLINK_NOFOLLOW) != 0 &&
      (errno == ENOENT || errno == ENOTDIR))
    return TRUE;
  int fd = file_open(root, path, error);
  if (fd < 0)
    return FALSE;
  char *sha256 = fstat(fd, &status) == 0 ? hash_descriptor(fd, path, error) : NULL;
  close(fd);
  if (sha256 == NULL)
    return FALSE;
  *ret_facts = (FileFacts){TRUE, status.st_mode & 07777, sha256};
  return TRUE;
}
