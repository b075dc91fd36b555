#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "reports/frame.h"
#include "reports/reports-private.h"

/* Whether the page NAME of a folder, of LIST or VIEW, has a reason to be there. */
typedef struct {
  const ReportsList *list;
  const ReportsView *view;
} SweepFolder;
typedef gboolean (*SweepHasReason)(const ReportsContext *context, const SweepFolder *of,
                                   const char *name, gboolean *ret_reason, GError **error);

static gboolean block_has_reason(const ReportsContext *context, const SweepFolder *of,
                                 const char *name, gboolean *ret_reason, GError **error)
{
  gint64 block = g_ascii_strtoll(name, NULL, 10), found = -1;
  if (!g_ascii_isdigit(*name)) {
    *ret_reason = TRUE;
    return TRUE;
  }
  *ret_reason = FALSE;
  if (of->list->status != 0)
    return TRUE;
  if (!of->list->next(context->ledger, of->list, block - 1, 1, &found, error))
    return FALSE;
  *ret_reason = found == block;
  return TRUE;
}

static gboolean certificate_has_reason(const ReportsContext *context, const SweepFolder *of,
                                       const char *name, gboolean *ret_reason, GError **error)
{
  (void)of;
  gint64 number = 0;
  if (!ledger_certificate_number(context->ledger, name, &number, error))
    return FALSE;
  *ret_reason = number > 0;
  return TRUE;
}

static gboolean document_has_reason(const ReportsContext *context, const SweepFolder *of,
                                    const char *name, gboolean *ret_reason, GError **error)
{
  (void)context;
  (void)of;
  (void)error;
  *ret_reason = strcmp(name, "index") == 0 || strcmp(name, "faults") == 0 ||
                request_kind_from_name(name) != 0;
  return TRUE;
}

static gboolean view_has_reason(const ReportsContext *context, const SweepFolder *of,
                                const char *name, gboolean *ret_reason, GError **error)
{
  *ret_reason = TRUE;
  return strcmp(name, "index") == 0 || of->view->has_reason(context, name, ret_reason, error);
}

/* The page that a file is one form of, or NULL. */
static char *sweep_page_name(const char *file)
{
  for (FrameForm form = 1; form < FRAME_N; form++)
    if (g_str_has_suffix(file, frame_extensions[form]))
      return g_strndup(file, strlen(file) - strlen(frame_extensions[form]));
  return NULL;
}

static gboolean sweep_entry(const ReportsContext *context, const char *folder,
                            const SweepFolder *of, SweepHasReason has_reason, const char *file,
                            GError **error)
{
  g_autofree char *name = sweep_page_name(file);
  gboolean reason = TRUE;
  if (name == NULL)
    return TRUE;
  if (!has_reason(context, of, name, &reason, error))
    return FALSE;
  g_autofree char *path = g_strdup_printf("%s/%s", folder, file);
  return reason || file_remove(context->root, path, error);
}

static gboolean sweep_folder(const ReportsContext *context, const char *name, const SweepFolder *of,
                             SweepHasReason has_reason, GError **error)
{
  g_autofree char *folder = g_strconcat("reports/", name, NULL);
  if (!file_remove_temporary(context->root, folder, error))
    return FALSE;
  int fd = openat(context->root, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *entries = fd >= 0 ? fdopendir(fd) : NULL;
  if (entries == NULL) {
    error_set_errno(error, errno, "%s: cannot list", folder);
    if (fd >= 0)
      close(fd);
    return FALSE;
  }
  gboolean ok = TRUE;
  for (struct dirent *entry; ok && (entry = readdir(entries)) != NULL;)
    if (entry->d_name[0] != '.')
      ok = sweep_entry(context, folder, of, has_reason, entry->d_name, error);
  closedir(entries);
  return ok;
}

/* Folders of lists that only older versions wrote. */
static const char *const former_folders[] = {"cards"};

static gboolean former_has_reason(const ReportsContext *context, const SweepFolder *of,
                                  const char *name, gboolean *ret_reason, GError **error)
{
  (void)context;
  (void)of;
  (void)error;
  *ret_reason = strcmp(name, "index") != 0 && !g_ascii_isdigit(*name);
  return TRUE;
}

static gboolean sweep_former(const ReportsContext *context, GError **error)
{
  g_autoptr(FileGroup) group = file_group_new(context->root);
  for (guint i = 0; i < G_N_ELEMENTS(former_folders); i++) {
    g_autofree char *folder = g_strconcat("reports/", former_folders[i], NULL);
    if (faccessat(context->root, folder, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
      continue;
    if (!sweep_folder(context, former_folders[i], NULL, former_has_reason, error))
      return FALSE;
    file_group_remove_folder(group, folder);
  }
  return file_group_commit(group, error);
}

gboolean reports_sweep(const ReportsContext *context, const ReportsList lists[REPORTS_LIST_N],
                       GError **error)
{
  for (guint i = 0; i < REPORTS_LIST_N; i++) {
    const SweepFolder of = {&lists[i], NULL};
    if (!sweep_folder(context, lists[i].folder, &of, block_has_reason, error))
      return FALSE;
  }
  for (guint i = 0; i < REPORTS_VIEW_N; i++) {
    const SweepFolder of = {NULL, reports_views[i]};
    if (!sweep_folder(context, reports_views[i]->folder, &of, view_has_reason, error))
      return FALSE;
  }
  return sweep_folder(context, "certificate", NULL, certificate_has_reason, error) &&
         sweep_folder(context, "request", NULL, document_has_reason, error) &&
         sweep_former(context, error) && file_remove_temporary(context->root, "reports", error);
}
