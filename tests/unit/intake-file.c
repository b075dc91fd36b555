/* Files of documents: batches, encodings, what is unfinished or too much, packages, secrets. */
#include "intake-document-test.h"

/* ---- Batches ---------------------------------------------------------------- */

static void test_batch_is_read_item_by_item(void)
{
  g_autoptr(Result) result =
      read_text("<batch" NS " atomic=\"true\">\n<order ref=\"A\"><product>p</product></order>\n"
                "<order ref=\"B\"><prodct>p</prodct></order>\n<ordr ref=\"C\"/>\n"
                "<deletion ref=\"D\" certificate=\"A.1\"/></batch>");
  g_assert_cmpuint(result->batches, ==, 1);
  g_assert_cmpuint(result->file->faults->len, ==, 0);
  g_assert_true(result->file->batch);
  g_assert_true(result->file->atomic);
  g_assert_cmpuint(result->file->items, ==, 4);
  g_assert_cmpuint(result->items->len, ==, 4);
  g_assert_nonnull(item_at(result, 0)->body);
  g_assert_null(item_at(result, 1)->body);
  g_assert_cmpstr(item_at(result, 1)->ref, ==, "B");
  g_assert_cmpint(item_at(result, 2)->kind, ==, 0);
  find_fault(item_at(result, 2)->faults, "xml-kind", "did you mean <order>?");
  g_assert_nonnull(item_at(result, 3)->body);
  g_assert_cmpuint(item_at(result, 3)->line, ==, 5);
}

static void test_batch_is_refused_whole(void)
{
  assert_file_fault(BATCH "<deletion ref=\"D\" certificate=\"A.1\"/><order></batch>", "xml-syntax",
                    2, "<order> of line 2");
  assert_file_fault(BATCH "<deletion ref=\"D\" certificate=\"A.1\"/>\nand\n</batch>", "xml-valid",
                    4, "text between the documents");
  assert_file_fault("<batch" NS " atmic=\"true\"/>", "xml-valid", 1, "atmic is not known");
  assert_file_fault("<batch" NS " atomic=\"1\"/>", "xml-value", 1, "true or false");
}

static void test_empty_batch_has_no_items(void)
{
  g_autoptr(Result) result = read_text("<batch" NS "/>");
  g_assert_cmpuint(result->batches, ==, 1);
  g_assert_cmpuint(result->items->len, ==, 0);
  g_assert_cmpuint(result->file->faults->len, ==, 0);
}

static void test_large_batch_is_read(void)
{
  g_autoptr(GString) text = g_string_new(BATCH);
  for (guint i = 0; i < 20000; i++)
    g_string_append_printf(text, "<deletion ref=\"D-%u\" certificate=\"A.1\"/>\n", i);
  g_string_append(text, "</batch>");
  g_autoptr(Result) result = read_text(text->str);
  g_assert_cmpuint(result->items->len, ==, 20000);
  g_assert_cmpstr(item_at(result, 19999)->ref, ==, "D-19999");
  g_assert_cmpuint(item_at(result, 19999)->line, ==, 20001);
}

static void test_change_while_reading_is_told(void)
{
  static const ReadSink sink = {keep_batch_and_grow, keep_item};
  const char *text =
      "<batch" NS ">                <deletion ref=\"D\" certificate=\"A.1\"/></batch>";
  g_autoptr(Result) same = read_with(&sink, text, strlen(text));
  g_assert_cmpuint(same->file->faults->len, ==, 1);
  find_fault(same->file->faults, "file-unreadable", "changed while it was read");
}

/* ---- Encodings -------------------------------------------------------------- */

/* TEXT in another encoding; the caller frees it. */
static char *converted(const char *text, const char *encoding, gsize *ret_length)
{
  char *bytes = g_convert(text, -1, encoding, "UTF-8", NULL, ret_length, NULL);
  g_assert_nonnull(bytes);
  return bytes;
}

static void assert_converted(const char *text, const char *encoding, const char *city)
{
  gsize length;
  g_autofree char *bytes = converted(text, encoding, &length);
  g_autoptr(Result) result = read_bytes(bytes, length);
  const RequestReview *review = only_body(result, REQUEST_KIND_REVIEW);
  g_assert_cmpstr(review->reviewer, ==, city);
}

