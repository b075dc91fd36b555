/* What makes a file durable: temporary names, the order of a group's phases, modes
 * whatever the umask, and that nothing is left or followed that should not be. */
#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  char *path;
  int root;
} Folder;

static void remove_below(const char *path)
{
  g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
  const char *name;
  while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
    g_autofree char *inner = g_build_filename(path, name, NULL);
    if (g_file_test(inner, G_FILE_TEST_IS_DIR) && !g_file_test(inner, G_FILE_TEST_IS_SYMLINK))
      remove_below(inner);
    else
      g_assert_no_errno(g_unlink(inner));
  }
  g_assert_no_errno(g_rmdir(path));
}

static void folder_set_up(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  folder->path = g_dir_make_tmp("base-file-XXXXXX", NULL);
  g_assert_nonnull(folder->path);
  folder->root = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_assert_cmpint(folder->root, >=, 0);
}

static void folder_tear_down(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  close(folder->root);
  remove_below(folder->path);
  g_free(folder->path);
}

static gboolean there_is(const Folder *folder, const char *path)
{
  return faccessat(folder->root, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static mode_t mode_of(const Folder *folder, const char *path)
{
  struct stat status;
  g_assert_no_errno(fstatat(folder->root, path, &status, AT_SYMLINK_NOFOLLOW));
  return status.st_mode & 07777;
}

static ino_t inode_of(const Folder *folder, const char *path)
{
  struct stat status;
  g_assert_no_errno(fstatat(folder->root, path, &status, AT_SYMLINK_NOFOLLOW));
  return status.st_ino;
}

static void put(const Folder *folder, const char *path, const char *text)
{
  g_autofree char *whole = g_build_filename(folder->path, path, NULL);
  g_autofree char *parent = g_path_get_dirname(whole);
  g_assert_no_errno(g_mkdir_with_parents(parent, 0700));
  g_assert_true(g_file_set_contents(whole, text, -1, NULL));
}

static void make_folder(const Folder *folder, const char *path)
{
  g_autofree char *whole = g_build_filename(folder->path, path, NULL);
  g_assert_no_errno(g_mkdir_with_parents(whole, 0700));
}

static void assert_content(const Folder *folder, const char *path, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) content = file_read(folder->root, path, 1 << 20, &error);
  g_assert_no_error(error);
  g_assert_cmpmem(g_bytes_get_data(content, NULL), g_bytes_get_size(content), text, strlen(text));
}

/* How many names FOLDER/PATH has, and how many of them are temporary. */
static guint count_names(const Folder *folder, const char *path, guint *ret_temporary)
{
  g_autofree char *whole = g_build_filename(folder->path, path, NULL);
  g_autoptr(GDir) directory = g_dir_open(whole, 0, NULL);
  const char *name;
  guint names = 0, temporary = 0;
  g_assert_nonnull(directory);
  while ((name = g_dir_read_name(directory)) != NULL) {
    names++;
    temporary += g_str_has_prefix(name, FILE_TEMPORARY_PREFIX) ? 1 : 0;
  }
  if (ret_temporary != NULL)
    *ret_temporary = temporary;
  return names;
}

static void stage(FileGroup *group, FilePhase phase, const char *path, const char *text)
{
  g_autoptr(GError) error = NULL;
  gboolean ok = file_group_write(group, phase, path, text, strlen(text), 0600, &error);
  g_assert_no_error(error);
  g_assert_true(ok);
}

/* A group of one file a phase, added in the wrong order. */
static FileGroup *stage_all(const Folder *folder)
{
  FileGroup *group = file_group_new(folder->root);
  put(folder, "inbox/x.xml", "x");
  file_group_move(group, "inbox/x.xml", "inbox/done/x.xml");
  stage(group, FILE_PHASE_RECEIPT, "outbox/receipts/x.receipt.xml", "receipt");
  stage(group, FILE_PHASE_ARCHIVE, "outbox/certificates/X.1/x.zip", "archive");
  g_assert_cmpuint(file_group_size(group), ==, 3);
  return group;
}

static void test_group(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(FileGroup) group = stage_all(folder);
  guint temporary = 0;
  g_assert_cmpuint(count_names(folder, "outbox/receipts", &temporary), ==, 1);
  g_assert_cmpuint(temporary, ==, 1);
  g_assert_true(there_is(folder, "inbox/x.xml"));

  g_assert_true(file_group_commit(group, &error));
  g_assert_no_error(error);
  assert_content(folder, "outbox/certificates/X.1/x.zip", "archive");
  assert_content(folder, "outbox/receipts/x.receipt.xml", "receipt");
  assert_content(folder, "inbox/done/x.xml", "x");
  g_assert_false(there_is(folder, "inbox/x.xml"));
  g_clear_pointer(&group, file_group_free);
  g_assert_cmpuint(count_names(folder, "outbox/receipts", NULL), ==, 1);
}

/* A phase that fails keeps all later ones from happening, whatever the order in
 * which their files were added. A folder in the place of a file makes it fail. */
static void test_phases(Folder *folder, gconstpointer data)
{
  static const char *const targets[FILE_PHASE_N] = {
      [FILE_PHASE_ARCHIVE] = "outbox/certificates/X.1/x.zip",
      [FILE_PHASE_RECEIPT] = "outbox/receipts/x.receipt.xml",
      [FILE_PHASE_MOVE] = "inbox/done/x.xml",
  };
  FilePhase broken = (FilePhase)GPOINTER_TO_INT(data);
  g_autoptr(GError) error = NULL;
  g_autoptr(FileGroup) group = stage_all(folder);
  make_folder(folder, targets[broken]);
  g_assert_false(file_group_commit(group, &error));
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO);
  for (FilePhase phase = 1; phase < broken; phase++)
    g_assert_true(there_is(folder, targets[phase]));
  for (FilePhase phase = broken + 1; phase < FILE_PHASE_N; phase++)
    g_assert_false(there_is(folder, targets[phase]));
  g_assert_true(there_is(folder, "inbox/x.xml"));

  /* What did not get its name is not left under its temporary one. */
  g_clear_pointer(&group, file_group_free);
  guint temporary = 0;
  count_names(folder, "outbox/receipts", &temporary);
  g_assert_cmpuint(temporary, ==, 0);
  count_names(folder, "outbox/certificates/X.1", &temporary);
  g_assert_cmpuint(temporary, ==, 0);
}

