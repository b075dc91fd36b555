/* Structs that are described by tables: round trips of every kind's, what is not
 * their form is refused, and one is laid over another. */
#include "request/configuration.h"
#include "request/request.h"

#include <string.h>

/* Fills every field of a record with something of its own, to any depth. */
static void fill(const RecordType *type, gpointer record, guint *counter);

static char *next_text(guint *counter)
{
  return g_strdup_printf("text-%u \u00e9\u4e2d <&> \"'\n", (*counter)++);
}

static gpointer new_full(const RecordType *type, guint *counter)
{
  gpointer record = record_new(type);
  fill(type, record, counter);
  return record;
}

static void fill_field(const RecordField *field, gpointer record, guint *counter)
{
  gpointer at = (char *)record + field->offset;
  switch (field->kind) {
  case RECORD_TEXT:
    *(char **)at = next_text(counter);
    break;
  case RECORD_NUMBER:
  case RECORD_MONEY:
    *(gint64 *)at = G_MAXINT64 - (*counter)++;
    break;
  case RECORD_FLAG:
    *(gboolean *)at = TRUE;
    break;
  case RECORD_TEXTS:
    *(char ***)at = g_new0(char *, 3);
    (*(char ***)at)[0] = next_text(counter);
    (*(char ***)at)[1] = g_strdup("");
    break;
  case RECORD_BYTES:
    *(GBytes **)at = g_bytes_new("\0\xff\0", 3);
    break;
  case RECORD_ONE:
    *(gpointer *)at = new_full(field->record, counter);
    break;
  case RECORD_MANY:
    *(GPtrArray **)at = g_ptr_array_new();
    g_ptr_array_add(*(GPtrArray **)at, new_full(field->record, counter));
    g_ptr_array_add(*(GPtrArray **)at, record_new(field->record));
    break;
  case RECORD_FIELD_KIND_N:
    g_assert_not_reached();
  }
}

static void fill(const RecordType *type, gpointer record, guint *counter)
{
  for (const RecordField *field = type->fields; field->name != NULL; field++)
    fill_field(field, record, counter);
}

static void assert_same(const RecordType *type, gconstpointer one, gconstpointer other)
{
  g_autoptr(GVariant) left = g_variant_ref_sink(record_to_variant(type, one));
  g_autoptr(GVariant) right = g_variant_ref_sink(record_to_variant(type, other));
  g_assert_cmpvariant(left, right);
}

static const RecordType *const other_records[] = {&product_record, &catalog_record,
                                                  &configuration_record};

static const RecordType *record_at(guint index)
{
  if (index + 1 < REQUEST_KIND_N)
    return request_kinds[index + 1].record;
  index -= REQUEST_KIND_N - 1;
  return index < G_N_ELEMENTS(other_records) ? other_records[index] : NULL;
}

static void check_round_trip(const RecordType *type, gpointer record)
{
  g_autofree char *form = record_variant_type(type);
  g_assert_true(g_variant_type_string_is_valid(form));
  g_autoptr(GBytes) bytes = record_to_bytes(type, record);
  gpointer again = record_from_bytes(type, bytes);
  g_assert_nonnull(again);
  assert_same(type, record, again);
  gpointer copy = record_copy(type, record);
  assert_same(type, record, copy);
  /* As a reader gets them: at any address. */
  gsize length = g_bytes_get_size(bytes);
  g_autofree char *shifted = g_malloc(length + 1);
  memcpy(shifted + 1, g_bytes_get_data(bytes, NULL), length);
  g_autoptr(GBytes) unaligned = g_bytes_new_static(shifted + 1, length);
  gpointer from_unaligned = record_from_bytes(type, unaligned);
  assert_same(type, record, from_unaligned);
  record_free(type, from_unaligned);
  record_free(type, copy);
  record_free(type, again);
}

static void test_round_trips(void)
{
  for (guint i = 0; record_at(i) != NULL; i++) {
    const RecordType *type = record_at(i);
    guint counter = 1;
    g_test_message("%s", type->name);
    gpointer empty = record_new(type);
    gpointer full = new_full(type, &counter);
    check_round_trip(type, empty);
    check_round_trip(type, full);
    record_free(type, full);
    record_free(type, empty);
    record_free(type, NULL);
  }
}

