/* Archives hold what the contract says and nothing else, the same bytes each
 * time, and leave no key behind. */
#include "outbox-test.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define CERTIFICATE_PEM "-----BEGIN CERTIFICATE-----\nTEVBRg==\n-----END CERTIFICATE-----\n"
#define CHAIN_PEM "-----BEGIN CERTIFICATE-----\nSVNTVUlORw==\n-----END CERTIFICATE-----\n"
#define KEY_PEM "-----BEGIN PRIVATE KEY-----\nU0VDUkVU\n-----END PRIVATE KEY-----\n"

static const char *const two_names[] = {"www.example.test", "pay.example.test", NULL};

static OutboxBundle example_bundle(const Secret *key)
{
  return (OutboxBundle){
      .certificate = "PO-4711.1",
      .names = two_names,
      .product_title = "Secure OV Multi-Domain",
      .organization = "Example Operations",
      .not_before = NOW,
      .not_after = NOW + 200 * DAY - 1,
      .certificate_pem = CERTIFICATE_PEM,
      .chain_pem = CHAIN_PEM,
      .private_key = key,
  };
}

static GBytes *keystore;
static Secret *password;

/* A keystore is there for the formats that are one. */
static OutboxBundle bundle_for(const OutboxBundle *bundle, RequestFormat format)
{
  OutboxBundle fitting = *bundle;
  if (request_formats[format].keystore) {
    fitting.keystore = keystore;
    fitting.password = password;
    if (request_formats[format].profile != NULL)
      pki_pfx_profile_from_string(request_formats[format].profile, &fitting.profile);
  }
  return fitting;
}

static OutboxArchive *make(const OutboxBundle *bundle, RequestFormat format)
{
  GError *error = NULL;
  OutboxBundle fitting = bundle_for(bundle, format);
  OutboxArchive *archive = outbox_make_archive(&fitting, format, &error);
  g_assert_no_error(error);
  g_assert_nonnull(archive);
  return archive;
}

/* The members by name; their order in NAMES, each with a space behind it. */
static GHashTable *read_members(const OutboxArchive *archive, GString *names)
{
  GHashTable *members = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  struct archive *zip = archive_read_new();
  archive_read_support_format_zip_seekable(zip);
  g_assert_cmpint(archive_read_open_memory(zip, archive->data, archive->length), ==, ARCHIVE_OK);
  struct archive_entry *entry;
  int result;
  while ((result = archive_read_next_header(zip, &entry)) == ARCHIVE_OK) {
    gsize size = (gsize)archive_entry_size(entry);
    char *content = g_malloc0(size + 1);
    g_assert_cmpint(archive_read_data(zip, content, size), ==, (gssize)size);
    g_assert_cmpint(archive_entry_mode(entry), ==, S_IFREG | 0600);
    g_assert_cmpint(archive_entry_mtime(entry), ==, NOW - 1); /* NOW is odd */
    g_assert_cmpint(archive_entry_atime(entry), ==, 0);
    g_assert_cmpint(archive_entry_ctime(entry), ==, 0);
    g_assert_cmpint(archive_entry_uid(entry), ==, 0);
    g_assert_cmpint(archive_entry_gid(entry), ==, 0);
    g_string_append_printf(names, "%s ", archive_entry_pathname(entry));
    g_assert_true(g_hash_table_insert(members, g_strdup(archive_entry_pathname(entry)), content));
  }
  g_assert_cmpint(result, ==, ARCHIVE_EOF);
  archive_read_free(zip);
  return members;
}

