/* metrics.prom: the text format of Prometheus, for the textfile collector of its node
 * exporter. The names and labels of certificates are those of x509-certificate-exporter,
 * so that dashboards and alerts for that one serve here too. What is issued or has run out, and was
 * not renewed, has its samples, each after a comment with its number. */
#include "pki/pki.h"
#include "reports/feed.h"

/* ---- The format ---- */

static void add_metric(GString *text, const char *name, const char *type, const char *help)
{
  g_string_append_printf(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A backslash, a quote and a line end are escaped; all else is itself. */
static void add_label_value(GString *text, const char *value)
{
  for (const char *at = value; *at != '\0'; at++) {
    if (*at == '\\' || *at == '"')
      g_string_append_c(text, '\\');
    if (*at == '\n')
      g_string_append(text, "\\n");
    else
      g_string_append_c(text, *at);
  }
}

static void add_label(GString *labels, const char *name, const char *value)
{
  if (value == NULL || *value == '\0')
    return;
  g_string_append_printf(labels, "%s%s=\"", labels->len > 0 ? "," : "", name);
  add_label_value(labels, value);
  g_string_append_c(labels, '"');
}

static void add_sample(GString *text, const char *name, const char *labels, gint64 value)
{
  g_string_append(text, name);
  if (labels != NULL)
    g_string_append_printf(text, "{%s}", labels);
  g_string_append_printf(text, " %" G_GINT64_FORMAT "\n", value);
}

/* A metric of one number. */
static void add_number(GString *text, const char *name, const char *type, const char *help,
                       gint64 value)
{
  add_metric(text, name, type, help);
  add_sample(text, name, NULL, value);
}

/* ---- Certificates ---- */

typedef struct {
  gint64 number;
  char *labels;
  gint64 not_before;
  gint64 not_after;
  gboolean expired;
} Sample;

static void sample_free(gpointer data)
{
  Sample *sample = data;
  g_free(sample->labels);
  g_free(sample);
}

static void add_name_labels(GString *labels, const char *which, char *const *parts)
{
  for (int part = 0; part < PKI_NAME_N; part++) {
    g_autofree char *name = g_strdup_printf("%s_%s", which, pki_name_parts[part]);
    add_label(labels, name, parts[part]);
  }
}

/* Where the archives are, by which a certificate is found. */
static char *make_labels(const LedgerCertificate *certificate, GBytes *der)
{
  g_autoptr(GString) labels = g_string_sized_new(512);
  g_autoptr(PkiCertificateNames) names = pki_certificate_read_names(der, NULL);
  g_autofree char *path = g_strconcat("outbox/certificates/", certificate->id, NULL);
  add_label(labels, "certificate", certificate->id);
  add_label(labels, "serial_number", names != NULL ? names->serial : NULL);
  if (names != NULL) {
    add_name_labels(labels, "subject", names->subject);
    add_name_labels(labels, "issuer", names->issuer);
  }
  add_label(labels, "filename", certificate->id);
  add_label(labels, "filepath", path);
  return g_string_free(g_steal_pointer(&labels), FALSE);
}

static gboolean add_sample_of(GPtrArray *samples, Ledger *ledger,
                              const LedgerCertificate *certificate, GError **error)
{
  g_autoptr(GBytes) der = NULL;
  if (!ledger_read_certificate_der(ledger, certificate->id, &der, error))
    return FALSE;
  if (der == NULL)
    return TRUE;
  const Sample sample = {certificate->number, make_labels(certificate, der),
                         certificate->not_before, certificate->not_after,
                         certificate->status == LIFECYCLE_STATUS_EXPIRED};
  g_ptr_array_add(samples, g_memdup2(&sample, sizeof sample));
  return TRUE;
}

/* The samples of BLOCK: one section after the other asks for them. Borrowed. */
static GPtrArray *samples_of(FeedLines *lines, Ledger *ledger, gint64 block, GError **error)
{
  const guint shown = 1u << LIFECYCLE_STATUS_ISSUED | 1u << LIFECYCLE_STATUS_EXPIRED;
  GPtrArray *kept = feed_lines_kept(lines, block);
  if (kept != NULL)
    return kept;
  g_autoptr(GPtrArray) rows = feed_certificates_in_use(ledger, block, shown, error);
  if (rows == NULL)
    return NULL;
  g_autoptr(GPtrArray) samples = g_ptr_array_new_with_free_func(sample_free);
  for (guint i = 0; i < rows->len; i++)
    if (!add_sample_of(samples, ledger, g_ptr_array_index(rows, i), error))
      return NULL;
  feed_lines_keep(lines, block, samples);
  return feed_lines_kept(lines, block);
}

static gint64 sample_not_before(const Sample *sample)
{
  return sample->not_before;
}

static gint64 sample_not_after(const Sample *sample)
{
  return sample->not_after;
}

static gint64 sample_expired(const Sample *sample)
{
  return sample->expired;
}

#define RECORD "#:"

static gboolean write_samples(FeedLines *lines, const ReportsContext *context, gint64 block,
                              const char *name, gint64 (*value)(const Sample *sample),
                              GError **error)
{
  GPtrArray *samples = samples_of(lines, context->ledger, block, error);
  if (samples == NULL)
    return FALSE;
  g_autoptr(GString) record = g_string_sized_new(1024);
  for (guint i = 0; i < samples->len; i++) {
    const Sample *sample = g_ptr_array_index(samples, i);
    g_string_printf(record, RECORD "%" G_GINT64_FORMAT "\n", sample->number);
    add_sample(record, name, sample->labels, value(sample));
    feed_lines_add(lines, record->str, record->len);
  }
  return TRUE;
}

#define NOT_BEFORE "x509_cert_not_before"
#define NOT_AFTER "x509_cert_not_after"
#define EXPIRED "x509_cert_expired"
#define HEAD(name, help) "# HELP " name " " help "\n# TYPE " name " gauge\n"

static gboolean write_not_before(FeedLines *lines, const ReportsContext *context, gint64 block,
                                 GError **error)
{
  return write_samples(lines, context, block, NOT_BEFORE, sample_not_before, error);
}

static gboolean write_not_after(FeedLines *lines, const ReportsContext *context, gint64 block,
                                GError **error)
{
  return write_samples(lines, context, block, NOT_AFTER, sample_not_after, error);
}

static gboolean write_expired(FeedLines *lines, const ReportsContext *context, gint64 block,
                              GError **error)
{
  return write_samples(lines, context, block, EXPIRED, sample_expired, error);
}

/* ---- Statuses ---- */

static gboolean add_statuses(GString *text, Ledger *ledger, GError **error)
{
  gint64 counts[LIFECYCLE_STATUS_N] = {0};
  if (!ledger_count_statuses(ledger, counts, error))
    return FALSE;
  add_metric(text, "certdrop_certificates", "gauge", "Certificates by status.");
  for (LifecycleStatus status = 1; status < LIFECYCLE_STATUS_N; status++) {
    g_autoptr(GString) label = g_string_new(NULL);
    add_label(label, "status", lifecycle_statuses[status].name);
    add_sample(text, "certdrop_certificates", label->str, counts[status]);
  }
  return TRUE;
}

/* ---- Runs, files, failures ---- */

static gboolean add_counts(GString *text, Ledger *ledger, GError **error)
{
  LedgerCounts counts = {0};
  gint64 crl_end = 0, entries = 0;
  g_autofree char *hash = NULL;
  if (!ledger_log_end(ledger, &entries, &hash, error) ||
      !ledger_read_counts(ledger, &counts, error) ||
      !ledger_read_number(ledger, LEDGER_CRL_END, &crl_end, error))
    return FALSE;
  add_metric(text, "certdrop_files_total", "counter", "Files that were decided.");
  add_sample(text, "certdrop_files_total", "outcome=\"accepted\"", counts.files_accepted);
  add_sample(text, "certdrop_files_total", "outcome=\"rejected\"", counts.files_rejected);
  add_number(text, "certdrop_renewals_failing", "gauge",
             "Certificates whose renewal or issue fails.", counts.renewals_failing);
  add_number(text, "certdrop_deployments_failing", "gauge", "Deployments that fail.",
             counts.deployments_failing);
  add_number(text, "certdrop_mail_waiting", "gauge", "Messages that the mail command has to send.",
             counts.mail_waiting);
  add_number(text, "certdrop_mail_failing", "gauge", "Messages that it failed to send so far.",
             counts.mail_failing);
  add_number(text, "certdrop_log_entries_total", "counter",
             "Entries of the log: it never gets shorter.", entries);
  if (crl_end > 0)
    add_number(text, "certdrop_crl_next_update_timestamp_seconds", "gauge",
               "When the revocation list of the issuing CA ends.", crl_end);
  return TRUE;
}

/* A run cannot know how long it takes: its length is told by the next one (rules.md 22). */
static gboolean add_runs(GString *text, Ledger *ledger, GError **error)
{
  g_autoptr(GPtrArray) runs = ledger_last_runs(ledger, 2, error);
  if (runs == NULL)
    return FALSE;
  if (runs->len == 0)
    return TRUE;
  const LedgerRun *last = g_ptr_array_index(runs, 0);
  add_number(text, "certdrop_last_run_timestamp_seconds", "gauge", "When the last run began.",
             last->started);
  add_number(text, "certdrop_last_run_failures", "gauge",
             "Deployments, issues, renewals and messages that failed in it.", last->failed);
  add_number(text, "certdrop_waiting_files", "gauge", "Files that wait for what others bring.",
             last->waiting);
  if (runs->len < 2)
    return TRUE;
  const LedgerRun *before = g_ptr_array_index(runs, 1);
  add_metric(text, "certdrop_run_duration_seconds", "gauge",
             "How long the last run took of which that is known, the one before the last.");
  g_string_append_printf(text, "certdrop_run_duration_seconds %" G_GINT64_FORMAT ".%03d\n",
                         before->milliseconds / 1000, (int)(before->milliseconds % 1000));
  return TRUE;
}

static gboolean write_start(GString *text, const ReportsContext *context, GError **error)
{
  Ledger *ledger = context->ledger;
  return add_statuses(text, ledger, error) && add_counts(text, ledger, error) &&
         add_runs(text, ledger, error);
}

const FeedLinesKind feed_metrics = {
    .path = "reports/metrics.prom",
    .write_start = write_start,
    .sections = {{HEAD(NOT_BEFORE, "Since when the certificate is valid."), NOT_BEFORE "{",
                  write_not_before},
                 {HEAD(NOT_AFTER, "The last second in which it is valid."), NOT_AFTER "{",
                  write_not_after},
                 {HEAD(EXPIRED, "1: it has run out, as of the last run."), EXPIRED "{",
                  write_expired}},
    .tail = "",
    .record = RECORD,
    .number_at = sizeof(RECORD) - 1,
    .topics = {LEDGER_STALE_CERTIFICATE, LEDGER_STALE_BLOCK, 0},
    .next_block = feed_next_certificates,
};