static void test_defaults(void)
{
  RequestOrder *order = record_new(&request_order_record);
  RequestPayment *payment = record_new(&request_payment_record);
  g_assert_cmpint(order->quantity, ==, 1);
  g_assert_cmpint(order->years, ==, 1);
  g_assert_cmpint(order->name_count, ==, 0);
  g_assert_false(order->auto_renew);
  g_assert_null(order->payment);
  g_assert_cmpint(payment->amount, ==, -1);
  record_free(&request_payment_record, payment);
  record_free(&request_order_record, order);
}

/* Bytes of another kind, cut ones, and ones with bytes turned over: each is refused
 * or is a record, and nothing else happens. */
static void test_damaged(void)
{
  g_autoptr(GRand) random = g_rand_new_with_seed(4711);
  guint refused = 0;
  for (guint i = 0; record_at(i) != NULL; i++) {
    const RecordType *type = record_at(i);
    guint counter = 1;
    gpointer full = new_full(type, &counter);
    g_autoptr(GBytes) whole = record_to_bytes(type, full);
    record_free(type, full);
    for (int round = 0; round < 300; round++) {
      gsize length = g_bytes_get_size(whole);
      g_autofree guint8 *bytes = g_memdup2(g_bytes_get_data(whole, NULL), length);
      if (round % 3 == 0)
        length = (gsize)g_rand_int_range(random, 0, (gint32)length);
      for (int k = 0; k < round % 4 && length > 0; k++)
        bytes[g_rand_int_range(random, 0, (gint32)length)] = (guint8)g_rand_int(random);
      g_autoptr(GBytes) damaged = g_bytes_new(bytes, length);
      gpointer record = record_from_bytes(type, damaged);
      refused += record == NULL;
      record_free(type, record);
    }
  }
  g_assert_cmpuint(refused, >, 1000);
  g_autoptr(GBytes) nothing = g_bytes_new(NULL, 0);
  g_assert_null(record_from_bytes(&request_order_record, nothing));
}

static void test_other_type(void)
{
  g_autoptr(GVariant) number = g_variant_ref_sink(g_variant_new_int64(1));
  g_autoptr(GVariant) pair = g_variant_ref_sink(g_variant_new("(msms)", "a", "b"));
  g_assert_null(record_from_variant(&request_order_record, number));
  g_assert_null(record_from_variant(&request_order_record, pair));
  RequestWithdrawal *same_form = record_from_variant(&request_withdrawal_record, pair);
  g_assert_cmpstr(same_form->ref, ==, "a");
  g_assert_cmpstr(same_form->certificate, ==, "b");
  record_free(&request_withdrawal_record, same_form);
}

/* What is given replaces the whole child; what is not stays (rules.md 14). */
static void test_merge(void)
{
  guint counter = 1;
  const RecordType *type = &request_application_record;
  RequestApplication *saved = new_full(type, &counter);
  RequestApplication *before = record_copy(type, saved);
  RequestApplication *nothing = record_new(type);
  record_merge(type, saved, nothing);
  assert_same(type, saved, before);

  RequestApplication *given = record_new(type);
  given->line = 99;
  given->domains = g_strsplit("a.example,b.example", ",", 0);
  given->company = g_new0(RequestCompany, 1);
  given->company->name = g_strdup("Example Ltd");
  record_merge(type, saved, given);
  g_assert_cmpint(saved->line, ==, before->line);
  g_assert_cmpstrv(saved->domains, given->domains);
  g_assert_cmpstr(saved->company->name, ==, "Example Ltd");
  g_assert_null(saved->company->location); /* whole: nothing of the saved company is left */
  g_assert_null(saved->company->zip);
  g_assert_cmpstr(saved->applicant->email, ==, before->applicant->email);
  g_assert_cmpstr(saved->ref, ==, before->ref);
  g_assert_cmpuint(saved->attachments->len, ==, before->attachments->len);
  given->domains[0][0] = 'x'; /* a copy of its own */
  g_assert_cmpstr(saved->domains[0], ==, "a.example");
  record_free(type, given);
  record_free(type, nothing);
  record_free(type, before);
  record_free(type, saved);
}