static void test_group_abandoned(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  put(folder, "outbox/receipts/x.receipt.xml", "old");
  FileGroup *group = stage_all(folder);
  file_group_free(group);
  assert_content(folder, "outbox/receipts/x.receipt.xml", "old");
  g_assert_cmpuint(count_names(folder, "outbox/receipts", NULL), ==, 1);
  g_assert_cmpuint(count_names(folder, "outbox/certificates/X.1", NULL), ==, 0);
  g_assert_true(there_is(folder, "inbox/x.xml"));
}

/* The inbox is a link to a folder elsewhere, and the file that leaves it the last one there. */
static void test_group_linked_folder(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  put(folder, "share/x.xml", "x");
  g_assert_no_errno(symlinkat("share", folder->root, "drop"));
  g_autoptr(FileGroup) group = file_group_new(folder->root);
  file_group_move(group, "drop/x.xml", "drop/done/x.xml");
  file_group_shred(group, "gone/secret.xml");
  g_assert_true(file_group_commit(group, NULL));
  assert_content(folder, "share/done/x.xml", "x");
}

/* Whoever forgets that files were to be made asks whether their names are on disk. */
static void test_group_safe(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  for (guint files = 1; files <= 100; files += 99) {
    g_autoptr(FileGroup) group = file_group_new(folder->root);
    for (guint i = 0; i < files; i++) {
      g_autofree char *path = g_strdup_printf("outbox/%u/%u.zip", files, i);
      stage(group, FILE_PHASE_ARCHIVE, path, "archive");
    }
    g_assert_true(file_group_commit(group, NULL));
    g_assert_cmpint(file_group_is_safe(group), ==, files == 1);
  }
}

