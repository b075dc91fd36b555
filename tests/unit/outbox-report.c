/* Error files say all that is wrong and how to go on, and read back as they were
 * meant. */
#include "outbox-test.h"

static const OutboxFile example_file = {
    .name = "monday.xml", .number = 1, .decided = NOW, .outcome = "rejected"};

static char *finish(OutboxReport *report)
{
  g_autoptr(GBytes) bytes = outbox_report_finish(report);
  return bytes_to_text(bytes);
}

/* An error file about one FAULT of the whole file. */
static char *make_with_fault(const OutboxFile *file, const char *text)
{
  g_autoptr(GPtrArray) faults = fault_array_new();
  fault_add(faults, "xml-value", 7, "zip", "%s", text);
  g_autoptr(OutboxReport) report = outbox_report_new(file);
  outbox_report_add_faults(report, faults);
  return finish(report);
}

static void assert_says(const char *markdown, const char *expected)
{
  g_autofree char *text = markdown_text(markdown);
  if (strstr(text, expected) == NULL)
    g_error("\"%s\" is not in: %s", expected, text);
}

static void test_file(void)
{
  g_autofree char *markdown = make_with_fault(&example_file, "\u2018\u2019 is not a postal code.");
  assert_says(markdown, "monday.xml was rejected Nothing in it was done.");
  assert_says(markdown, "xml-value, line 7, zip: \u2018\u2019 is not a postal code.");
  assert_says(markdown, "Mend the file, which lies beside this text as monday.xml.");
  assert_says(markdown, "Drop it into inbox/ again");
  assert_says(markdown, "outbox/receipts/monday.xml.receipt.xml");
}

static void test_secrets(void)
{
  OutboxFile file = example_file;
  file.secrets = TRUE;
  g_autofree char *markdown = make_with_fault(&file, "No.");
  assert_says(markdown, "Mend your own copy of the file: the one beside this text, monday.xml, has "
                        "its secrets blanked.");
}

static void test_repeated_name(void)
{
  OutboxFile file = example_file;
  file.number = 2;
  g_autofree char *markdown = make_with_fault(&file, "No.");
  assert_says(markdown, "monday.2.xml was rejected");
  assert_says(markdown, "outbox/receipts/monday.2.xml.receipt.xml");
}

static void test_batch(void)
{
  g_autoptr(GPtrArray) faults = fault_array_new();
  fault_add(faults, "payment-amount", 7, "payment", "The payment is not the price.");
  fault_add(faults, "state", 0, NULL, "It is issued.");
  OutboxItem accepted = {
      .kind = REQUEST_KIND_ORDER, .ref = "PO-1", .outcome = LIFECYCLE_OUTCOME_ACCEPTED};
  OutboxItem rejected = {.kind = REQUEST_KIND_PAYMENT,
                         .ref = "PAY-9",
                         .line = 6,
                         .outcome = LIFECYCLE_OUTCOME_REJECTED,
                         .faults = faults};
  OutboxItem unread = {.outcome = LIFECYCLE_OUTCOME_REJECTED, .faults = faults};
  OutboxFile file = example_file;
  file.outcome = "partly";
  g_autoptr(OutboxReport) report = outbox_report_new(&file);
  outbox_report_add_faults(report, NULL);
  outbox_report_add_item(report, &accepted);
  outbox_report_add_item(report, &rejected);
  outbox_report_add_item(report, &unread);
  g_autofree char *markdown = finish(report);
  assert_says(markdown, "monday.xml was accepted in part Accepted and done: 1. Rejected, with "
                        "nothing done: 2.");
  assert_says(markdown,
              "Payment PAY-9 (line 6) payment-amount, line 7, payment: The payment is not "
              "the price. state: It is issued. Item payment-amount");
  assert_says(markdown, "The accepted items can stay in the file as well");
  g_assert_null(strstr(markdown, "PO-1"));
}

/* Beyond the limit faults are counted, and memory does not grow. */
static void test_many(void)
{
  g_autoptr(GPtrArray) faults = fault_array_new();
  fault_add(faults, "state", 0, NULL, "It is issued.");
  fault_add(faults, "state", 0, NULL, "It is issued.");
  g_autoptr(OutboxReport) report = outbox_report_new(&example_file);
  for (int i = 0; i < 100000; i++) {
    g_autofree char *ref = g_strdup_printf("REF-%d", i);
    OutboxItem item = {.kind = REQUEST_KIND_DELETION,
                       .ref = ref,
                       .outcome = LIFECYCLE_OUTCOME_REJECTED,
                       .faults = faults};
    outbox_report_add_item(report, &item);
  }
  g_autofree char *markdown = finish(report);
  assert_says(markdown, "Deletion REF-99 ");
  g_assert_null(strstr(markdown, "REF-100"));
  assert_says(markdown, "Faults that stand in the receipt alone: 199800.");
  g_assert_cmpuint(strlen(markdown), <, 20000);
}