static void test_clear_field(void)
{
  guint counter = 1;
  RequestOrder *order = new_full(&request_order_record, &counter);
  for (const RecordField *field = request_order_record.fields; field->name != NULL; field++) {
    g_assert_true(record_has_field(field, order));
    record_clear_field(field, order);
  }
  RequestOrder *empty = record_new(&request_order_record);
  assert_same(&request_order_record, order, empty);
  record_free(&request_order_record, empty);
  record_free(&request_order_record, order);
}

/* Items */

static void set_text(char **at, const char *text)
{
  g_free(*at);
  *at = g_strdup(text);
}

static RequestItem *new_item(RequestKind kind)
{
  RequestItem *item = request_item_new();
  guint counter = 1;
  item->kind = kind;
  item->line = 70000;
  item->ref = g_strdup("PO-4711");
  item->hash = g_strnfill(64, 'a');
  item->body = new_full(request_kinds[kind].record, &counter);
  set_text(G_STRUCT_MEMBER_P(item->body, request_kinds[kind].ref_offset), item->ref);
  return item;
}

static RequestAttachment *new_attachment(void)
{
  RequestAttachment *attachment = record_new(&request_attachment_record);
  attachment->kind = g_strdup("confirmationLetter");
  attachment->file = g_strdup("letter.png");
  attachment->extension = g_strdup("png");
  attachment->bytes = g_bytes_new_static("abc", 3);
  attachment->sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "abc", 3);
  return attachment;
}

static RequestApplication *application_of(RequestItem *item)
{
  return item->kind == REQUEST_KIND_ORDER ? ((RequestOrder *)item->body)->application : item->body;
}

/* The one attachment of an application item, as a reader would have made it. */
static RequestAttachment *set_attachment(RequestItem *item)
{
  RequestApplication *application = application_of(item);
  GPtrArray *attachments = application->attachments;
  for (guint i = 0; i < attachments->len; i++)
    record_free(&request_attachment_record, g_ptr_array_index(attachments, i));
  g_ptr_array_set_size(attachments, 0);
  RequestAttachment *attachment = new_attachment();
  g_ptr_array_add(attachments, attachment);
  return attachment;
}

/* The certificate of an upload or issuance, as a reader would have made it; NULL for others. */
static RequestCertificate *set_leaf(RequestItem *item)
{
  if (item->kind != REQUEST_KIND_UPLOAD && item->kind != REQUEST_KIND_ISSUANCE)
    return NULL;
  RequestCertificate *leaf = item->kind == REQUEST_KIND_UPLOAD
                                 ? ((RequestUpload *)item->body)->leaf
                                 : ((RequestIssuance *)item->body)->leaf;
  g_bytes_unref(leaf->der);
  leaf->der = g_bytes_new_static("abc", 3);
  g_free(leaf->sha256);
  leaf->sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "abc", 3);
  record_free(&fault_record, g_ptr_array_steal_index(leaf->warnings, 1));
  g_strfreev(leaf->names);
  leaf->names = g_strsplit("a.example,b.example", ",", 0);
  return leaf;
}

/* The targets of a deployment, named as a reader would have let pass. */
static void set_targets(RequestItem *item)
{
  if (item->kind != REQUEST_KIND_DEPLOYMENT && item->kind != REQUEST_KIND_UNDEPLOYMENT)
    return;
  const GPtrArray *targets = ((RequestDeployment *)item->body)->targets;
  for (guint i = 0; i < targets->len; i++) {
    RequestTarget *target = g_ptr_array_index(targets, i);
    set_text(&target->product, "slb");
    g_strfreev(target->regions);
    target->regions = g_strsplit("cn-hangzhou cn-beijing", " ", 0);
  }
}