/* What an earlier try moved is not there any more; doing it twice does no harm. */
static void test_group_again(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(GError) error = NULL;
  for (int i = 0; i < 2; i++) {
    g_autoptr(FileGroup) group = file_group_new(folder->root);
    if (i == 0)
      put(folder, "inbox/x.xml", "x");
    file_group_move(group, "inbox/x.xml", "inbox/done/x.xml");
    file_group_shred(group, "inbox/secret.xml");
    stage(group, FILE_PHASE_ARCHIVE, "outbox/x.zip", "archive");
    g_assert_true(file_group_commit(group, &error));
    g_assert_no_error(error);
  }
  assert_content(folder, "inbox/done/x.xml", "x");
  g_autoptr(FileGroup) empty = file_group_new(folder->root);
  g_assert_true(file_group_commit(empty, &error));
}

static void test_modes(Folder *folder, gconstpointer data)
{
  static const mode_t modes[] = {0600, 0640, 0644};
  mode_t before = umask((mode_t)GPOINTER_TO_UINT(data));
  g_autoptr(FileGroup) group = file_group_new(folder->root);
  for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
    g_autofree char *one = g_strdup_printf("outbox/one-%o/x", modes[i]);
    g_autofree char *many = g_strdup_printf("outbox/many-%o/x", modes[i]);
    g_assert_true(file_write(folder->root, one, "x", 1, modes[i], NULL));
    g_assert_true(file_group_write(group, FILE_PHASE_ARCHIVE, many, "x", 1, modes[i], NULL));
  }
  g_assert_true(file_group_commit(group, NULL));
  g_assert_true(file_make_folder(folder->root, "reports/deep", 0755, NULL));
  g_assert_true(file_make_folder(folder->root, "state/deep", 0700, NULL));
  umask(before);
  for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
    g_autofree char *one = g_strdup_printf("outbox/one-%o", modes[i]);
    g_autofree char *one_file = g_strconcat(one, "/x", NULL);
    g_autofree char *many_file = g_strdup_printf("outbox/many-%o/x", modes[i]);
    g_assert_cmpuint(mode_of(folder, one), ==, 0700);
    g_assert_cmpuint(mode_of(folder, one_file), ==, modes[i]);
    g_assert_cmpuint(mode_of(folder, many_file), ==, modes[i]);
  }
  g_assert_cmpuint(mode_of(folder, "reports/deep"), ==, 0755);
  g_assert_cmpuint(mode_of(folder, "state/deep"), ==, 0700);
  g_assert_cmpuint(mode_of(folder, "state"), ==, 0700);
}

