#include "intake/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "intake/document-private.h"
#include "intake/hooks-private.h"
#include "intake/jail-private.h"
#include "intake/package.h"
#include "intake/read-private.h"
#include "intake/wire-private.h"
#include "pki/pki.h"

/* Answers are sent when so many bytes are ready, and at the end of each file. */
#define FLUSH_LENGTH ((guint)32 << 10)

typedef struct {
  GByteArray *out;
  guint32 ticket; /* of the file at hand */
} Answering;

/* Nobody listens any more: there is nothing left to do. */
static void flush_answers(GByteArray *out)
{
  if (!wire_flush(WIRE_READER_SOCKET, out))
    _exit(0);
}

static void answer(Answering *answering, WireType type, GBytes *bytes)
{
  gsize length;
  const void *data = g_bytes_get_data(bytes, &length);
  wire_append(answering->out, type, answering->ticket, data, length);
  if (type == WIRE_TYPE_FILE || answering->out->len > FLUSH_LENGTH)
    flush_answers(answering->out);
}

static void answer_batch(const RequestFile *file, gpointer data)
{
  g_autoptr(GBytes) bytes = request_file_to_bytes(file);
  answer(data, WIRE_TYPE_BATCH, bytes);
}

/* The keeper must not wait for what was answered before while the reader waits to be rid of a
 * key. */
static void send_key(Answering *answering, const Secret *key)
{
  flush_answers(answering->out);
  if (!wire_send_secret(WIRE_READER_KEYS, key))
    _exit(0);
}

static void answer_item(const RequestItem *item, gpointer data)
{
  if (item->key != NULL)
    send_key(data, item->key);
  g_autoptr(GBytes) bytes = request_item_to_bytes(item);
  answer(data, WIRE_TYPE_ITEM, bytes);
}

static const ReadSink sink = {answer_batch, answer_item};

static void serve(Schema *schema)
{
  g_autoptr(GByteArray) out = g_byte_array_new();
  wire_append(out, WIRE_TYPE_READY, 0, NULL, 0);
  flush_answers(out);
  Answering answering = {out, 0};
  int fd;
  while (wire_receive_order(WIRE_READER_SOCKET, &answering.ticket, &fd)) {
    g_autoptr(RequestFile) file = read_file(schema, fd, &sink, &answering);
    close(fd);
    g_autoptr(GBytes) bytes = request_file_to_bytes(file);
    answer(&answering, WIRE_TYPE_FILE, bytes);
  }
}

/* Loads all that would be loaded from files later, when no file can be opened any more. */
static Schema *preload(GError **error)
{
  document_initialise();
  if (!package_preload(error) || !pki_init(PKI_SECURE_HEAP_READER, error))
    return NULL;
  pki_foreign_preload();
  return schema_load("documents.xsd", error);
}

/* GLib ends the process when memory gives out; the keeper is told that by the exit status. */
static GLogWriterOutput on_message(GLogLevelFlags level, const GLogField *fields, gsize count,
                                   gpointer data)
{
  if ((level & G_LOG_LEVEL_ERROR) != 0)
    _exit(WIRE_EXIT_MEMORY);
  return g_log_writer_default(level, fields, count, data);
}

/* Ctrl-C and systemd's stop reach the whole group; it is for the keeper to say when to end. The
 * reader ends with it. */
static void arrange_end(void)
{
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  signal(SIGQUIT, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

/* From here on what a file makes of this process has no way to the terminal. */
static void silence(void)
{
#ifndef CERTDROP_SANITIZED
  int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null < 0)
    return;
  dup2(null, STDERR_FILENO);
  close(null);
#endif
}

static int fail(const GError *error)
{
  g_autoptr(GByteArray) out = g_byte_array_new();
  wire_append(out, WIRE_TYPE_FAILED, 0, error->message, strlen(error->message));
  wire_flush(WIRE_READER_SOCKET, out);
  return EXIT_FAILURE;
}

int intake_reader_main(int argc G_GNUC_UNUSED, char **argv G_GNUC_UNUSED)
{
  arrange_end();
  g_autoptr(GError) error = NULL;
  g_autoptr(Schema) schema = preload(&error);
  if (schema == NULL)
    return fail(error);
  g_log_set_writer_func(on_message, NULL, NULL);
  silence();
  if (!jail_close(WIRE_READER_SOCKET, WIRE_READER_KEYS, &error))
    return fail(error);
  hooks_arm();
  serve(schema);
  /* What runs at a normal end is not made for a jail. */
  _exit(EXIT_SUCCESS);
}