static char *review_in(const char *declaration, const char *reviewer)
{
  return g_strdup_printf("%s<review" NS " ref=\"R\" certificate=\"C\" decision=\"approve\" "
                         "reviewer=\"%s\"/>",
                         declaration, reviewer);
}

static void test_encodings_are_read(void)
{
  static const struct {
    const char *declaration, *encoding, *reviewer;
  } good[] = {
      {"", "UTF-8", "M\xC3\xBCller"},
      {"\xEF\xBB\xBF", "UTF-8", "M\xC3\xBCller"},
      {"<?xml version='1.0' encoding='utf-8'?>", "UTF-8", "M\xC3\xBCller \xE6\x9D\xAD"},
      {"<?xml version='1.0' encoding='ISO-8859-1'?>", "ISO-8859-1", "M\xC3\xBCller"},
      {"<?xml version='1.0' encoding = \"us-ascii\" ?>", "US-ASCII", "Mueller"},
      {"<?xml version='1.0' encoding='UTF-16'?>", "UTF-16", "\xE6\x9D\xAD \xF0\x9F\x94\x91"},
      {"<?xml version='1.0' encoding='UTF-16'?>", "UTF-16LE", "M\xC3\xBCller"},
      {"<?xml version='1.0' encoding='UTF-16'?>", "UTF-16BE", "M\xC3\xBCller"},
      {"\xEF\xBB\xBF", "UTF-16BE", "\xE6\x9D\xAD"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
    g_autofree char *text = review_in(good[i].declaration, good[i].reviewer);
    assert_converted(text, good[i].encoding, good[i].reviewer);
  }
}

static void test_other_encodings_are_refused(void)
{
  assert_file_fault("<order>\n\n\xE4</order>", "encoding", 3, "the byte 0xE4 here is not UTF-8");
  assert_file_fault("<?xml version='1.0' encoding='US-ASCII'?>\n<order>\xC3\xA4</order>",
                    "encoding", 2, "not US-ASCII");
  assert_file_fault("<?xml version='1.0' encoding='windows-1252'?><order/>", "encoding", 1,
                    "\"windows-1252\" is not supported; save the file as UTF-8");
  assert_file_fault("<?xml version='1.0' encoding='UTF-7'?><order/>", "encoding", 1, "\"UTF-7\"");
  assert_file_fault("<?xml version='1.0' encoding='UTF-16'?><order/>", "encoding", 1,
                    "begins like single-byte text");
  assert_file_fault("\xEF\xBB\xBF<?xml version='1.0' encoding='ISO-8859-1'?><order/>", "encoding",
                    1, "begins like UTF-8");
  gsize length;
  g_autofree char *wide = converted("<order/>", "UTF-32LE", &length);
  g_autoptr(Result) result = read_bytes(wide, length);
  find_fault(result->file->faults, "encoding", "UTF-32");
  g_autoptr(Result) zero = read_bytes("<order>\n\0</order>", 17);
  g_assert_cmpint(find_fault(zero->file->faults, "encoding", "zero byte")->line, ==, 2);
}

/* ---- Unfinished files -------------------------------------------------------- */

/* However much of a document has arrived, it is known to be unfinished. */
static void test_every_part_of_a_file_is_unfinished(void)
{
  const gsize whole = strlen(full_order) - 1; /* without its last line end */
  for (gsize length = 0; length < whole; length++) {
    g_autoptr(Result) result = read_bytes(full_order, length);
    g_assert_cmpuint(result->items->len, ==, 0);
    g_assert_cmpuint(result->file->faults->len, >, 0);
    g_assert_true(result->file->unfinished);
  }
}

static void test_faulty_files_are_finished(void)
{
  static const char *const texts[] = {"<order" NS "><a></b></order>", "<order ref=A/>", "<order/>",
                                      "<!DOCTYPE order><order/>", "hello"};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(Result) result = read_text(texts[i]);
    g_assert_cmpuint(result->file->faults->len, >, 0);
    g_assert_false(result->file->unfinished);
  }
}

