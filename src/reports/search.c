/* Keeps the search index: from what certificates say to changes of its shards. */
#include "reports/search.h"

#include <string.h>

#include "base/error.h"
#include "reports/search-lines.h"
#include "reports/search-shards.h"

/* So many lines are collected before they are written. */
#define SEARCH_BATCH_LINES 40000

/* What a certificate's lines are to be. */
typedef struct {
  char *record;
  GPtrArray *terms; /* char *, in order */
} SearchPut;

struct Search {
  const ReportsContext *context;
  SearchShards *shards; /* NULL: to be made anew */
  GPtrArray *puts;      /* SearchPut */
  GArray *records;      /* SearchChange, one for each put */
  guint lines;          /* of all puts */
  guint written;
};

static void put_free(gpointer data)
{
  SearchPut *put = data;
  g_free(put->record);
  g_ptr_array_unref(put->terms);
  g_free(put);
}

Search *search_new(const ReportsContext *context, gboolean anew)
{
  Search *search = g_new0(Search, 1);
  search->context = context;
  search->puts = g_ptr_array_new_with_free_func(put_free);
  search->records = g_array_new(FALSE, FALSE, sizeof(SearchChange));
  search->shards = search_shards_open(context->root, anew, NULL);
  return search;
}

void search_free(Search *search)
{
  if (search == NULL)
    return;
  search_shards_free(search->shards);
  g_ptr_array_unref(search->puts);
  g_array_unref(search->records);
  g_free(search);
}

/* ---- Terms that come and go -------------------------------------------------- */

/* The terms of the certificates whose records changed. */
typedef struct {
  GArray *changes;      /* SearchChange */
  GPtrArray *old_terms; /* of records that were there: GPtrArray of char * */
} Terms;

static void terms_add(Terms *terms, const char *line, gboolean gone)
{
  const SearchChange change = {line, gone, NULL};
  g_array_append_val(terms->changes, change);
}

/* Adds what is in one of two ordered lists alone. */
static void terms_compare(Terms *terms, const GPtrArray *old, const GPtrArray *new)
{
  guint i = 0, k = 0;
  while (i < old->len || k < new->len) {
    const char *before = i < old->len ? g_ptr_array_index(old, i) : NULL;
    const char *after = k < new->len ? g_ptr_array_index(new, k) : NULL;
    int order = before == NULL ? 1 : after == NULL ? -1 : strcmp(before, after);
    if (order < 0)
      terms_add(terms, before, TRUE);
    if (order > 0)
      terms_add(terms, after, FALSE);
    i += order <= 0;
    k += order >= 0;
  }
}

/* The record of a certificate takes the place of another, which tells what terms it had. */
static gboolean record_replaced(const SearchChange *change, const char *old, gsize length,
                                gpointer data)
{
  const SearchPut *put = change->data;
  Terms *terms = data;
  if (old != NULL && length == strlen(put->record) && memcmp(old, put->record, length) == 0)
    return TRUE;
  GPtrArray *before =
      old != NULL ? search_terms_of_record(old, length) : g_ptr_array_new_with_free_func(g_free);
  if (before == NULL)
    return FALSE;
  g_ptr_array_add(terms->old_terms, before);
  terms_compare(terms, before, put->terms);
  return TRUE;
}

static gint compare_changes(gconstpointer a, gconstpointer b)
{
  return strcmp(((const SearchChange *)a)->line, ((const SearchChange *)b)->line);
}

/* ---- Writing ----------------------------------------------------------------- */

/* Terms first: as long as a record is the old one, it tells what is still to be done to its
 * terms, to a run that takes up what a killed one left. */
static gboolean search_flush(Search *search, GError **error)
{
  if (search->shards == NULL)
    return TRUE;
  g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(SearchChange));
  g_autoptr(GPtrArray) old_terms =
      g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
  Terms terms = {changes, old_terms};
  gboolean damaged = FALSE;
  g_array_sort(search->records, compare_changes);
  if (!search_shards_look(search->shards, SEARCH_TREE_RECORDS, search->records, record_replaced,
                          &terms, &damaged, error))
    return FALSE;
  g_array_sort(changes, compare_changes);
  if ((!damaged &&
       !search_shards_apply(search->shards, SEARCH_TREE_TERMS, changes, &damaged, error)) ||
      (!damaged &&
       !search_shards_apply(search->shards, SEARCH_TREE_RECORDS, search->records, &damaged, error)))
    return FALSE;
  g_array_set_size(search->records, 0);
  g_ptr_array_set_size(search->puts, 0);
  search->lines = 0;
  if (damaged)
    g_clear_pointer(&search->shards, search_shards_free);
  return TRUE;
}

gboolean search_put(Search *search, const CertificateModel *model, GError **error)
{
  const LedgerCertificate *certificate = model->certificate;
  if (search->shards == NULL)
    return TRUE;
  const SearchFacts facts = {.number = certificate->number,
                             .id = certificate->id,
                             .status = lifecycle_statuses[certificate->status].name,
                             .not_after = certificate->not_after,
                             .names = certificate->names,
                             .company = certificate_company(model),
                             .serial = certificate->serial};
  SearchPut *put = g_new(SearchPut, 1);
  *put = (SearchPut){search_record(&facts), search_terms(&facts)};
  const SearchChange change = {put->record, FALSE, put};
  g_ptr_array_add(search->puts, put);
  g_array_append_val(search->records, change);
  search->lines += put->terms->len + 1;
  return search->lines < SEARCH_BATCH_LINES || search_flush(search, error);
}

/* *RET_MORE: there may be blocks after it. */
static gboolean search_put_block(Search *search, gint64 block, gboolean *ret_more, GError **error)
{
  Ledger *ledger = search->context->ledger;
  g_autoptr(GPtrArray) rows =
      ledger_certificates_in_block(ledger, block, LEDGER_DELETED_TOO, error);
  if (rows == NULL)
    return FALSE;
  *ret_more = rows->len > 0;
  for (guint i = 0; i < rows->len; i++) {
    CertificateModel model = {.certificate = g_ptr_array_index(rows, i)};
    if (!ledger_read_application(ledger, model.certificate->id, &model.application, error))
      return FALSE;
    gboolean ok = search_put(search, &model, error);
    ledger_application_free(model.application);
    if (!ok)
      return FALSE;
  }
  return TRUE;
}

static gboolean search_make_anew(Search *search, GError **error)
{
  gboolean more = TRUE;
  search->shards = search_shards_open(search->context->root, TRUE, error);
  if (search->shards == NULL)
    return FALSE;
  for (gint64 block = 0; more; block++)
    if (!search_put_block(search, block, &more, error))
      return FALSE;
  return search_flush(search, error);
}

static gboolean search_is_whole(const Search *search, GError **error)
{
  if (search->shards == NULL)
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO,
                SEARCH_FOLDER ": somebody else changes it; run `certdrop report` again");
  return search->shards != NULL;
}

gboolean search_finish(Search *search, guint *written, GError **error)
{
  return search_flush(search, error) &&
         (search->shards != NULL || search_make_anew(search, error)) &&
         search_is_whole(search, error) && search_shards_close(search->shards, written, error);
}
