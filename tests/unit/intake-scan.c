/* The scan of the inbox: what is to be read, and what is passed over. */
#include "intake/intake.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"

static void make_file(int folder, const char *name)
{
  int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  g_assert_cmpint(fd, >=, 0);
  close(fd);
}

static void make_socket(const char *folder, const char *name)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  g_snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", folder, name);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  close(fd);
}

static void test_scan_lists_what_is_to_be_read(void)
{
  static const char *const read[] = {"10.xml",    "9.xml",     "B.zip",   "a b.xml",
                                     "a.tmp.xml", "readme.md", "\xFF.xml"};
  static const char *const ignored[] = {".hidden",          "a.part",   "b.tmp",
                                        "c.filepart",       "d.xml~",   "e.xml.crswap",
                                        "f.zip.crdownload", "README.md"};
  static const char *const skipped[] = {"fifo", "link.xml", "socket"};
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_dir_make_tmp("certdrop-scan-XXXXXX", &error);
  g_assert_no_error(error);
  int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (gsize i = 0; i < G_N_ELEMENTS(read); i++)
    make_file(folder, read[i]);
  for (gsize i = 0; i < G_N_ELEMENTS(ignored); i++)
    make_file(folder, ignored[i]);
  g_assert_cmpint(mkdirat(folder, "done", 0700), ==, 0);
  g_assert_cmpint(mkfifoat(folder, "fifo", 0600), ==, 0);
  g_assert_cmpint(symlinkat("/etc/passwd", folder, "link.xml"), ==, 0);
  make_socket(path, "socket");

  g_autoptr(IntakeScan) scan = intake_scan(folder, ".", &error);
  g_assert_no_error(error);
  g_assert_cmpuint(scan->names->len, ==, G_N_ELEMENTS(read));
  for (gsize i = 0; i < G_N_ELEMENTS(read); i++)
    g_assert_cmpstr(g_ptr_array_index(scan->names, i), ==, read[i]);
  g_assert_cmpuint(scan->skipped->len, ==, G_N_ELEMENTS(skipped));
  for (gsize i = 0; i < G_N_ELEMENTS(skipped); i++)
    g_assert_cmpstr(g_ptr_array_index(scan->skipped, i), ==, skipped[i]);

  for (gsize i = 0; i < G_N_ELEMENTS(read); i++)
    unlinkat(folder, read[i], 0);
  for (gsize i = 0; i < G_N_ELEMENTS(ignored); i++)
    unlinkat(folder, ignored[i], 0);
  for (gsize i = 0; i < G_N_ELEMENTS(skipped); i++)
    unlinkat(folder, skipped[i], 0);
  unlinkat(folder, "done", AT_REMOVEDIR);
  close(folder);
  g_assert_cmpint(rmdir(path), ==, 0);
}

static void test_scan_needs_a_folder(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(IntakeScan) scan = intake_scan(AT_FDCWD, "/nonexistent", &error);
  g_assert_null(scan);
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/intake-scan/lists-what-is-to-be-read", test_scan_lists_what_is_to_be_read);
  g_test_add_func("/intake-scan/needs-a-folder", test_scan_needs_a_folder);
  return g_test_run();
}
