/* requests.csv: what was asked, by which file, and what came of it; a line for each
 * document of each decided file. What auditors ask for. */
#include "reports/feed.h"

/* How many items are read at once: a batch may have 100,000. */
#define PORTION 500

static const char *const outcomes[LIFECYCLE_OUTCOME_N] = {
    [LIFECYCLE_OUTCOME_ACCEPTED] = "accepted",
    [LIFECYCLE_OUTCOME_REJECTED] = "rejected",
    [LIFECYCLE_OUTCOME_WAITING] = "waiting",
};

static gboolean next_block(Ledger *ledger, gint64 block, gint64 *ret_block, GError **error)
{
  return ledger_next_file_block(ledger, block, 1, ret_block, error);
}

/* The codes of FAULTS, each once, and their texts. */
static void add_faults_cells(GString *line, const GPtrArray *faults)
{
  g_autoptr(GString) codes = g_string_new(NULL);
  g_autoptr(GString) texts = g_string_new(NULL);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; faults != NULL && i < faults->len; i++) {
    const Fault *fault = g_ptr_array_index(faults, i);
    if (g_hash_table_add(seen, (gpointer)fault->code))
      g_string_append_printf(codes, "%s%s", codes->len > 0 ? " " : "", fault->code);
    if (i > 0)
      g_string_append_c(texts, ' ');
    if (fault->line > 0)
      g_string_append_printf(texts, "line %" G_GINT64_FORMAT ": ", fault->line);
    g_string_append_printf(texts, "%s.", fault->text);
  }
  feed_add_cell(line, codes->str);
  feed_add_cell(line, texts->str);
}

static void add_file_cells(GString *line, const LedgerFile *file)
{
  feed_add_number_cell(line, file->number);
  feed_add_cell(line, file->name);
  feed_add_number_cell(line, file->name_number);
  feed_add_cell(line, file->sha256);
  feed_add_time_cell(line, file->first_seen);
  feed_add_time_cell(line, file->decided);
}

/* A file that is wrong as a whole is a line with no document. */
static void write_file(FeedLines *lines, const LedgerFile *file)
{
  g_autoptr(GString) line = g_string_sized_new(512);
  add_file_cells(line, file);
  for (int i = 0; i < 3; i++)
    feed_add_cell(line, NULL);
  feed_add_cell(line, outcomes[LIFECYCLE_OUTCOME_REJECTED]);
  feed_add_flag_cell(line, FALSE);
  feed_add_cell(line, NULL);
  add_faults_cells(line, file->faults);
  add_faults_cells(line, NULL);
  feed_end_cells(line);
  feed_lines_add(lines, line->str, line->len);
}

static void write_item(FeedLines *lines, const LedgerFile *file, const LedgerItem *item)
{
  g_autoptr(GString) line = g_string_sized_new(512);
  add_file_cells(line, file);
  feed_add_number_cell(line, item->position + 1);
  feed_add_cell(line, item->kind != 0 ? request_kinds[item->kind].name : NULL);
  feed_add_cell(line, item->ref);
  feed_add_cell(line, outcomes[item->outcome]);
  feed_add_flag_cell(line, item->repeated);
  feed_add_cell(line, item->subject);
  add_faults_cells(line, item->faults);
  add_faults_cells(line, item->warnings);
  feed_end_cells(line);
  feed_lines_add(lines, line->str, line->len);
}

static gboolean write_items(FeedLines *lines, const ReportsContext *context, const LedgerFile *file,
                            GError **error)
{
  for (gint64 first = 0;;) {
    g_autoptr(GPtrArray) items =
        ledger_items_of_file(context->ledger, file->number, first, PORTION, error);
    if (items == NULL)
      return FALSE;
    for (guint i = 0; i < items->len; i++) {
      const LedgerItem *item = g_ptr_array_index(items, i);
      first = item->position + 1;
      write_item(lines, file, item);
    }
    if (items->len < PORTION)
      return TRUE;
  }
}

static gboolean write_block(FeedLines *lines, const ReportsContext *context, gint64 block,
                            GError **error)
{
  g_autoptr(GPtrArray) files = ledger_files_in_block(context->ledger, block, error);
  if (files == NULL)
    return FALSE;
  for (guint i = files->len; i-- > 0;) {
    const LedgerFile *file = g_ptr_array_index(files, i);
    if (file->state == LEDGER_FILE_WAITING)
      continue;
    if (file->faults != NULL && file->faults->len > 0)
      write_file(lines, file);
    if (!write_items(lines, context, file, error))
      return FALSE;
  }
  return TRUE;
}

const FeedLinesKind feed_requests_csv = {
    .path = "reports/requests.csv",
    .sections =
        {{"number,file,repetition,sha256,firstSeen,decided,position,kind,ref,outcome,repeated,"
          "subject,codes,reasons,warningCodes,warnings\r\n",
          NULL, write_block}},
    .tail = "",
    .topics = {LEDGER_STALE_FILES, 0},
    .next_block = next_block,
};
