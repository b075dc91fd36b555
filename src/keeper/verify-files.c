#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "keeper/verify-private.h"

/* What was written, against the ledger. A run may go on meanwhile: the ledger is read in one
 * view, files are read after it, and what does not fit is looked at again in the end. A run
 * changes a file only after the commit that says so, so that an output which still
 * stands then was the one that its file had to agree with. */

void verify_suspect_free(gpointer data)
{
  VerifySuspect *suspect = data;
  g_free(suspect->certificate);
  g_free(suspect->path);
  g_free(suspect->text);
  g_free(suspect);
}

void verify_suspect(Verify *verify, const VerifySuspect *suspect)
{
  VerifySuspect *copy = g_new0(VerifySuspect, 1);
  *copy = (VerifySuspect){suspect->what, suspect->output, g_strdup(suspect->certificate),
                          g_strdup(suspect->path), g_strdup(suspect->text)};
  g_mutex_lock(&verify->lock);
  g_ptr_array_add(verify->suspects, copy);
  g_mutex_unlock(&verify->lock);
}

static gboolean is_there(const Verify *verify, const char *path)
{
  return faccessat(verify->keeper->root, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

gboolean verify_suspects(Verify *verify, GError **error)
{
  Ledger *ledger = verify->keeper->ledger;
  for (guint i = 0; i < verify->suspects->len; i++) {
    const VerifySuspect *suspect = g_ptr_array_index(verify->suspects, i);
    gboolean stands = FALSE, known = FALSE;
    if (suspect->output != 0
            ? !ledger_output_stands(ledger, suspect->output, &stands, error)
            : !ledger_has_output(ledger, suspect->certificate, suspect->path, &known, error))
      return FALSE;
    if (suspect->output != 0 ? stands : !known && is_there(verify, suspect->path))
      verify_differ(verify, suspect->what, suspect->path, "%s", suspect->text);
  }
  return TRUE;
}

/* ---- Outputs ------------------------------------------------------------ */

static KeeperVerified what_is(const LedgerOutput *output)
{
  return output->kind == LEDGER_OUTPUT_ARCHIVE ? KEEPER_VERIFIED_ARCHIVE : KEEPER_VERIFIED_DOCUMENT;
}

static void suspect_output(Verify *verify, const LedgerOutput *output, const char *text)
{
  const VerifySuspect suspect = {what_is(output), output->number, NULL, output->path, (char *)text};
  verify_suspect(verify, &suspect);
}

/* The ledger's own copy. It is of one view, so that nothing can have changed it. */
static void compare_copy(Verify *verify, const LedgerOutput *output, const char *sha256)
{
  if (strcmp(sha256, output->sha256) != 0)
    verify_differ(verify, what_is(output), output->path,
                  "the ledger's own copy of it was changed, or the SHA-256 beside it");
}

static void check_copy(Verify *verify, const LedgerOutput *output, GBytes *copy)
{
  gsize length;
  const void *bytes = g_bytes_get_data(copy, &length);
  g_autofree char *sha256 = text_sha256(bytes, length);
  compare_copy(verify, output, sha256);
}

static gboolean check_parts(Verify *verify, const LedgerOutput *output, GError **error)
{
  g_autoptr(GChecksum) digest = g_checksum_new(G_CHECKSUM_SHA256);
  for (gint64 i = 0; i < output->parts; i++) {
    g_autoptr(GError) failed = NULL;
    g_autoptr(GBytes) part =
        ledger_read_output_part(verify->keeper->ledger, output->number, i, &failed);
    if (g_error_matches(failed, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT))
      break; /* what is missing is not in the digest */
    if (part == NULL) {
      g_propagate_error(error, g_steal_pointer(&failed));
      return FALSE;
    }
    g_checksum_update(digest, g_bytes_get_data(part, NULL), (gssize)g_bytes_get_size(part));
  }
  compare_copy(verify, output, g_checksum_get_string(digest));
  return TRUE;
}

static gboolean check_all_parts(Verify *verify, const GPtrArray *written, GError **error)
{
  for (guint i = 0; i < written->len; i++) {
    const LedgerOutput *output = ((const LedgerWritten *)g_ptr_array_index(written, i))->output;
    if (output->parts > 0 && !check_parts(verify, output, error))
      return FALSE;
  }
  return TRUE;
}

static void check_kept(Verify *verify, const LedgerWritten *written)
{
  g_autoptr(Secret) kept =
      pki_wrapping_key_unwrap(verify->keeper->wrapping_key, written->kept, NULL);
  if (kept == NULL) {
    verify_differ(verify, KEEPER_VERIFIED_ARCHIVE, written->output->path,
                  "what the ledger keeps of it was changed, or is wrapped under another key than "
                  "state/instance.key");
    return;
  }
  g_autoptr(GBytes) copy = g_bytes_new_static(kept->data, kept->length);
  check_copy(verify, written->output, copy);
}

/* What may have been sent on, and removed: what a mail program has sent, it removes. */
static gboolean may_be_gone(const Verify *verify, const LedgerOutput *output)
{
  if (g_str_has_prefix(output->path, PKI_FOLDER))
    return FALSE;
  return verify->fetched || g_str_has_prefix(output->path, "outbox/mail/");
}

static void check_gone(Verify *verify, const LedgerOutput *output)
{
  if (may_be_gone(verify, output))
    verify_note(verify, what_is(output), output->path, "it is gone: taken away");
  else
    suspect_output(verify, output,
                   "it is gone; if it was taken away on purpose, call `certdrop verify --fetched`");
}

static void check_file(Verify *verify, const LedgerOutput *output)
{
  g_autoptr(GError) failed = NULL;
  g_auto(FileFacts) facts = {0};
  mode_t wanted = keeper_output_mode(output);
  if (!file_look(verify->keeper->root, output->path, &facts, &failed))
    suspect_output(verify, output, failed->message);
  else if (!facts.there)
    check_gone(verify, output);
  else if (strcmp(facts.sha256, output->sha256) != 0)
    suspect_output(verify, output, "it was changed: it does not have the SHA-256 that it had");
  if (facts.there && facts.mode != wanted) {
    g_autofree char *text = g_strdup_printf("its mode is %04o instead of %04o; chmod %04o it",
                                            (guint)facts.mode, (guint)wanted, (guint)wanted);
    suspect_output(verify, output, text);
  }
}

static gboolean check_written(Keeper *keeper G_GNUC_UNUSED, gpointer item, gpointer data,
                              GError **error G_GNUC_UNUSED)
{
  const LedgerWritten *written = item;
  Verify *verify = data;
  const LedgerOutput *output = written->output;
  if (output->content != NULL)
    check_copy(verify, output, output->content);
  if (written->kept != NULL)
    check_kept(verify, written);
  if (!written->done)
    verify_note(verify, what_is(output), output->path,
                "it is still to be written, by the run that is under way or the next one");
  else
    check_file(verify, output);
  verify_count(verify, what_is(output), 1);
  return TRUE;
}

gboolean verify_written(Verify *verify, GError **error)
{
  for (gint64 last = 0;;) {
    g_autoptr(GPtrArray) written =
        ledger_written_after(verify->keeper->ledger, last, VERIFY_PORTION, error);
    if (written == NULL || !check_all_parts(verify, written, error) ||
        !keeper_parallel(verify->keeper, written, check_written, verify, error))
      return FALSE;
    if (written->len == 0)
      break;
    last = ((const LedgerWritten *)g_ptr_array_index(written, written->len - 1))->output->number;
  }
  g_autoptr(GPtrArray) lone = ledger_archives_without_output(verify->keeper->ledger, error);
  for (guint i = 0; lone != NULL && i < lone->len; i++)
    verify_differ(verify, KEEPER_VERIFIED_ARCHIVE, g_ptr_array_index(lone, i),
                  "the ledger keeps it, and knows of no such archive");
  return lone != NULL;
}

gboolean verify_attachments(Verify *verify, GError **error)
{
  Ledger *ledger = verify->keeper->ledger;
  g_autofree char *last = g_strdup("");
  for (;;) {
    g_autoptr(GPtrArray) hashes = ledger_attachments_after(ledger, last, VERIFY_PORTION, error);
    if (hashes == NULL)
      return FALSE;
    if (hashes->len == 0)
      return TRUE;
    for (guint i = 0; i < hashes->len; i++) {
      const char *hash = g_ptr_array_index(hashes, i);
      g_autoptr(GBytes) content = ledger_read_attachment(ledger, hash, error);
      if (content == NULL)
        return FALSE;
      const LedgerOutput attachment = {
          .kind = LEDGER_OUTPUT_ATTACHMENT, .path = (char *)"attachment", .sha256 = (char *)hash};
      check_copy(verify, &attachment, content);
    }
    g_free(last);
    last = g_strdup(g_ptr_array_index(hashes, hashes->len - 1));
  }
}

/* ---- Files that nobody knows of ----------------------------------------- */

/* The folders that hold keys, and what is in them. Names that begin with a dot are on their
 * way (base/file.h). */
static const char *const folders[] = {"outbox/certificates", "outbox/deploy"};

/* outbox/certificates/ID/…, outbox/deploy/PRODUCT/REGION/ID.zip */
static char *certificate_of(const char *path)
{
  g_auto(GStrv) parts = g_strsplit(path, "/", 0);
  guint count = g_strv_length(parts);
  if (strcmp(parts[1], "certificates") == 0)
    return g_strdup(parts[2]);
  char *point = strrchr(parts[count - 1], '.');
  if (point != NULL)
    *point = '\0';
  return g_strdup(parts[count - 1]);
}

static gboolean check_stray(Verify *verify, const char *path, GError **error)
{
  g_autofree char *certificate = certificate_of(path);
  gboolean known = FALSE;
  if (!ledger_has_output(verify->keeper->ledger, certificate, path, &known, error))
    return FALSE;
  const VerifySuspect suspect = {KEEPER_VERIFIED_ARCHIVE, 0, certificate, (char *)path,
                                 (char *)"certdrop did not write it; archives are not to be "
                                         "unpacked here"};
  if (!known)
    verify_suspect(verify, &suspect);
  return TRUE;
}

static void check_folder_mode(Verify *verify, int fd, const char *path)
{
  struct stat status;
  const mode_t wanted = 0700;
  if (fstat(fd, &status) == 0 && (status.st_mode & 07777) != wanted)
    verify_differ(verify, KEEPER_VERIFIED_ARCHIVE, path,
                  "the mode of the folder is %04o instead of 0700; chmod 0700 it",
                  (guint)(status.st_mode & 07777));
}

static gboolean walk(Verify *verify, const char *path, GError **error)
{
  int fd = openat(verify->keeper->root, path,
                  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT)
    return TRUE;
  DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
  if (folder == NULL) {
    error_set_errno(error, errno, "%s: cannot list", path);
    if (fd >= 0)
      close(fd);
    return FALSE;
  }
  check_folder_mode(verify, fd, path);
  gboolean ok = TRUE;
  for (struct dirent *entry; ok && (entry = readdir(folder)) != NULL;) {
    struct stat status;
    g_autofree char *inner = g_build_filename(path, entry->d_name, NULL);
    if (entry->d_name[0] == '.' ||
        fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
      continue;
    ok = S_ISDIR(status.st_mode) ? walk(verify, inner, error) : check_stray(verify, inner, error);
  }
  closedir(folder);
  return ok;
}

gboolean verify_strays(Verify *verify, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS(folders); i++)
    if (!walk(verify, folders[i], error))
      return FALSE;
  return TRUE;
}