static void test_members(void)
{
  static const struct {
    RequestFormat format;
    gboolean with_key;
    const char *names;
  } cases[] = {
      {REQUEST_FORMAT_PEM, TRUE, "privkey.pem cert.pem chain.pem fullchain.pem README.md "},
      {REQUEST_FORMAT_PEM, FALSE, "cert.pem chain.pem fullchain.pem README.md "},
      {REQUEST_FORMAT_NGINX, TRUE, "fullchain.pem privkey.pem README.md "},
      {REQUEST_FORMAT_NGINX, FALSE, "fullchain.pem README.md "},
      {REQUEST_FORMAT_APACHE, TRUE, "cert.pem chain.pem privkey.pem README.md "},
      {REQUEST_FORMAT_APACHE, FALSE, "cert.pem chain.pem README.md "},
      {REQUEST_FORMAT_HAPROXY, TRUE,
       "site.pem key-apart/site.pem key-apart/site.pem.key README.md "},
      {REQUEST_FORMAT_HAPROXY, FALSE, "site.pem README.md "},
      {REQUEST_FORMAT_TOMCAT, TRUE, "keystore.p12 password.txt README.md "},
      {REQUEST_FORMAT_IIS, TRUE, "certificate.pfx password.txt README.md "},
      {REQUEST_FORMAT_JKS, TRUE, "keystore.jks password.txt README.md "},
  };
  static const struct {
    const char *name;
    const char *with_key;
    const char *without;
  } contents[] = {
      {"fullchain.pem", CERTIFICATE_PEM CHAIN_PEM, CERTIFICATE_PEM CHAIN_PEM},
      {"cert.pem", CERTIFICATE_PEM, CERTIFICATE_PEM},
      {"chain.pem", CHAIN_PEM, CHAIN_PEM},
      {"privkey.pem", KEY_PEM, NULL},
      {"site.pem", CERTIFICATE_PEM CHAIN_PEM KEY_PEM, CERTIFICATE_PEM CHAIN_PEM},
      {"key-apart/site.pem", CERTIFICATE_PEM CHAIN_PEM, NULL},
      {"key-apart/site.pem.key", KEY_PEM, NULL},
      {"keystore.p12", "KEYSTORE", NULL},
      {"certificate.pfx", "KEYSTORE", NULL},
      {"keystore.jks", "KEYSTORE", NULL},
      {"password.txt", "password\n", NULL},
  };
  g_autoptr(Secret) key = secret_new_copy(KEY_PEM, strlen(KEY_PEM));
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    OutboxBundle bundle = example_bundle(cases[i].with_key ? key : NULL);
    g_autoptr(OutboxArchive) archive = make(&bundle, cases[i].format);
    g_autoptr(GString) names = g_string_new(NULL);
    g_autoptr(GHashTable) members = read_members(archive, names);
    g_assert_cmpstr(names->str, ==, cases[i].names);
    for (gsize k = 0; k < G_N_ELEMENTS(contents); k++)
      if (g_hash_table_contains(members, contents[k].name))
        g_assert_cmpstr(g_hash_table_lookup(members, contents[k].name), ==,
                        cases[i].with_key ? contents[k].with_key : contents[k].without);
  }
}

static void test_readme(void)
{
  g_autoptr(Secret) key = secret_new_copy(KEY_PEM, strlen(KEY_PEM));
  OutboxBundle bundle = example_bundle(key);
  g_autofree char *nginx = outbox_make_readme(&bundle, REQUEST_FORMAT_NGINX);
  g_autofree char *pem = outbox_make_readme(&bundle, REQUEST_FORMAT_PEM);
  bundle.private_key = NULL;
  g_autofree char *keyless = outbox_make_readme(&bundle, REQUEST_FORMAT_NGINX);
  static const char *const lines[] = {
      "ssl_certificate /etc/ssl/www.example.test/fullchain.pem;\n",
      "ssl_certificate_key /etc/ssl/www.example.test/privkey.pem;\n",
      "install -m 0600 privkey.pem /etc/ssl/www.example.test/\n",
      "install -m 0644 fullchain.pem /etc/ssl/www.example.test/\n",
      "nginx -t",
      "ends on Jun 11, 2027 (UTC)",
      "  - `pay.example.test`\n",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
    g_assert_nonnull(strstr(nginx, lines[i]));
  g_assert_nonnull(strstr(pem, "install -m 0644 chain.pem /etc/ssl/www.example.test/\n"));
  g_autofree char *nginx_text = markdown_text(nginx);
  g_autofree char *keyless_text = markdown_text(keyless);
  g_assert_null(strstr(nginx_text, "made for your own CSR"));
  g_assert_nonnull(strstr(keyless_text, "made for your own CSR"));
  g_assert_null(strchr(nginx, '{'));
}

/* The README of each format names each member of its archive, and says what else depends
 * on the format, the profile and the key. */
static void test_readme_of_each_format(void)
{
  static const struct {
    RequestFormat format;
    gboolean with_key;
    PkiPfxProfile profile;
    const char *text;
  } cases[] = {
      {REQUEST_FORMAT_APACHE, TRUE, 0, "SSLCertificateFile /etc/ssl/www.example.test/cert.pem"},
      {REQUEST_FORMAT_APACHE, FALSE, 0, "install -m 0600 privkey.pem /etc/ssl/www.example.test/"},
      {REQUEST_FORMAT_HAPROXY, TRUE, 0, "bind :443 ssl crt /etc/ssl/www.example.test/site.pem"},
      {REQUEST_FORMAT_HAPROXY, FALSE, 0, "install -m 0600 site.pem.key /etc/ssl/www.example.test/"},
      {REQUEST_FORMAT_TOMCAT, TRUE, 0, "certificateKeystoreFile="},
      {REQUEST_FORMAT_TOMCAT, TRUE, PKI_PFX_PROFILE_MODERN, "AES-256"},
      {REQUEST_FORMAT_TOMCAT, TRUE, PKI_PFX_PROFILE_COMPATIBLE, "3DES"},
      {REQUEST_FORMAT_IIS, TRUE, PKI_PFX_PROFILE_COMPATIBLE, "Import-PfxCertificate"},
      {REQUEST_FORMAT_IIS, TRUE, PKI_PFX_PROFILE_COMPATIBLE, "Windows Server 2016"},
      {REQUEST_FORMAT_IIS, TRUE, PKI_PFX_PROFILE_MODERN, "profile=\"compatible\""},
      {REQUEST_FORMAT_JKS, TRUE, 0, "its alias is `www.example.test`"},
  };
  g_autoptr(Secret) key = secret_new_copy(KEY_PEM, strlen(KEY_PEM));
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    OutboxBundle example = example_bundle(cases[i].with_key ? key : NULL);
    OutboxBundle bundle = bundle_for(&example, cases[i].format);
    if (cases[i].profile != 0)
      bundle.profile = cases[i].profile;
    g_autofree char *readme = outbox_make_readme(&bundle, cases[i].format);
    g_autofree char *flowing = squeeze_spaces(readme);
    g_test_message("%s", readme);
    g_assert_nonnull(strstr(flowing, cases[i].text));
    g_assert_null(strchr(readme, '{'));
    const OutboxMember *member = outbox_formats[cases[i].format]->members;
    for (; member->name != NULL; member++)
      if (outbox_bundle_has_member((OutboxShape){cases[i].with_key, TRUE}, member))
        g_assert_nonnull(strstr(readme, member->name));
  }
}