static void test_empty_file_is_unfinished(void)
{
  assert_file_fault("", "file-empty", 0, "empty");
  assert_file_fault(" \n", "file-empty", 0, "empty");
  g_autoptr(Result) result = read_text("");
  g_assert_true(result->file->unfinished);
}

/* ---- Limits ----------------------------------------------------------------- */

/* A document of PREFIX, COUNT times PART, and SUFFIX; the caller frees it. */
static char *repeated(const char *prefix, const char *part, guint count, const char *suffix)
{
  GString *text = g_string_new(prefix);
  for (guint i = 0; i < count; i++)
    g_string_append(text, part);
  g_string_append(text, suffix);
  return g_string_free(text, FALSE);
}

static void assert_limit(const char *prefix, const char *part, guint count, const char *suffix,
                         const char *code, const char *words)
{
  g_autofree char *text = repeated(prefix, part, count, suffix);
  g_autoptr(Result) result = read_text(text);
  g_assert_cmpuint(result->items->len, ==, 0);
  find_fault(result->file->faults, code, words);
}

static void test_limits_hold(void)
{
  const char *order = "<order" NS " ref=\"A\">";
  assert_limit(order, "<a>", 100000, "", "xml-limits", "nested too deep");
  assert_limit(BATCH, "<a>", 100000, "", "xml-limits", "nested too deep");
  assert_limit(order, "<a/>", 20000, "</order>", "xml-limits", "too many elements");
  assert_limit(order, "x", 200000, "</order>", "xml-limits", "a text is too long");
  assert_limit("<order" NS " ref=\"", "x", 5000, "\"/>", "xml-limits", "value is too long");
  assert_limit("<order" NS " ref=\"", "x", 300000, "\"/>", "xml-limits", "longer than");
  assert_limit("<!--", "x", 300000, "--><order/>", "xml-limits", "longer than");
  assert_limit("<?x ", "x", 300000, "?><order/>", "xml-limits", "longer than");
  assert_limit("<", "x", 60000, "/>", "xml-limits", "too large");
  assert_limit("<!--x-->", "<!-- -->\n", 600000, "<order/>", "file-size", "4 MiB");
  assert_limit(BATCH, "<a/>", INTAKE_LIMIT_ITEMS + 1, "</batch>", "xml-limits", "200001 documents");
}

static void test_many_attributes_end_soon(void)
{
  g_autoptr(GString) text = g_string_new("<order" NS);
  for (guint i = 0; i < 1000000; i++)
    g_string_append_printf(text, " a%u=''", i);
  g_string_append(text, "/>");
  gint64 start = g_get_monotonic_time();
  g_autoptr(Result) result = read_text(text->str);
  find_fault(result->file->faults, "xml-limits", "longer than");
  g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
}

static void test_huge_file_is_refused_unread(void)
{
  static const ReadSink sink = {keep_batch, keep_item};
  int fd = memfd_create("document", MFD_CLOEXEC);
  g_assert_cmpint(write(fd, "<order/>", 8), ==, 8);
  g_assert_cmpint(ftruncate(fd, (off_t)INTAKE_LIMIT_FILE + 1), ==, 0);
  g_autoptr(RequestFile) file = read_file(schema, fd, &sink, NULL);
  close(fd);
  find_fault(file->faults, "file-size", "64 MiB");
}

/* ---- Looking into ----------------------------------------------------------- */

static char *make_csr(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PkiKey) key = pki_key_generate(PKI_KEY_KIND_EC_P256, &error);
  g_assert_no_error(error);
  static const char *const names[] = {"www.example.test", NULL};
  g_autoptr(GBytes) der = pki_csr_make(key, NULL, names, &error);
  g_assert_no_error(error);
  return pki_csr_to_pem(der);
}

