/* What comes back from a reader: a file's items, each a request or faults. */
#ifndef CERTDROP_REQUEST_REQUEST_H
#define CERTDROP_REQUEST_REQUEST_H

#include "base/secret.h"
#include "request/fault.h"
#include "request/ids.h"
#include "request/kinds.h"

/* One item of a file: a document, or one part of a batch. */
typedef struct {
  RequestKind kind;
  char *ref;         /* NULL where it could not be read */
  guint line;        /* of its element */
  char *hash;        /* SHA-256 of its canonical XML and its attachments' hashes,
                        hexadecimal: two items are the same where it is (rules.md 1) */
  gpointer body;     /* the kind's struct; NULL where there are faults */
  GPtrArray *faults; /* Fault: what is wrong with the item itself */
  gboolean secrets;  /* it carries a private key or a passphrase */
  Secret *key;       /* of an upload: its private key in PKCS#8, or NULL */
  gsize key_length;  /* … and its bytes, since it crosses between the processes apart */
} RequestItem;

/* The longest key that crosses: RSA of 16384 bits fits. */
#define REQUEST_KEY_LIMIT (16 << 10)

/* What a reader says of a whole file, after its items. */
typedef struct {
  char *sha256;        /* of the file's bytes, hexadecimal */
  GPtrArray *faults;   /* Fault of the file as a whole: it is refused, items or not */
  gboolean unfinished; /* not well formed at its very end: perhaps still being written */
  gboolean batch;
  gboolean atomic;
  gboolean secrets; /* it carries secrets and must not be kept (rules.md 8) */
  GBytes *blanked;  /* of a package with secrets: the package without them */
  gint64 items;     /* how many there are */
} RequestFile;

RequestItem *request_item_new(void);
void request_item_free(RequestItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RequestItem, request_item_free)

RequestFile *request_file_new(void);
void request_file_free(RequestFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RequestFile, request_file_free)

/* How both travel: as bytes, checked on arrival. The _from_bytes functions return
 * NULL for anything that is not what the other one writes, and for an item that
 * lacks what its schema asks for or whose references and attachments could lead
 * out of their folders: a reader may have been taken over by what it read. */
GBytes *request_item_to_bytes(const RequestItem *item);
RequestItem *request_item_from_bytes(GBytes *bytes);
GBytes *request_file_to_bytes(const RequestFile *file);
RequestFile *request_file_from_bytes(GBytes *bytes);

/* Faults as bytes, for the ledger. */
GBytes *request_faults_to_bytes(const GPtrArray *faults);
GPtrArray *request_faults_from_bytes(GBytes *bytes);

/* Whether TEXT, or NULL, is a reference as the schema has it: part of a path, once
 * it is accepted, and so checked again when it comes from a reader. */
gboolean request_is_reference(const char *text);

/* Whether REF may name certificates (rules.md 2); otherwise adds a fault. */
gboolean request_check_creating_ref(const char *ref, guint line, GPtrArray *faults);

#endif
