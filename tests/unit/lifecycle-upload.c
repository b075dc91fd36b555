/* Certificates that were bought elsewhere. */
#include "lifecycle-test.h"

static RequestItem *new_upload(void)
{
  RequestItem *item = new_item_of(REQUEST_KIND_UPLOAD, "UP-1");
  RequestUpload *upload = item->body;
  upload->line = 2;
  upload->name = g_strdup("Old shop");
  upload->leaf = new_leaf("shop.example,www.shop.example");
  return item;
}

static RequestCertificate *leaf_of(RequestItem *item)
{
  return ((RequestUpload *)item->body)->leaf;
}

static void test_taken(World *world, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(RequestItem) item = new_upload();
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_accepted(decision, "upload");
  g_assert_cmpuint(decision->warnings->len, ==, 0);
  g_assert_cmpstr(decision->subject, ==, "UP-1");
  const LifecycleStep *step = find_step(decision, LIFECYCLE_STEP_UPLOAD);
  g_assert_cmpstr(step->certificate, ==, "UP-1.1");
  g_assert_cmpint(step->status, ==, LIFECYCLE_STATUS_ISSUED);
  g_assert_cmpstr(step->upload->name, ==, "Old shop");
  g_assert_cmpstr(step->upload->leaf->names[1], ==, "www.shop.example");
  /* An order of nothing. */
  g_assert_cmpstr(step->order->ref, ==, "UP-1");
  g_assert_true(product_is_uploaded(step->order->product));
  g_assert_cmpint(step->order->price, ==, 0);
  g_assert_cmpint(step->order->quantity, ==, 1);
  g_assert_true(step->order->paid);
}

/* To the second: what ends now is valid still. */
static void test_time(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    gint64 begin, end;
    LifecycleStatus status;
    const char *codes; /* of warnings */
  } cases[] = {
      {NOW - DAY, NOW, LIFECYCLE_STATUS_ISSUED, ""},
      {NOW - DAY, NOW - 1, LIFECYCLE_STATUS_EXPIRED, "certificate-validity"},
      {NOW, NOW + DAY, LIFECYCLE_STATUS_ISSUED, ""},
      {NOW + 1, NOW + DAY, LIFECYCLE_STATUS_ISSUED, "certificate-validity"},
      {NOW + DAY, NOW - DAY, LIFECYCLE_STATUS_EXPIRED, "certificate-validity"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(RequestItem) item = new_upload();
    leaf_of(item)->not_before = cases[i].begin;
    leaf_of(item)->not_after = cases[i].end;
    g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
    g_autofree char *codes = codes_of(decision->warnings);
    g_assert_cmpstr(codes, ==, cases[i].codes);
    g_assert_cmpint(find_step(decision, LIFECYCLE_STEP_UPLOAD)->status, ==, cases[i].status);
  }
}

static void test_odd(World *world, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(RequestItem) item = new_upload();
  leaf_of(item)->warnings = g_ptr_array_new();
  g_autoptr(GPtrArray) warnings = fault_array_new();
  fault_add(warnings, "certificate-serial", 3, "certificate", "its serial number is zero");
  g_ptr_array_add(leaf_of(item)->warnings, g_ptr_array_steal_index(warnings, 0));
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_accepted(decision, "upload");
  g_autofree char *codes = codes_of(decision->warnings);
  g_assert_cmpstr(codes, ==, "certificate-serial");
}

static void test_key_that_is_known(World *world, gconstpointer data G_GNUC_UNUSED)
{
  world->key_use = (LifecycleKeyUse){(char *)"PO-9.1", FALSE};
  world->facts.key_use = &world->key_use;
  for (guint i = 0; i < 2; i++) {
    world->key_use.compromised = i == 1;
    g_autoptr(RequestItem) item = new_upload();
    g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
    assert_accepted(decision, "upload");
    g_autofree char *codes = codes_of(decision->warnings);
    g_assert_cmpstr(codes, ==, "certificate-key");
    const Fault *warning = g_ptr_array_index(decision->warnings, 0);
    g_assert_nonnull(strstr(warning->text, i == 1 ? "compromise" : "PO-9.1"));
  }
}

static void test_twice(World *world, gconstpointer data G_GNUC_UNUSED)
{
  world->facts.same_certificate = "UP-9.1";
  g_autoptr(RequestItem) item = new_upload();
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_rejected(decision, "certificate-known");
  g_assert_nonnull(strstr(((Fault *)g_ptr_array_index(decision->faults, 0))->text, "UP-9.1"));
}

static void test_reference(World *world, gconstpointer data G_GNUC_UNUSED)
{
  RequestItem *item = new_upload();
  g_free(item->ref);
  item->ref = g_strdup("UP-1.1");
  expect(world, item, NULL, "reference-form");
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add("/lifecycle/upload/" name, World, NULL, world_set_up, function, world_tear_down)
  ADD("taken", test_taken);
  ADD("time", test_time);
  ADD("odd", test_odd);
  ADD("key-that-is-known", test_key_that_is_known);
  ADD("twice", test_twice);
  ADD("reference", test_reference);
  return g_test_run();
}