static void test_csr_is_read(void)
{
  g_autofree char *pem = make_csr();
  g_autofree char *text = g_strdup_printf("<application" NS " ref=\"R\" certificate=\"C\">\n"
                                          "<csr mode=\"manual\">\n%s</csr></application>",
                                          pem);
  g_autoptr(Result) result = read_text(text);
  const RequestApplication *application = only_body(result, REQUEST_KIND_APPLICATION);
  g_assert_nonnull(application->csr->der);
  g_assert_cmpuint(strlen(application->csr->spki_sha256), ==, 64);
  g_assert_cmpstr(application->csr->key_kind, ==, "ec-p256");
  g_assert_cmpstr(application->csr->names[0], ==, "www.example.test");
  g_assert_null(application->csr->names[1]);
}

static void test_faulty_csr_is_refused(void)
{
  const char *head = "<order" NS " ref=\"A\"><product>p</product><application>\n<csr ";
  const char *tail = "</csr></application></order>";
  g_autofree char *garbage =
      g_strconcat(head, "mode=\"manual\">so</", "csr></application></order>", NULL);
  assert_item_fault(garbage, "csr-format", 2, "csr", "");
  g_autofree char *empty = g_strconcat(head, "mode=\"manual\"> ", tail, NULL);
  assert_item_fault(empty, "csr-format", 2, "csr", "needs the CSR");
  g_autofree char *key = g_strconcat(head, "mode=\"manual\" key=\"ec-p256\">x", tail, NULL);
  assert_item_fault(key, "xml-valid", 2, "csr", "goes with mode=\"automatic\"");
  g_autofree char *both = g_strconcat(head, "mode=\"automatic\">x", tail, NULL);
  assert_item_fault(both, "xml-valid", 2, "csr", "its mode is automatic");
}

/* ---- Packages ---------------------------------------------------------------- */

typedef struct {
  const char *name;
  GBytes *bytes;
} Member;

static GBytes *text_bytes(const char *text)
{
  return g_bytes_new_static(text, strlen(text));
}

/* A zip of the MEMBERS, ended by one without a name; frees their bytes. */
static GBytes *zip_of(const Member *members)
{
  gsize room = 4 << 20, used = 0;
  g_autofree char *bytes = g_malloc(room);
  struct archive *archive = archive_write_new();
  archive_write_set_format_zip(archive);
  archive_write_set_bytes_in_last_block(archive, 1);
  g_assert_cmpint(archive_write_open_memory(archive, bytes, room, &used), ==, ARCHIVE_OK);
  for (; members->name != NULL; members++) {
    gsize length;
    const void *data = g_bytes_get_data(members->bytes, &length);
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, members->name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, (la_int64_t)length);
    archive_entry_set_perm(entry, 0600);
    g_assert_cmpint(archive_write_header(archive, entry), ==, ARCHIVE_OK);
    g_assert_cmpint(archive_write_data(archive, data, length), ==, length);
    archive_entry_free(entry);
    g_bytes_unref(members->bytes);
  }
  g_assert_cmpint(archive_write_close(archive), ==, ARCHIVE_OK);
  archive_write_free(archive);
  return g_bytes_new(bytes, used);
}

static Result *read_package(const Member *members)
{
  g_autoptr(GBytes) zip = zip_of(members);
  gsize length;
  const void *bytes = g_bytes_get_data(zip, &length);
  return read_bytes(bytes, length);
}

#define APPLICATION "<application" NS " ref=\"R\" certificate=\"C\">"
#define ATTACHMENTS(list) "<attachments>" list "</attachments></application>"

static void test_attachments_are_read(void)
{
  const Member members[] = {
      {"a.xml", text_bytes(APPLICATION ATTACHMENTS(
                    "<attachment kind=\"confirmationLetter\" file=\"letter.png\"/>\n"
                    "<attachment kind=\"identity\" file=\"card.jpg\"/>"))},
      {"letter.png", fixture("images/colour.png")},
      {"card.jpg", fixture("images/baseline.jpg")},
      {NULL, NULL}};
  g_autoptr(Result) result = read_package(members);
  const RequestApplication *application = only_body(result, REQUEST_KIND_APPLICATION);
  const RequestAttachment *letter = g_ptr_array_index(application->attachments, 0);
  const RequestAttachment *card = g_ptr_array_index(application->attachments, 1);
  g_assert_cmpstr(letter->media_type, ==, "image/png");
  g_assert_cmpstr(card->extension, ==, "jpg");
  g_assert_cmpint(card->line, ==, 2);
  g_autoptr(GBytes) image = fixture("images/colour.png");
  g_assert_true(g_bytes_equal(letter->bytes, image));
  g_assert_cmpuint(strlen(letter->sha256), ==, 64);
  g_assert_false(result->file->secrets);
}