static RequestItem *send_item(const RequestItem *item)
{
  g_autoptr(GBytes) bytes = request_item_to_bytes(item);
  return request_item_from_bytes(bytes);
}

static void test_items(void)
{
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++) {
    g_autoptr(RequestItem) item = new_item(kind);
    if (kind == REQUEST_KIND_ORDER || kind == REQUEST_KIND_APPLICATION)
      set_attachment(item);
    set_leaf(item);
    set_targets(item);
    g_autoptr(RequestItem) again = send_item(item);
    g_test_message("%s", request_kinds[kind].name);
    g_assert_nonnull(again);
    g_assert_cmpint(again->kind, ==, kind);
    g_assert_cmpuint(again->line, ==, 70000);
    g_assert_cmpstr(again->ref, ==, "PO-4711");
    g_assert_cmpstr(again->hash, ==, item->hash);
    g_assert_cmpuint(again->faults->len, ==, 0);
    assert_same(request_kinds[kind].record, item->body, again->body);
    g_assert_cmpint(request_kind_from_name(request_kinds[kind].name), ==, kind);
  }
  g_assert_cmpint(request_kind_from_name("batch"), ==, 0);
  g_assert_cmpint(request_kind_from_name(""), ==, 0);
}

/* What a reader that was taken over could send as a certificate. */
static void test_hostile_leaves(void)
{
  for (guint i = 0; i < 5; i++) {
    g_autoptr(RequestItem) item = new_item(REQUEST_KIND_UPLOAD);
    RequestCertificate *leaf = set_leaf(item);
    if (i == 1)
      set_text(&leaf->sha256, "0123");
    else if (i == 2)
      set_text(&leaf->names[1], "b.example c.example");
    else if (i == 3)
      leaf->not_after = 0;
    else if (i == 4)
      item->key_length = REQUEST_KEY_LIMIT + 1;
    g_autoptr(RequestItem) again = send_item(item);
    g_assert_cmpint(again != NULL, ==, i == 0);
  }
}

static void test_faulty_item(void)
{
  g_autoptr(RequestItem) item = request_item_new();
  item->secrets = TRUE;
  fault_add(item->faults, "xml-kind", 3, "x", "it is none");
  fault_add(item->faults, "xml-valid", 0, NULL, "it is not valid");
  g_autoptr(RequestItem) again = send_item(item);
  g_assert_nonnull(again);
  g_assert_cmpint(again->kind, ==, 0);
  g_assert_null(again->body);
  g_assert_null(again->ref);
  g_assert_true(again->secrets);
  g_assert_cmpuint(again->faults->len, ==, 2);
  const Fault *fault = g_ptr_array_index(again->faults, 0);
  g_assert_cmpstr(fault->code, ==, "xml-kind");
  g_assert_cmpint(fault->line, ==, 3);
}

/* Sends an item of KIND whose first eight bytes, the kind, are NUMBER. */
static RequestItem *send_with_kind(RequestKind kind, gint64 number)
{
  g_autoptr(RequestItem) item = new_item(kind);
  g_autoptr(GBytes) bytes = request_item_to_bytes(item);
  gsize length = g_bytes_get_size(bytes);
  guint8 *changed = g_memdup2(g_bytes_get_data(bytes, NULL), length);
  gint64 before;
  memcpy(&before, changed, sizeof before);
  g_assert_cmpint(before, ==, kind);
  memcpy(changed, &number, sizeof number);
  g_autoptr(GBytes) sent = g_bytes_new_take(changed, length);
  return request_item_from_bytes(sent);
}

static void test_item_kind(void)
{
  static const gint64 numbers[] = {0,
                                   -1,
                                   REQUEST_KIND_N,
                                   REQUEST_KIND_ORDER, /* another than its body has */
                                   G_MAXINT64,
                                   (G_GINT64_CONSTANT(1) << 32) + REQUEST_KIND_PAYMENT};
  g_autoptr(RequestItem) right = send_with_kind(REQUEST_KIND_PAYMENT, REQUEST_KIND_PAYMENT);
  g_assert_nonnull(right);
  for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
    g_assert_null(send_with_kind(REQUEST_KIND_PAYMENT, numbers[i]));
}

