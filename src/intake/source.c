#include "intake/source-private.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

#include "base/autoptr.h"
#include "base/text.h"
#include "intake/decode-private.h"
#include "intake/secrets.h"
#include "request/fault.h"

#define BLOCK ((gsize)32 << 10)

struct Source {
  int fd; /* -1: in memory */
  const guint8 *memory;
  gsize memory_length;
  goffset offset; /* of the next byte to be fetched */
  gboolean fetched_all;
  gboolean cut; /* it ends within a character */

  gsize limit;
  const char *limit_code;
  const char *limit_text;
  gsize token; /* bytes handed out since the last mark */

  DecodeEncoding encoding; /* 0: not known yet */
  gsize raw_length;        /* bytes fetched and not decoded */
  gsize text_start, text_end;
  guint line; /* of the next character to be decoded */

  EVP_MD_CTX *digest;
  SecretsBlanker *blanker; /* NULL: not searched */
  GByteArray *blanked;     /* what the blanker lets out, thrown away */
  GPtrArray *faults;       /* at most one: why the source ends early */

  guint8 raw[BLOCK];
  guint8 text[2 * BLOCK];
};

static Source *source_allocate(void)
{
  Source *source = g_malloc(sizeof *source);
  memset(source, 0, G_STRUCT_OFFSET(Source, raw));
  source->fd = -1;
  source->limit = G_MAXSIZE;
  source->line = 1;
  source->digest = EVP_MD_CTX_new();
  g_assert(source->digest != NULL);
  int started = EVP_DigestInit_ex2(source->digest, EVP_sha256(), NULL);
  g_assert(started == 1);
  source->blanker = secrets_blanker_new();
  source->blanked = g_byte_array_new();
  source->faults = fault_array_new();
  return source;
}

Source *source_new(int fd)
{
  Source *source = source_allocate();
  source->fd = fd;
  return source;
}

Source *source_new_memory(const void *bytes, gsize length)
{
  Source *source = source_allocate();
  source->memory = bytes;
  source->memory_length = length;
  return source;
}

void source_free(Source *source)
{
  if (source == NULL)
    return;
  EVP_MD_CTX_free(source->digest);
  secrets_blanker_free(source->blanker);
  g_byte_array_unref(source->blanked);
  g_ptr_array_unref(source->faults);
  /* No more of the buffers was used than the file has bytes. */
  OPENSSL_cleanse(source->raw, MIN(sizeof source->raw, (gsize)source->offset));
  OPENSSL_cleanse(source->text, MIN(sizeof source->text, 2 * (gsize)source->offset));
  g_free(source);
}

/* Reads up to LENGTH bytes at OFFSET. Fewer only at the end; -1 with errno set. */
static gssize read_at(const Source *source, goffset offset, guint8 *ret_bytes, gsize length)
{
  if (source->fd < 0) {
    gsize left = source->memory_length - (gsize)offset;
    gsize got = MIN(left, length);
    memcpy(ret_bytes, source->memory + offset, got);
    return (gssize)got;
  }
  gsize got = 0;
  while (got < length) {
    ssize_t more = pread(source->fd, ret_bytes + got, length - got, offset + (goffset)got);
    if (more < 0 && errno == EINTR)
      continue;
    if (more < 0)
      return -1;
    if (more == 0)
      break;
    got += (gsize)more;
  }
  return (gssize)got;
}

gssize source_peek(const Source *source, guint8 *ret_bytes, gsize length)
{
  return read_at(source, 0, ret_bytes, length);
}

void source_skip_secrets(Source *source)
{
  g_clear_pointer(&source->blanker, secrets_blanker_free);
}

void source_limit(Source *source, gsize limit, const char *code, const char *text)
{
  source->limit = limit;
  source->limit_code = code;
  source->limit_text = text;
}

/* Fetches what there is room for behind the bytes left over. */
static gboolean fetch(Source *source)
{
  guint8 *into = source->raw + source->raw_length;
  gsize room = sizeof source->raw - source->raw_length;
  gssize got = read_at(source, source->offset, into, room);
  if (got < 0) {
    fault_add(source->faults, "file-unreadable", 0, NULL, "the file cannot be read: %s",
              g_strerror(errno));
    return FALSE;
  }
  source->offset += got;
  source->raw_length += (gsize)got;
  source->fetched_all = (gsize)got < room;
  int hashed = EVP_DigestUpdate(source->digest, into, (gsize)got);
  g_assert(hashed == 1);
  if (source->blanker != NULL && !secrets_blanker_found(source->blanker)) {
    secrets_blanker_feed(source->blanker, into, (gsize)got, source->blanked);
    g_byte_array_set_size(source->blanked, 0);
  }
  return TRUE;
}

static gboolean detect(Source *source)
{
  gsize mark = 0;
  g_autofree char *reason = NULL;
  source->encoding =
      decode_detect(source->raw, MIN(source->raw_length, DECODE_DETECT_LENGTH), &mark, &reason);
  if (source->encoding == 0) {
    fault_add(source->faults, "encoding", 1, NULL, "%s", reason);
    return FALSE;
  }
  source->raw_length -= mark;
  memmove(source->raw, source->raw + mark, source->raw_length);
  return TRUE;
}