static void test_attachments_change_the_hash(void)
{
  const char *document = APPLICATION ATTACHMENTS("<attachment kind=\"identity\" file=\"a.png\"/>");
  const Member one[] = {
      {"a.xml", text_bytes(document)}, {"a.png", fixture("images/colour.png")}, {NULL, NULL}};
  const Member again[] = {
      {"a.png", fixture("images/colour.png")}, {"b.xml", text_bytes(document)}, {NULL, NULL}};
  const Member other[] = {
      {"a.xml", text_bytes(document)}, {"a.png", fixture("images/grey16.png")}, {NULL, NULL}};
  g_autoptr(Result) first = read_package(one);
  g_autoptr(Result) second = read_package(again);
  g_autoptr(Result) third = read_package(other);
  g_assert_cmpstr(item_at(first, 0)->hash, ==, item_at(second, 0)->hash);
  g_assert_cmpstr(item_at(first, 0)->hash, !=, item_at(third, 0)->hash);
}

static void test_faulty_attachments_are_refused(void)
{
  assert_item_fault(APPLICATION "\n" ATTACHMENTS("<attachment kind=\"identity\" file=\"a.png\"/>"),
                    "attachment-missing", 2, "attachment", "put both into one .zip or .tar.gz");
  const Member members[] = {{"a.xml", text_bytes(APPLICATION ATTACHMENTS(
                                          "<attachment kind=\"identity\" file=\"a.png\"/>\n"
                                          "<attachment kind=\"identity\" file=\"b.png\"/>\n"
                                          "<attachment kind=\"qualification\" file=\"c.png\"/>"))},
                            {"a.png", text_bytes("no image")},
                            {"b.png", fixture("images/colour.png")},
                            {NULL, NULL}};
  g_autoptr(Result) result = read_package(members);
  const GPtrArray *faults = item_at(result, 0)->faults;
  g_assert_cmpint(find_fault(faults, "attachment-content", "\"a.png\"")->line, ==, 1);
  g_assert_cmpint(find_fault(faults, "attachment-duplicate", "b.png")->line, ==, 2);
  g_assert_cmpint(find_fault(faults, "attachment-missing", "has no file \"c.png\"")->line, ==, 3);
}

static void test_unnamed_members_are_refused(void)
{
  const Member single[] = {{"a.xml", text_bytes(samples[REQUEST_KIND_DELETION])},
                           {"a.png", fixture("images/colour.png")},
                           {NULL, NULL}};
  g_autoptr(Result) result = read_package(single);
  g_assert_cmpuint(result->items->len, ==, 0);
  find_fault(result->file->faults, "attachment-unnamed", "\"a.png\"");
  const Member batch[] = {
      {"a.xml", text_bytes(BATCH "<deletion ref=\"D\" certificate=\"A.1\"/></batch>")},
      {"a.png", fixture("images/colour.png")},
      {NULL, NULL}};
  g_autoptr(Result) many = read_package(batch);
  g_assert_cmpuint(many->items->len, ==, 0);
  find_fault(many->file->faults, "attachment-unnamed", "\"a.png\"");
}

static void test_batch_in_a_package_is_read(void)
{
  const Member members[] = {
      {"a.xml",
       text_bytes(BATCH "<application ref=\"R\" certificate=\"C\">" ATTACHMENTS(
           "<attachment kind=\"identity\" file=\"a.png\"/>") "<deletion ref=\"D\" "
                                                             "certificate=\"A.1\"/></batch>")},
      {"a.png", fixture("images/colour.png")},
      {NULL, NULL}};
  g_autoptr(Result) result = read_package(members);
  g_assert_cmpuint(result->file->faults->len, ==, 0);
  g_assert_cmpuint(result->items->len, ==, 2);
  g_assert_nonnull(item_at(result, 0)->body);
}