/* The bytes of the file that was at PATH, after COMMIT had its way with it. */
static char *bytes_after(const Folder *folder, const char *path, FileGroup *group, gsize length)
{
  int fd = openat(folder->root, path, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint(fd, >=, 0);
  g_autoptr(GError) error = NULL;
  g_assert_true(file_group_commit(group, &error));
  g_assert_no_error(error);
  char *bytes = g_malloc0(length + 1);
  g_assert_cmpint(pread(fd, bytes, length + 1, 0), ==, (gssize)length);
  close(fd);
  return bytes;
}

static gboolean is_zero(const char *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (bytes[i] != 0)
      return FALSE;
  return TRUE;
}

static void test_shred(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  const gsize length = 200000; /* more than one block of zeros */
  g_autofree char *secret = g_strnfill(length, 's');
  put(folder, "inbox/x.xml", secret);
  g_autoptr(FileGroup) group = file_group_new(folder->root);
  file_group_shred(group, "inbox/x.xml");
  g_autofree char *after = bytes_after(folder, "inbox/x.xml", group, length);
  g_assert_true(is_zero(after, length));
  g_assert_cmpuint(count_names(folder, "inbox", NULL), ==, 0);
}

/* Somebody's own copy, a hard link, is not destroyed with it. */
static void test_shred_link(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  put(folder, "inbox/x.xml", "secret");
  make_folder(folder, "own");
  g_assert_no_errno(linkat(folder->root, "inbox/x.xml", folder->root, "own/x.xml", 0));
  g_autoptr(FileGroup) group = file_group_new(folder->root);
  file_group_shred(group, "inbox/x.xml");
  g_assert_true(file_group_commit(group, NULL));
  g_assert_cmpuint(count_names(folder, "inbox", NULL), ==, 0);
  assert_content(folder, "own/x.xml", "secret");
}

/* What took the file's place after it was read is not written through. */
static void test_shred_others(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  put(folder, "own/x.xml", "secret");
  make_folder(folder, "inbox");
  g_assert_no_errno(symlinkat("../own/x.xml", folder->root, "inbox/link.xml"));
  g_assert_no_errno(mkfifoat(folder->root, "inbox/fifo.xml", 0600));
  g_autoptr(FileGroup) group = file_group_new(folder->root);
  file_group_shred(group, "inbox/link.xml");
  file_group_shred(group, "inbox/fifo.xml");
  g_assert_true(file_group_commit(group, NULL));
  g_assert_cmpuint(count_names(folder, "inbox", NULL), ==, 0);
  assert_content(folder, "own/x.xml", "secret");
}

static void test_remove_temporary(Folder *folder, gconstpointer data)
{
  gboolean below = GPOINTER_TO_INT(data);
  put(folder, "reports/" FILE_TEMPORARY_PREFIX "1-1", "left");
  put(folder, "reports/index.html", "page");
  put(folder, "reports/deep/" FILE_TEMPORARY_PREFIX "1-2", "left");
  put(folder, "reports/deep/page.html", "page");
  make_folder(folder, "reports/" FILE_TEMPORARY_PREFIX "folder");
  int fd = openat(folder->root, "reports/" FILE_TEMPORARY_PREFIX "1-1", O_RDONLY | O_CLOEXEC);
  g_autoptr(GError) error = NULL;
  g_assert_true(below ? file_remove_temporary_below(folder->root, "reports", &error)
                      : file_remove_temporary(folder->root, "reports", &error));
  g_assert_no_error(error);
  char bytes[5] = {0};
  g_assert_cmpint(pread(fd, bytes, sizeof bytes, 0), ==, 4);
  g_assert_true(is_zero(bytes, 4));
  close(fd);
  g_assert_cmpuint(count_names(folder, "reports", NULL), ==, 3);
  g_assert_true(there_is(folder, "reports/index.html"));
  g_assert_cmpuint(count_names(folder, "reports/deep", NULL), ==, below ? 1 : 2);
  g_assert_true(file_remove_temporary(folder->root, "nowhere", &error));
  g_assert_false(file_remove_temporary(folder->root, "reports/index.html", &error));
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO);
}

static void test_lock(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(GError) error = NULL;
  int held = file_lock(folder->root, "lock", &error);
  g_assert_no_error(error);
  g_assert_cmpint(held, >=, 0);
  g_assert_cmpuint(mode_of(folder, "lock") & 077, ==, 0);
  g_assert_cmpint(file_lock(folder->root, "lock", &error), ==, -1);
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUSY);
  g_assert_cmpint(error_exit_status(error), ==, 75);
  close(held);
  g_clear_error(&error);
  held = file_lock(folder->root, "lock", &error);
  g_assert_no_error(error);
  close(held);
  g_assert_cmpint(file_lock(folder->root, "nowhere/lock", &error), ==, -1);
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO);
}