static guint count_lines(const guint8 *text, gsize length)
{
  guint lines = 0;
  const guint8 *end = text + length;
  while ((text = memchr(text, '\n', (gsize)(end - text))) != NULL) {
    lines++;
    text++;
  }
  return lines;
}

static void add_encoding_fault(Source *source)
{
  const char *name = decode_encoding_name(source->encoding);
  gboolean wide =
      source->encoding == DECODE_ENCODING_UTF16_LE || source->encoding == DECODE_ENCODING_UTF16_BE;
  if (wide && !source->cut)
    fault_add(source->faults, "encoding", source->line, NULL,
              "there is a zero or half a character (a lone surrogate) here, which is not %s; save "
              "the file as UTF-8",
              name);
  else if (!wide && source->raw[0] == 0)
    fault_add(source->faults, "encoding", source->line, NULL,
              "there is a zero byte here, which is not text in %s; save the file as UTF-8 text",
              name);
  else if (source->cut)
    fault_add(source->faults, "encoding", source->line, NULL,
              "the file ends in the middle of a character");
  else
    fault_add(source->faults, "encoding", source->line, NULL,
              "the byte 0x%02X here is not %s; save the file as UTF-8, or name its encoding in the "
              "first line, such as <?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
              source->raw[0], name);
}

/* Fills the text buffer, which is empty. FALSE where a fault ends the source. */
static gboolean decode(Source *source)
{
  if (!source->fetched_all && !fetch(source))
    return FALSE;
  if ((gsize)source->offset > source->limit) {
    fault_add(source->faults, source->limit_code, 0, NULL, "%s", source->limit_text);
    return FALSE;
  }
  if (source->encoding == 0 && !detect(source))
    return FALSE;
  DecodeStep step = decode_step(source->encoding, source->raw, source->raw_length, source->text);
  source->text_start = 0;
  source->text_end = step.written;
  source->line += count_lines(source->text, step.written);
  source->raw_length -= step.taken;
  memmove(source->raw, source->raw + step.taken, source->raw_length);
  /* What stands before a bad byte is handed out first: the parser may find a
   * fault of its own there. */
  if (step.written > 0)
    return TRUE;
  source->cut = !step.bad && source->fetched_all && source->raw_length > 0;
  if (!step.bad && !source->cut)
    return TRUE;
  add_encoding_fault(source);
  return FALSE;
}

int source_read(void *data, char *buffer, int length)
{
  Source *source = data;
  if (source->faults->len > 0)
    return -1;
  while (source->text_start == source->text_end) {
    if (source->fetched_all && source->raw_length == 0)
      return 0;
    if (!decode(source))
      return -1;
  }
  gsize count = MIN(source->text_end - source->text_start, (gsize)length);
  source->token += count;
  if (source->token > SOURCE_TOKEN_LIMIT) {
    fault_add(source->faults, "xml-limits", source->line, NULL,
              "a tag, comment or text near here is longer than %zu bytes", SOURCE_TOKEN_LIMIT);
    return -1;
  }
  memcpy(buffer, source->text + source->text_start, count);
  source->text_start += count;
  return (int)count;
}

void source_mark(Source *source)
{
  source->token = 0;
}

gboolean source_is_at_end(const Source *source)
{
  return source->fetched_all && source->raw_length == 0 && source->text_start == source->text_end;
}

gboolean source_has_fault(const Source *source)
{
  return source->faults->len > 0;
}

gboolean source_is_cut(const Source *source)
{
  return source->cut;
}

gboolean source_add_fault(const Source *source, GPtrArray *faults)
{
  if (source->faults->len == 0)
    return FALSE;
  const Fault *fault = g_ptr_array_index(source->faults, 0);
  fault_add(faults, fault->code, fault->line, fault->element, "%s", fault->text);
  return TRUE;
}

gboolean source_drain(Source *source, gsize limit)
{
  while (!source->fetched_all && (gsize)source->offset < limit) {
    source->raw_length = 0;
    if (!fetch(source))
      return FALSE;
  }
  return TRUE;
}

char *source_sha256(Source *source)
{
  guint8 hash[EVP_MAX_MD_SIZE];
  guint length = 0;
  g_autoptr(EVP_MD_CTX) copy = EVP_MD_CTX_new();
  int ok = copy != NULL && EVP_MD_CTX_copy_ex(copy, source->digest) == 1 &&
           EVP_DigestFinal_ex(copy, hash, &length) == 1;
  g_assert(ok);
  return text_format_hex(hash, length);
}

gboolean source_has_secrets(Source *source)
{
  g_autoptr(SecretsBlanker) blanker = g_steal_pointer(&source->blanker);
  secrets_blanker_finish(blanker, source->blanked);
  return secrets_blanker_found(blanker);
}