static void test_package_with_keys_is_blanked(void)
{
  const Member members[] = {
      {"a.xml", text_bytes("<upload" NS " ref=\"U\"><pkcs12 file=\"site.bin\" "
                           "password=\"sesame\"/></upload>")},
      {"site.bin", text_bytes("key store")},
      {NULL, NULL}};
  g_autoptr(Result) result = read_package(members);
  find_fault(item_at(result, 0)->faults, "pkcs12-format", "no PKCS#12");
  g_assert_true(item_at(result, 0)->secrets);
  g_assert_true(result->file->secrets);
  g_assert_nonnull(result->file->blanked);
  gsize length;
  const char *blanked = g_bytes_get_data(result->file->blanked, &length);
  g_assert_null(memmem(blanked, length, "sesame", 6));
  g_assert_null(memmem(blanked, length, "key store", 9));
  g_assert_nonnull(memmem(blanked, length, "<pkcs12", 7));
}

static void test_half_a_package_is_unfinished(void)
{
  const Member members[] = {{"a.xml", text_bytes(samples[REQUEST_KIND_DELETION])}, {NULL, NULL}};
  g_autoptr(GBytes) zip = zip_of(members);
  gsize length;
  const void *bytes = g_bytes_get_data(zip, &length);
  g_autoptr(Result) whole = read_bytes(bytes, length);
  only_body(whole, REQUEST_KIND_DELETION);
  g_autoptr(Result) half = read_bytes(bytes, length / 2);
  g_assert_cmpuint(half->items->len, ==, 0);
  find_fault(half->file->faults, "package-format", "");
  g_assert_true(half->file->unfinished);
}

/* ---- Secrets ----------------------------------------------------------------- */

static void test_secrets_are_blanked(void)
{
  const char *upload = samples[REQUEST_KIND_UPLOAD];
  int fd = file_of(upload, strlen(upload));
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) blanked = intake_blank_file(fd, "upload.xml", &error);
  close(fd);
  g_assert_no_error(error);
  gsize length;
  const char *bytes = g_bytes_get_data(blanked, &length);
  g_assert_cmpuint(length, ==, strlen(upload));
  g_assert_nonnull(strstr(upload, "\"" PAIR_PASSPHRASE "\""));
  g_assert_null(memmem(bytes, length, PAIR_PASSPHRASE "\"", strlen(PAIR_PASSPHRASE) + 1));
  g_assert_nonnull(strstr(upload, "MIHsMFcGCSqG"));
  g_assert_null(memmem(bytes, length, "MIHsMFcGCSqG", 12));
}

static void test_secrets_are_seen_in_ill_formed_files(void)
{
  g_autoptr(Result) result = read_text("<upload" NS "><privateKey>KEY</privateKey></uplod>");
  g_assert_cmpuint(result->items->len, ==, 0);
  g_assert_true(result->file->secrets);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  prepare();
#define TEST(name) g_test_add_func("/intake-file/" #name, test_##name)
  TEST(batch_is_read_item_by_item);
  TEST(batch_is_refused_whole);
  TEST(empty_batch_has_no_items);
  TEST(large_batch_is_read);
  TEST(change_while_reading_is_told);
  TEST(encodings_are_read);
  TEST(other_encodings_are_refused);
  TEST(every_part_of_a_file_is_unfinished);
  TEST(faulty_files_are_finished);
  TEST(empty_file_is_unfinished);
  TEST(limits_hold);
  TEST(many_attributes_end_soon);
  TEST(huge_file_is_refused_unread);
  TEST(csr_is_read);
  TEST(faulty_csr_is_refused);
  TEST(attachments_are_read);
  TEST(attachments_change_the_hash);
  TEST(faulty_attachments_are_refused);
  TEST(unnamed_members_are_refused);
  TEST(batch_in_a_package_is_read);
  TEST(package_with_keys_is_blanked);
  TEST(half_a_package_is_unfinished);
  TEST(secrets_are_blanked);
  TEST(secrets_are_seen_in_ill_formed_files);
  int status = g_test_run();
  schema_free(schema);
  return status;
}
