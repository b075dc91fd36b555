/* certificates.csv and certificates.json: a line for each certificate. */
#include <string.h>

#include "base/json.h"
#include "reports/feed.h"

static gboolean next_block(Ledger *ledger, gint64 block, gint64 *ret_block, GError **error)
{
  return ledger_next_block(ledger, block, 1, 0, ret_block, error);
}

/* A member of the JSON and a column of the CSV. */
typedef enum { TEXT = 1, NUMBER, TIME, FLAG, WORDS } ColumnType;

typedef struct {
  const char *name;
  ColumnType type;
  gsize offset; /* in LedgerCertificate, or where TEXT comes from `text` */
  const char *(*text)(const LedgerCertificate *certificate);
} Column;

static const char *product_of(const LedgerCertificate *certificate)
{
  return certificate->uploaded ? NULL : certificate->product->id;
}

static const char *status_of(const LedgerCertificate *certificate)
{
  return lifecycle_statuses[certificate->status].name;
}

static const char *issuer_of(const LedgerCertificate *certificate)
{
  return certificate->serial != NULL && !certificate->uploaded ? certificate->product->issuer
                                                               : NULL;
}

#define COLUMN(name, type, member)                                                                 \
  {                                                                                                \
    name, type, G_STRUCT_OFFSET(LedgerCertificate, member), NULL                                   \
  }

static const Column columns[] = {
    COLUMN("number", NUMBER, number),
    COLUMN("id", TEXT, id),
    COLUMN("order", TEXT, order),
    {"product", TEXT, 0, product_of},
    {"status", TEXT, 0, status_of},
    COLUMN("domains", WORDS, names),
    COLUMN("notBefore", TIME, not_before),
    COLUMN("notAfter", TIME, not_after),
    COLUMN("termEnd", TIME, term_end),
    COLUMN("serialNumber", TEXT, serial),
    COLUMN("sha256", TEXT, sha256),
    COLUMN("keyAlgorithm", TEXT, key_kind),
    {"issuer", TEXT, 0, issuer_of},
    COLUMN("uploaded", FLAG, uploaded),
    COLUMN("created", TIME, created),
    COLUMN("firstIssued", TIME, first_issued),
    COLUMN("renews", TEXT, forerunner),
    COLUMN("renewedBy", TEXT, successor),
    COLUMN("failingSince", TIME, failing_since),
};

#define VALUE(certificate, type, column) G_STRUCT_MEMBER(type, certificate, (column)->offset)

static const char *column_text(const LedgerCertificate *certificate, const Column *column)
{
  return column->text != NULL ? column->text(certificate)
                              : VALUE(certificate, const char *, column);
}

static void add_cells(GString *line, const LedgerCertificate *certificate)
{
  for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) {
    const Column *column = &columns[i];
    switch (column->type) {
    case TEXT:
      feed_add_cell(line, column_text(certificate, column));
      break;
    case NUMBER:
      feed_add_number_cell(line, VALUE(certificate, gint64, column));
      break;
    case TIME:
      feed_add_time_cell(line, VALUE(certificate, gint64, column));
      break;
    case FLAG:
      feed_add_flag_cell(line, VALUE(certificate, gboolean, column));
      break;
    case WORDS:
      feed_add_words_cell(line, VALUE(certificate, char **, column));
      break;
    }
  }
  feed_end_cells(line);
}

static void add_members(JsonBuilder *builder, const LedgerCertificate *certificate)
{
  for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) {
    const Column *column = &columns[i];
    switch (column->type) {
    case TEXT:
      json_add_text(builder, column->name, column_text(certificate, column));
      break;
    case NUMBER:
      json_add_number(builder, column->name, VALUE(certificate, gint64, column));
      break;
    case TIME:
      json_add_time(builder, column->name, VALUE(certificate, gint64, column));
      break;
    case FLAG:
      json_add_flag(builder, column->name, VALUE(certificate, gboolean, column));
      break;
    case WORDS:
      json_add_texts(builder, column->name, VALUE(certificate, char **, column));
      break;
    }
  }
}

static void write_cells(FeedLines *lines, const LedgerCertificate *certificate)
{
  g_autoptr(GString) line = g_string_sized_new(512);
  add_cells(line, certificate);
  feed_lines_add(lines, line->str, line->len);
}

static void write_object(FeedLines *lines, const LedgerCertificate *certificate)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_object(builder);
  add_members(builder, certificate);
  json_builder_end_object(builder);
  g_autofree char *object = json_finish(builder);
  g_autofree char *line = g_strconcat(object, "\n", NULL);
  feed_lines_add(lines, line, strlen(line));
}

typedef void (*WriteLine)(FeedLines *lines, const LedgerCertificate *certificate);

static gboolean write_block(FeedLines *lines, const ReportsContext *context, gint64 block,
                            WriteLine write, GError **error)
{
  g_autoptr(GPtrArray) rows = ledger_certificates_in_block(context->ledger, block, 0, error);
  if (rows == NULL)
    return FALSE;
  for (guint i = rows->len; i-- > 0;) {
    const LedgerCertificate *certificate = g_ptr_array_index(rows, i);
    if (certificate->status != 0) /* a deleted one is in no list */
      write(lines, certificate);
  }
  return TRUE;
}

static gboolean write_csv_block(FeedLines *lines, const ReportsContext *context, gint64 block,
                                GError **error)
{
  return write_block(lines, context, block, write_cells, error);
}

static gboolean write_json_block(FeedLines *lines, const ReportsContext *context, gint64 block,
                                 GError **error)
{
  return write_block(lines, context, block, write_object, error);
}

const FeedLinesKind feed_certificates_csv = {
    .path = "reports/certificates.csv",
    .head = "number,id,order,product,status,domains,notBefore,notAfter,termEnd,serialNumber,sha256,"
            "keyAlgorithm,issuer,uploaded,created,firstIssued,renews,renewedBy,failingSince\r\n",
    .tail = "",
    .topics = {LEDGER_STALE_CERTIFICATE, LEDGER_STALE_BLOCK, 0},
    .write_block = write_csv_block,
    .next_block = next_block,
};

#define JSON_LINE "{\"number\":"

const FeedLinesKind feed_certificates_json = {
    .path = "reports/certificates.json",
    .head = "{\"version\":1,\"certificates\":[\n",
    .tail = "]}\n",
    .separated = TRUE,
    .number_at = sizeof("," JSON_LINE) - 1,
    .topics = {LEDGER_STALE_CERTIFICATE, LEDGER_STALE_BLOCK, 0},
    .write_block = write_json_block,
    .next_block = next_block,
};