static void test_item_without(void)
{
  for (int i = 0; i < 4; i++) {
    g_autoptr(RequestItem) item = new_item(REQUEST_KIND_PAYMENT);
    if (i == 0)
      fault_add(item->faults, "xml-valid", 0, NULL, "a body and a fault");
    if (i == 1)
      g_clear_pointer(&item->ref, g_free);
    if (i == 2)
      g_clear_pointer(&item->hash, g_free);
    if (i == 3) {
      record_free(&request_payment_record, item->body);
      item->body = NULL;
    }
    g_assert_null(send_item(item));
  }
}

/* References become parts of paths. */
static void test_item_references(void)
{
  static const char *const refused[] = {"",    "../x", "a/b",    "..", ".hidden", "-rf",
                                        "a b", "a\nb", "\u00e9", "_x", "a\\b",    "a%"};
  g_autofree char *longest = g_strnfill(64, 'a');
  g_autofree char *too_long = g_strnfill(65, 'a');
  const char *const taken[] = {"a", "PO-4711", "PO_1.2-x", "0", longest};
  for (guint i = 0; i < G_N_ELEMENTS(taken); i++)
    g_assert_true(request_is_reference(taken[i]));
  g_assert_false(request_is_reference(NULL));
  g_assert_false(request_is_reference(too_long));
  for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
    g_autoptr(RequestItem) item = new_item(REQUEST_KIND_PAYMENT);
    RequestPayment *payment = item->body;
    g_test_message("%s", refused[i]);
    g_assert_false(request_is_reference(refused[i]));
    set_text(&item->ref, refused[i]);
    set_text(&payment->ref, refused[i]);
    g_assert_null(send_item(item));
  }
  g_autoptr(RequestItem) item = new_item(REQUEST_KIND_PAYMENT);
  set_text(&item->ref, "PO-4712"); /* another than its body has */
  g_assert_null(send_item(item));
}

/* Products and regions become parts of paths. */
static void test_item_targets(void)
{
  static const char *const refused[] = {"", "..", "../x", "a/b", "_"};
  for (guint i = 0; i < 2 * G_N_ELEMENTS(refused); i++) {
    g_autoptr(RequestItem) item = new_item(REQUEST_KIND_DEPLOYMENT);
    set_targets(item);
    RequestTarget *target = g_ptr_array_index(((RequestDeployment *)item->body)->targets, 0);
    set_text(i % 2 == 0 ? &target->product : &target->regions[1], refused[i / 2]);
    g_assert_null(send_item(item));
  }
  g_autoptr(RequestItem) none = new_item(REQUEST_KIND_UNDEPLOYMENT);
  RequestDeployment *deployment = none->body;
  for (guint i = 0; i < deployment->targets->len; i++) {
    RequestTarget *target = g_ptr_array_index(deployment->targets, i);
    g_free(target->product);
    g_strfreev(target->regions);
    g_free(target);
  }
  g_ptr_array_unref(g_steal_pointer(&deployment->targets));
  g_assert_null(send_item(none));
}

static void test_item_attachments(void)
{
  for (int i = 0; i < 6; i++) {
    RequestKind kind = i % 2 == 0 ? REQUEST_KIND_APPLICATION : REQUEST_KIND_ORDER;
    g_autoptr(RequestItem) item = new_item(kind);
    RequestAttachment *attachment = set_attachment(item);
    char **const texts[] = {&attachment->kind, &attachment->extension, &attachment->sha256};
    if (i < 3)
      set_text(texts[i], "../x");
    else if (i == 3)
      set_text(&attachment->extension, NULL);
    else if (i == 4)
      g_clear_pointer(&attachment->bytes, g_bytes_unref);
    else
      attachment->sha256[0] = attachment->sha256[0] == 'b' ? 'c' : 'b';
    g_test_message("%d", i);
    g_assert_null(send_item(item));
  }
}