static void check_naughty(const char *text, const char *blocks)
{
  OutboxFile file = example_file;
  g_autoptr(GPtrArray) faults = fault_array_new();
  fault_add(faults, "xml-value", 7, *text != '\0' ? text : "x", "%s", text);
  OutboxItem item = {.kind = REQUEST_KIND_ORDER,
                     .ref = *text != '\0' ? text : "x",
                     .outcome = LIFECYCLE_OUTCOME_REJECTED,
                     .faults = faults};
  g_autoptr(OutboxReport) report = outbox_report_new(&file);
  outbox_report_add_item(report, &item);
  g_autofree char *markdown = finish(report);
  g_autofree char *clean = outbox_clean_text(text);
  g_autofree char *title = g_strdup_printf("Order %s ", item.ref);
  g_autofree char *clean_title = outbox_clean_text(title);
  g_autofree char *squeezed_title = squeeze_spaces(clean_title);
  g_autofree char *squeezed = squeeze_spaces(clean);
  g_autofree char *found = markdown_blocks(markdown);
  g_assert_cmpstr(found, ==, blocks);
  assert_says(markdown, squeezed);
  assert_says(markdown, squeezed_title);
}

/* In the reference, the element and the text, at any place of a line. */
static void test_naughty(void)
{
  g_autofree char *plain = NULL;
  {
    g_autoptr(GPtrArray) faults = fault_array_new();
    fault_add(faults, "xml-value", 7, "zip", "No.");
    OutboxItem item = {.kind = REQUEST_KIND_ORDER,
                       .ref = "x",
                       .outcome = LIFECYCLE_OUTCOME_REJECTED,
                       .faults = faults};
    g_autoptr(OutboxReport) report = outbox_report_new(&example_file);
    outbox_report_add_item(report, &item);
    g_autofree char *markdown = finish(report);
    plain = markdown_blocks(markdown);
  }
  for (gsize i = 0; i < G_N_ELEMENTS(naughty_texts); i++) {
    g_autofree char *padded = g_strdup_printf("%s %s", naughty_texts[i], naughty_texts[i]);
    g_autofree char *longer = repeat_text(padded);
    check_naughty(naughty_texts[i], plain);
    check_naughty(longer, plain);
  }
}

/* Every place at which a line may be broken, before what begins a block. */
static void test_wrapping(void)
{
  static const char *const words[] = {"-",   "- x", "+",   "1.", "1)",  "#",   ">", "~~~",
                                      "```", "===", "---", "\\", "<p>", "  x", "|", "&nbsp;"};
  g_autofree char *plain_markdown = make_with_fault(&example_file, "No.");
  g_autofree char *plain = markdown_blocks(plain_markdown);
  for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
    for (guint length = 30; length < 90; length++) {
      g_autofree char *filler = g_strnfill(length, 'x');
      g_autofree char *text = g_strdup_printf("%s %s y z", filler, words[i]);
      g_autofree char *markdown = make_with_fault(&example_file, text);
      g_autofree char *blocks = markdown_blocks(markdown);
      g_autofree char *squeezed = squeeze_spaces(text);
      g_assert_cmpstr(blocks, ==, plain);
      assert_says(markdown, squeezed);
    }
}

/* Lines fit a terminal where their words allow it. */
static void test_columns(void)
{
  g_autofree char *text = repeat_text("word 3600.00, - ");
  g_autofree char *markdown = make_with_fault(&example_file, text);
  g_auto(GStrv) lines = g_strsplit(markdown, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    g_assert_cmpuint(strlen(*line), <=, 80);
}

/* A file with the longest name that Linux allows, of bytes that are no text. */
static void test_naughty_names(void)
{
  g_autofree char *ff = g_strnfill(255, '\xff');
  const char *const names[] = {ff, "a\nb.xml", "<b>.xml", "[a](b).xml", "`x`.xml", "# .xml", "-"};
  g_autofree char *plain_markdown = make_with_fault(&example_file, "No.");
  g_autofree char *plain = markdown_blocks(plain_markdown);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    OutboxFile file = example_file;
    file.name = names[i];
    g_autofree char *markdown = make_with_fault(&file, "No.");
    g_autofree char *blocks = markdown_blocks(markdown);
    g_autofree char *kept = outbox_kept_name(names[i], 1);
    g_autofree char *squeezed = squeeze_spaces(kept);
    g_assert_cmpstr(blocks, ==, plain);
    assert_says(markdown, squeezed);
  }
}

int main(int argc, char **argv)
{
  outbox_test_init(&argc, &argv);
  g_test_add_func("/outbox/report/file", test_file);
  g_test_add_func("/outbox/report/secrets", test_secrets);
  g_test_add_func("/outbox/report/repeated-name", test_repeated_name);
  g_test_add_func("/outbox/report/batch", test_batch);
  g_test_add_func("/outbox/report/many", test_many);
  g_test_add_func("/outbox/report/naughty", test_naughty);
  g_test_add_func("/outbox/report/wrapping", test_wrapping);
  g_test_add_func("/outbox/report/columns", test_columns);
  g_test_add_func("/outbox/report/naughty-names", test_naughty_names);
  return g_test_run();
}