static void test_replace(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  gboolean written = FALSE;
  g_assert_true(file_replace(folder->root, "a/page", "one", 3, 0644, &written, NULL));
  g_assert_true(written);
  ino_t first = inode_of(folder, "a/page");
  g_assert_true(file_replace(folder->root, "a/page", "one", 3, 0644, &written, NULL));
  g_assert_false(written);
  g_assert_cmpuint(inode_of(folder, "a/page"), ==, first);
  g_assert_true(file_replace(folder->root, "a/page", "two", 3, 0644, &written, NULL));
  g_assert_true(written);
  assert_content(folder, "a/page", "two");
  g_assert_true(file_replace(folder->root, "a/page", "", 0, 0644, NULL, NULL));
  assert_content(folder, "a/page", "");
}

static gboolean stream(Folder *folder, const char *path, const char *const *pieces)
{
  gboolean written = FALSE;
  GError *error = NULL;
  g_autoptr(FileStream) out = file_stream_new(folder->root, path, 0644, &error);
  g_assert_no_error(error);
  for (; *pieces != NULL; pieces++)
    file_stream_write(out, *pieces, strlen(*pieces));
  g_assert_true(file_stream_replace(out, &written, &error));
  g_assert_no_error(error);
  return written;
}

/* A long file comes whole or not at all, and only where it is another one. */
static void test_stream(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *much = g_strnfill(700000, 'x');
  g_autofree char *other = g_strnfill(700000, 'x');
  other[699999] = 'y';
  g_assert_true(stream(folder, "a/feed", (const char *const[]){"one", " two", NULL}));
  assert_content(folder, "a/feed", "one two");
  g_assert_cmpint(mode_of(folder, "a/feed"), ==, 0644);
  ino_t first = inode_of(folder, "a/feed");
  g_assert_false(stream(folder, "a/feed", (const char *const[]){"one two", NULL}));
  g_assert_cmpuint(inode_of(folder, "a/feed"), ==, first);
  g_assert_true(stream(folder, "a/feed", (const char *const[]){much, much, NULL}));
  g_assert_false(stream(folder, "a/feed", (const char *const[]){much, much, NULL}));
  g_assert_true(stream(folder, "a/feed", (const char *const[]){much, other, NULL}));
  FileStream *left = file_stream_new(folder->root, "a/feed", 0644, NULL);
  file_stream_write(left, "half", 4);
  file_stream_free(left);
  g_assert_false(stream(folder, "a/feed", (const char *const[]){much, other, NULL}));
  g_assert_no_errno(unlinkat(folder->root, "a/feed", 0));
  g_assert_no_errno(unlinkat(folder->root, "a", AT_REMOVEDIR)); /* nothing else was left */
}

/* What stays of a file is taken from where it was; what is the same as before is no change. */
static void test_stream_keep(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *much = g_strnfill(700000, 'x');
  g_autofree char *expected = g_strconcat("three ", much, " one", NULL);
  char end[5] = "";
  gboolean written = TRUE;
  g_assert_true(stream(folder, "feed", (const char *const[]){"one two", much, NULL}));
  g_autoptr(FileStream) same = file_stream_new(folder->root, "feed", 0644, NULL);
  g_assert_cmpuint(file_stream_old_length(same), ==, 700007);
  g_assert_cmpuint(file_stream_read_old(same, 4, end, 3), ==, 3);
  g_assert_cmpstr(end, ==, "two");
  file_stream_keep(same, 0, 4);
  file_stream_write(same, "two", 3);
  file_stream_keep(same, 7, 700000);
  g_assert_true(file_stream_replace(same, &written, NULL));
  g_assert_false(written);
  g_autoptr(FileStream) other = file_stream_new(folder->root, "feed", 0644, NULL);
  file_stream_write(other, "three ", 6);
  file_stream_keep(other, 7, 700000);
  file_stream_keep(other, 3, 1);
  file_stream_keep(other, 0, 3);
  g_assert_true(file_stream_replace(other, &written, NULL));
  g_assert_true(written);
  assert_content(folder, "feed", expected);
}

