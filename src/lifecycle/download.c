#include "base/clock.h"
#include "lifecycle/lifecycle-private.h"
#include "request/formats.h"

static void check_profile(const RequestDownload *download, LifecycleDecision *decision)
{
  if (download->profile == NULL)
    return;
  for (char **name = download->formats; *name != NULL; name++)
    if (request_formats[request_format_from_name(*name)].profile != NULL)
      return;
  fault_add(decision->warnings, "profile-ignored", download->line, "download",
            "profile=\"%s\" says how a PFX is encrypted, and none of the archives has one; it is "
            "for tomcat and iis",
            download->profile);
}

/* The reader has seen to the key; what depends on the present is left. */
static void check_recipient(const LifecycleFacts *facts, const RequestDownload *download,
                            GPtrArray *faults)
{
  const RequestRecipient *own = download->own;
  if (own == NULL || (own->not_before <= facts->now && facts->now <= own->not_after))
    return;
  gboolean early = facts->now < own->not_before;
  g_autofree char *when = clock_format(early ? own->not_before : own->not_after);
  fault_add(faults, "recipient-validity", download->line, "recipient",
            "the certificate of the recipient (%s) %s %s; send one that is valid now", own->subject,
            early ? "is not valid before" : "has expired on", when);
}

/* Archives are made again with each re-issue of the term: not for one who has run out. */
static void warn_of_recipient(const LifecycleFacts *facts, const RequestDownload *download,
                              GPtrArray *warnings)
{
  const RequestRecipient *own = download->own;
  const LifecycleCertificate *certificate = facts->certificate;
  gboolean again = certificate->not_after + 1 < certificate->term_end;
  if (own == NULL || !again || own->not_after >= certificate->term_end)
    return;
  g_autofree char *end = clock_format(own->not_after);
  g_autofree char *term = clock_format(certificate->term_end);
  fault_add(warnings, "recipient-validity", download->line, "recipient",
            "the certificate of the recipient (%s) ends on %s, before the term of %s, on %s: when "
            "%s is issued again after that, no archive is made for it; ask again in time, with the "
            "recipient's next certificate",
            own->subject, end, certificate->id, term, certificate->id);
}

void download_decide(const LifecycleFacts *facts, const RequestItem *item,
                     LifecycleDecision *decision)
{
  const RequestDownload *download = item->body;
  const LifecycleCertificate *certificate = facts->certificate;
  formats_check(facts, download->formats, certificate->has_key, download->line, decision->faults);
  check_profile(download, decision);
  check_recipient(facts, download, decision->faults);
  if (decision->faults->len == 0)
    warn_of_recipient(facts, download, decision->warnings);
  LifecycleStep *step = decision_add_step(decision, LIFECYCLE_STEP_MAKE_ARCHIVE, certificate->id);
  step->download = record_copy(&request_download_record, download);
  step->names = g_strdupv(certificate->names);
}
