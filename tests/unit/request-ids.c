/* Names of certificates and references: what is meant by them, and which may be chosen. */
#include "request/request.h"

static void test_certificate_ids(void)
{
  static const char *const cases[][2] = {
      {"PO-4711", "PO-4711.1"},     {"PO-4711.1", "PO-4711.1"}, {"PO-4711.12", "PO-4711.12"},
      {"PO-4711.x", "PO-4711.x.1"}, {"PO.", "PO..1"},           {"a.1b", "a.1b.1"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *id = ids_certificate_meant(cases[i][0]);
    g_assert_cmpstr(id, ==, cases[i][1]);
  }
}

static void test_creating_refs(void)
{
  static const struct {
    const char *ref;
    guint faults;
  } cases[] = {
      {"PO-4711", 0},
      {"a", 0},
      {"PO-4711.x", 0},
      {"PO-4711.1x", 0},
      {"PO-r2d2", 0},
      {"PO-r", 0},
      {"PO.", 0},
      {"r1", 0},
      {"aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd", 0},
      {"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddX", 1},
      {"PO-4711.1", 1},
      {"PO.007", 1},
      {"PO-r1", 1},
      {"PO-4711-r12", 1},
      {"aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd.1", 2},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GPtrArray) faults = fault_array_new();
    g_test_message("%s", cases[i].ref);
    g_assert_cmpint(request_check_creating_ref(cases[i].ref, 7, faults), ==, cases[i].faults == 0);
    g_assert_cmpuint(faults->len, ==, cases[i].faults);
    for (guint k = 0; k < faults->len; k++) {
      const Fault *fault = g_ptr_array_index(faults, k);
      g_assert_cmpstr(fault->code, ==, "reference-form");
      g_assert_cmpint(fault->line, ==, 7);
    }
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/request/ids/certificate", test_certificate_ids);
  g_test_add_func("/request/ids/creating-refs", test_creating_refs);
  return g_test_run();
}