static void test_naughty_readme(void)
{
  OutboxBundle plain = example_bundle(NULL);
  g_autofree char *plain_readme = outbox_make_readme(&plain, REQUEST_FORMAT_PEM);
  g_autofree char *plain_blocks = markdown_blocks(plain_readme);
  for (gsize i = 0; i < G_N_ELEMENTS(naughty_texts); i++) {
    OutboxBundle bundle = example_bundle(NULL);
    bundle.product_title = naughty_texts[i];
    bundle.organization = naughty_texts[i];
    g_autofree char *clean = outbox_clean_text(naughty_texts[i]);
    g_autofree char *readme = outbox_make_readme(&bundle, REQUEST_FORMAT_PEM);
    g_autofree char *blocks = markdown_blocks(readme);
    g_autofree char *text = markdown_text(readme);
    g_autofree char *expected = g_strdup_printf("Product: %s, of %s. Valid from", clean, clean);
    g_autofree char *squeezed = squeeze_spaces(expected);
    g_assert_cmpstr(blocks, ==, plain_blocks);
    g_assert_nonnull(strstr(text, squeezed));
  }
}

static void test_is_deterministic(void)
{
  g_autoptr(Secret) key = secret_new_copy(KEY_PEM, strlen(KEY_PEM));
  OutboxBundle bundle = example_bundle(key);
  g_autoptr(OutboxArchive) one = make(&bundle, REQUEST_FORMAT_NGINX);
  g_autoptr(OutboxArchive) other = make(&bundle, REQUEST_FORMAT_NGINX);
  g_assert_cmpmem(one->data, one->length, other->data, other->length);
  bundle.not_before += 2;
  g_autoptr(OutboxArchive) later = make(&bundle, REQUEST_FORMAT_NGINX);
  g_assert_cmpint(memcmp(one->data, later->data, MIN(one->length, later->length)), !=, 0);
}

/* The time in the member's header is that of a clock in UTC. */
static void test_time_stamp(void)
{
  OutboxBundle bundle = example_bundle(NULL);
  g_autoptr(OutboxArchive) archive = make(&bundle, REQUEST_FORMAT_NGINX);
  guint time = archive->data[10] | archive->data[11] << 8;
  guint date = archive->data[12] | archive->data[13] << 8;
  g_assert_cmpuint(time, ==, 2 << 11 | 0 << 5 | 6 / 2);
  g_assert_cmpuint(date, ==, (2026 - 1980) << 9 | 11 << 5 | 23);
}

static void *make_many(void *data)
{
  const OutboxArchive *expected = data;
  g_autoptr(Secret) key = secret_new_copy(KEY_PEM, strlen(KEY_PEM));
  OutboxBundle bundle = example_bundle(key);
  for (int i = 0; i < 300; i++) {
    g_autoptr(OutboxArchive) archive = make(&bundle, REQUEST_FORMAT_PEM);
    g_assert_cmpmem(archive->data, archive->length, expected->data, expected->length);
  }
  return NULL;
}

static void test_threads(void)
{
  g_autoptr(Secret) key = secret_new_copy(KEY_PEM, strlen(KEY_PEM));
  OutboxBundle bundle = example_bundle(key);
  g_autoptr(OutboxArchive) expected = make(&bundle, REQUEST_FORMAT_PEM);
  GThread *threads[4];
  for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
    threads[i] = g_thread_new("archives", make_many, expected);
  for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
    g_thread_join(threads[i]);
}