/* A link in the place of a file is replaced, never followed. */
static void test_write_over_link(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  put(folder, "own", "own");
  g_assert_no_errno(symlinkat("own", folder->root, "link"));
  g_assert_no_errno(mkfifoat(folder->root, "fifo", 0600));
  g_assert_true(file_replace(folder->root, "link", "own", 3, 0600, NULL, NULL));
  g_assert_true(file_write(folder->root, "fifo", "new", 3, 0600, NULL));
  g_assert_true(file_replace(folder->root, "fifo", "newer", 5, 0600, NULL, NULL));
  assert_content(folder, "own", "own");
  assert_content(folder, "link", "own");
  g_assert_cmpuint(inode_of(folder, "link"), !=, inode_of(folder, "own"));
  assert_content(folder, "fifo", "newer");
}

static void test_read(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *path;
    gsize limit;
    CertdropError code; /* 0: it is read */
  } cases[] = {
      {"whole", 20000, 0},
      {"whole", 19999, CERTDROP_ERROR_REFUSED},
      {"empty", 0, 0},
      {"nowhere", 10, CERTDROP_ERROR_IO},
      {"link", 20000, CERTDROP_ERROR_IO},
      {"folder", 10, CERTDROP_ERROR_REFUSED},
      {"fifo", 10, CERTDROP_ERROR_REFUSED},
  };
  g_autofree char *text = g_strnfill(20000, 'x');
  put(folder, "whole", text);
  put(folder, "empty", "");
  make_folder(folder, "folder");
  g_assert_no_errno(symlinkat("whole", folder->root, "link"));
  g_assert_no_errno(mkfifoat(folder->root, "fifo", 0600));
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) content = file_read(folder->root, cases[i].path, cases[i].limit, &error);
    g_test_message("%s", cases[i].path);
    if (cases[i].code == 0)
      g_assert_no_error(error);
    else
      g_assert_error(error, CERTDROP_ERROR, (int)cases[i].code);
    g_assert_true((content != NULL) == (cases[i].code == 0));
  }
}

static void test_folders(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(GError) error = NULL;
  g_assert_true(file_make_folder(folder->root, "a/b/c", 0700, &error));
  g_assert_true(file_make_folder(folder->root, "a/b/c", 0755, &error));
  g_assert_cmpuint(mode_of(folder, "a/b/c"), ==, 0700); /* what is there stays as it is */
  put(folder, "a/file", "x");
  g_assert_false(file_make_folder(folder->root, "a/file/d", 0700, &error));
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO);
  g_clear_error(&error);
  g_assert_false(file_write(folder->root, "a/file/d", "x", 1, 0600, &error));
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO);
  g_clear_error(&error);
  g_assert_true(file_remove(folder->root, "a/file", &error));
  g_assert_true(file_remove(folder->root, "a/file", &error));
  g_assert_false(file_remove(folder->root, "a/b", &error));
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO);
}

static gpointer write_some(gpointer data)
{
  static int next;
  for (int i = 0; i < 50; i++) {
    g_autofree char *path = g_strdup_printf("outbox/deep/%d/x", g_atomic_int_add(&next, 1) / 4);
    g_autofree char *unique = g_strdup_printf("%s-%d-%p", path, i, (void *)g_thread_self());
    g_autoptr(GError) error = NULL;
    g_assert_true(file_group_write(data, FILE_PHASE_ARCHIVE, unique, "x", 1, 0600, &error));
    g_assert_no_error(error);
  }
  return NULL;
}

static void test_threads(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(FileGroup) group = file_group_new(folder->root);
  GThread *threads[4];
  for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
    threads[i] = g_thread_new("write", write_some, group);
  for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
    g_thread_join(threads[i]);
  g_assert_cmpuint(file_group_size(group), ==, 200);
  g_assert_true(file_group_commit(group, NULL));
  g_assert_cmpuint(count_names(folder, "outbox/deep", NULL), ==, 50);
  for (int i = 0; i < 50; i++) {
    g_autofree char *path = g_strdup_printf("outbox/deep/%d", i);
    guint temporary = 0;
    g_assert_cmpuint(count_names(folder, path, &temporary), ==, 4);
    g_assert_cmpuint(temporary, ==, 0);
  }
}

