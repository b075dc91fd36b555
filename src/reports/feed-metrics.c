/* metrics.prom: the text format of Prometheus, for the textfile collector of its node
 * exporter. The names and labels of certificates are those of x509-certificate-exporter,
 * so that dashboards and alerts for that one serve here too. There are at most
 * FEED_CERTIFICATES of them, those that run out next: whatever an alert is about is among
 * them, and a scrape stays small. */
#include "pki/pki.h"
#include "reports/feed.h"

#define EXPIRED_CERTIFICATES (FEED_CERTIFICATES / 10)

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
  char *labels;
  gint64 not_before;
  gint64 not_after;
} Sample;

static void sample_clear(gpointer data)
{
  Sample *sample = data;
  g_free(sample->labels);
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

static gboolean read_samples(Ledger *ledger, const GPtrArray *certificates, GArray *samples,
                             GError **error)
{
  for (guint i = 0; i < certificates->len; i++) {
    const LedgerCertificate *certificate = g_ptr_array_index(certificates, i);
    g_autoptr(GBytes) der = NULL;
    if (!ledger_read_certificate_der(ledger, certificate->id, &der, error))
      return FALSE;
    if (der == NULL)
      continue;
    const Sample sample = {make_labels(certificate, der), certificate->not_before,
                           certificate->not_after};
    g_array_append_val(samples, sample);
  }
  return TRUE;
}

static gint64 sample_not_before(const Sample *sample, gint64 now G_GNUC_UNUSED)
{
  return sample->not_before;
}

static gint64 sample_not_after(const Sample *sample, gint64 now G_GNUC_UNUSED)
{
  return sample->not_after;
}

static gint64 sample_expired(const Sample *sample, gint64 now)
{
  return sample->not_after < now;
}

static const struct {
  const char *name;
  const char *help;
  gint64 (*value)(const Sample *sample, gint64 now);
} certificate_metrics[] = {
    {"x509_cert_not_before", "Since when the certificate is valid.", sample_not_before},
    {"x509_cert_not_after", "The last second in which it is valid.", sample_not_after},
    {"x509_cert_expired", "1: it has run out, as of the last run.", sample_expired},
};

static void add_samples(GString *text, const GArray *samples, gint64 now)
{
  for (gsize k = 0; k < G_N_ELEMENTS(certificate_metrics); k++) {
    add_metric(text, certificate_metrics[k].name, "gauge", certificate_metrics[k].help);
    for (guint i = 0; i < samples->len; i++) {
      const Sample *sample = &g_array_index(samples, Sample, i);
      add_sample(text, certificate_metrics[k].name, sample->labels,
                 certificate_metrics[k].value(sample, now));
    }
  }
}

static gboolean add_certificates(GString *text, Ledger *ledger, gint64 now, GError **error)
{
  g_autoptr(GPtrArray) valid = ledger_certificates_running_out(ledger, FEED_CERTIFICATES, error);
  g_autoptr(GPtrArray) expired =
      valid != NULL ? ledger_certificates_run_out(ledger, EXPIRED_CERTIFICATES, error) : NULL;
  g_autoptr(GArray) samples = g_array_new(FALSE, FALSE, sizeof(Sample));
  g_array_set_clear_func(samples, sample_clear);
  if (expired == NULL || !read_samples(ledger, valid, samples, error) ||
      !read_samples(ledger, expired, samples, error))
    return FALSE;
  add_samples(text, samples, now);
  return TRUE;
}

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

gboolean feed_write_metrics(const ReportsContext *context, guint *written, GError **error)
{
  g_autoptr(GString) text = g_string_sized_new(64 << 10);
  Ledger *ledger = context->ledger;
  return add_statuses(text, ledger, error) && add_counts(text, ledger, error) &&
         add_runs(text, ledger, error) &&
         add_certificates(text, ledger, ledger_report_time(ledger), error) &&
         feed_write_text(context, "reports/metrics.prom", text, written, error);
}
