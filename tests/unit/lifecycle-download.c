/* Downloads: what is issued, in any form that it can be handed out in. */
#include "lifecycle-test.h"

static RequestItem *new_download(const char *formats, const char *profile)
{
  RequestItem *item = new_item_of(REQUEST_KIND_DOWNLOAD, "DL-1");
  RequestDownload *download = item->body;
  download->line = 2;
  download->certificate = g_strdup("PO-1.1");
  download->formats = g_strsplit(formats, ",", 0);
  download->profile = g_strdup(profile);
  return item;
}

static void know_issued(World *world, gboolean has_key)
{
  know_certificate(world, "dv", LIFECYCLE_STATUS_ISSUED);
  world->certificate->has_key = has_key;
  world->certificate->names = g_strsplit("www.abc.com", " ", 0);
}

static void test_accepted(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_issued(world, TRUE);
  g_autoptr(RequestItem) item = new_download("tomcat,apache", "compatible");
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_accepted(decision, "archive");
  g_assert_cmpuint(decision->warnings->len, ==, 0);
  const LifecycleStep *step = find_step(decision, LIFECYCLE_STEP_MAKE_ARCHIVE);
  g_assert_cmpstr(step->certificate, ==, "PO-1.1");
  g_assert_cmpstr(step->names[0], ==, "www.abc.com");
  g_assert_cmpstr(step->download->formats[1], ==, "apache");
  g_assert_cmpstr(step->download->profile, ==, "compatible");
}

/* Each format, with the key here and elsewhere, with keytool and without. */
static void test_formats(World *world, gconstpointer data G_GNUC_UNUSED)
{
  for (int keytool = 0; keytool <= 1; keytool++) {
    if (keytool)
      know_keytool(world);
    for (int has_key = 0; has_key <= 1; has_key++)
      for (RequestFormat format = 1; format < REQUEST_FORMAT_N; format++) {
        know_issued(world, has_key);
        gboolean no_key = request_formats[format].keystore && !has_key;
        gboolean no_keytool = format == REQUEST_FORMAT_JKS && !keytool;
        g_test_message("%s", request_formats[format].name);
        expect(world, new_download(request_formats[format].name, NULL), "archive",
               no_key       ? "format-key"
               : no_keytool ? "format-keytool"
                            : NULL);
      }
  }
}

static void test_reasons(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_issued(world, FALSE);
  g_autoptr(RequestItem) item = new_download("iis", NULL);
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  const Fault *fault = g_ptr_array_index(decision->faults, 0);
  g_assert_nonnull(strstr(fault->text, "IIS"));
  g_assert_nonnull(strstr(fault->text, "openssl pkcs12 -export"));
  g_assert_cmpint(fault->line, ==, 2);
}

static void test_profile(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *formats;
    guint warnings;
  } cases[] = {{"nginx", 1}, {"nginx,iis", 0}, {"tomcat", 0}, {"pem,apache,haproxy", 1}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    know_issued(world, TRUE);
    g_autoptr(RequestItem) item = new_download(cases[i].formats, "modern");
    g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
    assert_accepted(decision, "archive");
    g_assert_cmpuint(decision->warnings->len, ==, cases[i].warnings);
  }
}

/* A recipient's certificate counts from its first second to its last. */
static void test_recipient(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    gint64 begin, end;
    const char *word; /* NULL: accepted */
  } cases[] = {{NOW, NOW, NULL},
               {NOW - DAY, NOW + DAY, NULL},
               {NOW - 2 * DAY, NOW - 1, "has expired on 2026-11-23T02:00:06Z"},
               {NOW + 1, NOW + DAY, "is not valid before 2026-11-23T02:00:08Z"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    know_issued(world, TRUE);
    g_autoptr(RequestItem) item = new_download("pem", NULL);
    RequestRecipient *own = g_new0(RequestRecipient, 1);
    own->der = g_bytes_new_static("DER", 3);
    own->subject = g_strdup("CN = Recipient");
    own->not_before = cases[i].begin;
    own->not_after = cases[i].end;
    ((RequestDownload *)item->body)->own = own;
    g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
    if (cases[i].word == NULL) {
      assert_accepted(decision, "archive");
      continue;
    }
    assert_rejected(decision, "recipient-validity");
    const Fault *fault = g_ptr_array_index(decision->faults, 0);
    g_assert_nonnull(strstr(fault->text, cases[i].word));
    g_assert_nonnull(strstr(fault->text, "CN = Recipient"));
  }
}

#define ADD(name, function)                                                                        \
  g_test_add("/lifecycle/download/" name, World, NULL, world_set_up, function, world_tear_down)

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("accepted", test_accepted);
  ADD("formats", test_formats);
  ADD("reasons", test_reasons);
  ADD("profile", test_profile);
  ADD("recipient", test_recipient);
  return g_test_run();
}