/* What the rules rely on without asking. */
static void test_item_incomplete(void)
{
  g_autoptr(RequestItem) order = new_item(REQUEST_KIND_ORDER);
  set_attachment(order);
  set_text(&((RequestOrder *)order->body)->product, NULL);
  g_assert_null(send_item(order));
  g_autoptr(RequestItem) payment = new_item(REQUEST_KIND_PAYMENT);
  set_text(&((RequestPayment *)payment->body)->currency, NULL);
  g_assert_null(send_item(payment));
  g_autoptr(RequestItem) application = new_item(REQUEST_KIND_APPLICATION);
  set_attachment(application);
  set_text(&((RequestApplication *)application->body)->csr->spki_sha256, NULL);
  g_assert_null(send_item(application));
  g_autoptr(RequestItem) review = new_item(REQUEST_KIND_REVIEW);
  set_text(&((RequestReview *)review->body)->decision, NULL);
  g_assert_null(send_item(review));
}

/* Files and faults */

static void test_files(void)
{
  g_autoptr(RequestFile) file = request_file_new();
  g_autoptr(GBytes) nothing = request_file_to_bytes(file);
  g_assert_null(request_file_from_bytes(nothing)); /* no hash */
  file->sha256 = g_strnfill(64, 'a');
  file->items = 100000;
  file->batch = TRUE;
  file->atomic = TRUE;
  file->blanked = g_bytes_new_static("x", 1);
  fault_add(file->faults, "encoding", 0, NULL, "not UTF-8");
  g_autoptr(GBytes) bytes = request_file_to_bytes(file);
  g_autoptr(RequestFile) again = request_file_from_bytes(bytes);
  g_assert_cmpstr(again->sha256, ==, file->sha256);
  g_assert_cmpint(again->items, ==, 100000);
  g_assert_true(again->batch);
  g_assert_true(again->atomic);
  g_assert_false(again->secrets);
  g_assert_false(again->unfinished);
  g_assert_true(g_bytes_equal(again->blanked, file->blanked));
  g_assert_cmpuint(again->faults->len, ==, 1);
  file->items = -1;
  g_autoptr(GBytes) negative = request_file_to_bytes(file);
  g_assert_null(request_file_from_bytes(negative));
}

static void test_faults(void)
{
  g_autoptr(GPtrArray) faults = fault_array_new();
  for (guint i = 0; i < 3; i++)
    fault_add(faults, "state", i, i == 0 ? NULL : "order", "number %u", i);
  g_autoptr(GBytes) bytes = request_faults_to_bytes(faults);
  g_autoptr(GPtrArray) again = request_faults_from_bytes(bytes);
  g_assert_cmpuint(again->len, ==, 3);
  const Fault *last = g_ptr_array_index(again, 2);
  g_assert_cmpstr(last->text, ==, "number 2");
  g_assert_cmpint(last->line, ==, 2);
  g_autoptr(GBytes) damaged = g_bytes_new_static("xyz", 3);
  g_autoptr(GPtrArray) none = request_faults_from_bytes(damaged);
  g_assert_cmpuint(none->len, ==, 0);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/request/record/round-trips", test_round_trips);
  g_test_add_func("/request/record/defaults", test_defaults);
  g_test_add_func("/request/record/damaged", test_damaged);
  g_test_add_func("/request/record/other-type", test_other_type);
  g_test_add_func("/request/record/merge", test_merge);
  g_test_add_func("/request/record/clear-field", test_clear_field);
  g_test_add_func("/request/item/all-kinds", test_items);
  g_test_add_func("/request/item/faulty", test_faulty_item);
  g_test_add_func("/request/item/hostile-leaves", test_hostile_leaves);
  g_test_add_func("/request/item/kind", test_item_kind);
  g_test_add_func("/request/item/without", test_item_without);
  g_test_add_func("/request/item/references", test_item_references);
  g_test_add_func("/request/item/targets", test_item_targets);
  g_test_add_func("/request/item/attachments", test_item_attachments);
  g_test_add_func("/request/item/incomplete", test_item_incomplete);
  g_test_add_func("/request/file", test_files);
  g_test_add_func("/request/faults", test_faults);
  return g_test_run();
}