#define ADD(name, data, function)                                                                  \
  g_test_add("/base/file/" name, Folder, data, folder_set_up, function, folder_tear_down)

/* What a command left in its folder goes, whatever it is, and nothing beside it. */
static void test_wipe_folder(Folder *folder, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *outside = g_build_filename(folder->path, "outside", NULL);
  g_assert_true(file_make_folder(folder->root, "state/deploy/1/deep/er", 0700, NULL));
  g_assert_true(file_write(folder->root, "outside", "kept", 4, 0600, NULL));
  g_assert_true(file_write(folder->root, "state/other", "kept", 4, 0600, NULL));
  g_assert_true(file_write(folder->root, "state/deploy/1/key.pem", "secret", 6, 0600, NULL));
  g_assert_true(file_write(folder->root, "state/deploy/1/deep/.x", "secret", 6, 0400, NULL));
  g_assert_no_errno(symlinkat(outside, folder->root, "state/deploy/1/link"));
  g_assert_no_errno(symlinkat(folder->path, folder->root, "state/deploy/1/deep/folder"));
  g_assert_no_errno(mkfifoat(folder->root, "state/deploy/1/pipe", 0600));
  g_assert_no_errno(fchmodat(folder->root, "state/deploy/1/deep", 0500, 0));
  g_autoptr(GError) error = NULL;
  g_assert_true(file_wipe_folder(folder->root, "state/deploy", &error));
  g_assert_no_error(error);
  g_assert_false(there_is(folder, "state/deploy"));
  g_assert_true(there_is(folder, "state/other"));
  g_autofree char *content = NULL;
  g_assert_true(g_file_get_contents(outside, &content, NULL, NULL));
  g_assert_cmpstr(content, ==, "kept");
  g_assert_true(file_wipe_folder(folder->root, "state/deploy", &error));
  g_assert_true(file_wipe_folder(folder->root, "none/there", &error));
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("group", NULL, test_group);
  ADD("phases/archive", GINT_TO_POINTER(FILE_PHASE_ARCHIVE), test_phases);
  ADD("phases/receipt", GINT_TO_POINTER(FILE_PHASE_RECEIPT), test_phases);
  ADD("phases/move", GINT_TO_POINTER(FILE_PHASE_MOVE), test_phases);
  ADD("group-abandoned", NULL, test_group_abandoned);
  ADD("group-again", NULL, test_group_again);
  ADD("group-linked-folder", NULL, test_group_linked_folder);
  ADD("group-safe", NULL, test_group_safe);
  ADD("modes/umask-000", GUINT_TO_POINTER(0), test_modes);
  ADD("modes/umask-022", GUINT_TO_POINTER(022), test_modes);
  ADD("modes/umask-077", GUINT_TO_POINTER(077), test_modes);
  ADD("shred", NULL, test_shred);
  ADD("shred-link", NULL, test_shred_link);
  ADD("shred-others", NULL, test_shred_others);
  ADD("remove-temporary", GINT_TO_POINTER(FALSE), test_remove_temporary);
  ADD("remove-temporary-below", GINT_TO_POINTER(TRUE), test_remove_temporary);
  ADD("wipe-folder", NULL, test_wipe_folder);
  ADD("lock", NULL, test_lock);
  ADD("replace", NULL, test_replace);
  ADD("stream", NULL, test_stream);
  ADD("stream-keep", NULL, test_stream_keep);
  ADD("write-over-link", NULL, test_write_over_link);
  ADD("read", NULL, test_read);
  ADD("folders", NULL, test_folders);
  ADD("threads", NULL, test_threads);
  return g_test_run();
}