#define CHUNK ((gsize)1 << 20)

/* How often SECRET stands in LENGTH bytes of the memory MEM from BEGIN on. CHUNK
 * bytes of it at a time come to BUFFER, and overlap by the secret's length. */
static guint count_in_range(int mem, gsize begin, gsize length, const Secret *secret,
                            guint8 *buffer)
{
  guint count = 0;
  for (gsize at = begin; at < begin + length; at += CHUNK - secret->length + 1) {
    gssize got = pread(mem, buffer, MIN(CHUNK, begin + length - at), (off_t)at);
    const guint8 *found = buffer - 1;
    while (got > 0 && (found = memmem(found + 1, (gsize)(buffer + got - found - 1), secret->data,
                                      secret->length)) != NULL)
      count++;
  }
  return count;
}

/* How often SECRET stands in the memory of this process. */
static guint count_in_memory(const Secret *secret)
{
  guint8 *buffer = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_assert_true(buffer != MAP_FAILED);
  int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  FILE *maps = fopen("/proc/self/maps", "re");
  g_assert_true(mem >= 0 && maps != NULL);
  guint count = 0;
  char line[4096];
  while (fgets(line, sizeof line, maps) != NULL) {
    gsize begin, end;
    char rights[8];
    g_assert_cmpint(sscanf(line, "%zx-%zx %7s", &begin, &end, rights), ==, 3);
    gsize own = GPOINTER_TO_SIZE(buffer);
    if (g_str_has_prefix(rights, "rw") && end - begin <= 256 * CHUNK) {
      gsize until = own >= begin && own < end ? own : end;
      count += count_in_range(mem, begin, until - begin, secret, buffer);
      if (until != end)
        count += count_in_range(mem, own + CHUNK, end - own - CHUNK, secret, buffer);
    }
  }
  fclose(maps);
  close(mem);
  munmap(buffer, CHUNK);
  return count;
}

/* While an archive is there, the key is in memory once more for each member with it; then
 * once. */
static void test_leaves_no_key(void)
{
  g_autoptr(Secret) key = secret_new(48);
  for (gsize i = 0; i < key->length; i++)
    key->data[i] = (guint8)g_test_rand_int_range(1, 255);
  g_assert_cmpuint(count_in_memory(key), ==, 1);
  OutboxBundle bundle = example_bundle(key);
  for (int i = 0; i < 3; i++)
    for (RequestFormat format = 1; format < REQUEST_FORMAT_N; format++) {
      OutboxArchive *archive = make(&bundle, format);
      guint copies = request_formats[format].keystore   ? 0
                     : format == REQUEST_FORMAT_HAPROXY ? 2
                                                        : 1;
      g_assert_cmpuint(count_in_memory(key), ==, 1 + copies);
      outbox_archive_free(archive);
      g_assert_cmpuint(count_in_memory(key), ==, 1);
    }
}

static void test_large(void)
{
  g_autofree char *filler = g_strnfill(300000, 'A');
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  for (int i = 0; i < 1000; i++)
    g_ptr_array_add(names, g_strdup_printf("host-%d.example.test", i));
  g_ptr_array_add(names, NULL);
  OutboxBundle bundle = example_bundle(NULL);
  bundle.names = (const char *const *)names->pdata;
  bundle.certificate_pem = filler;
  g_autoptr(OutboxArchive) archive = make(&bundle, REQUEST_FORMAT_PEM);
  g_autoptr(GString) order = g_string_new(NULL);
  g_autoptr(GHashTable) members = read_members(archive, order);
  g_assert_cmpuint(strlen(g_hash_table_lookup(members, "cert.pem")), ==, 300000);
  g_assert_nonnull(strstr(g_hash_table_lookup(members, "README.md"), "`host-999.example.test`"));
}

int main(int argc, char **argv)
{
  outbox_test_init(&argc, &argv);
  keystore = g_bytes_new_static("KEYSTORE", 8);
  password = secret_new_copy("password", 8);
  g_test_add_func("/outbox/archive/members", test_members);
  g_test_add_func("/outbox/archive/readme", test_readme);
  g_test_add_func("/outbox/archive/readme-of-each-format", test_readme_of_each_format);
  g_test_add_func("/outbox/archive/naughty-readme", test_naughty_readme);
  g_test_add_func("/outbox/archive/is-deterministic", test_is_deterministic);
  g_test_add_func("/outbox/archive/time-stamp", test_time_stamp);
  g_test_add_func("/outbox/archive/threads", test_threads);
  g_test_add_func("/outbox/archive/leaves-no-key", test_leaves_no_key);
  g_test_add_func("/outbox/archive/large", test_large);
  return g_test_run();
}
