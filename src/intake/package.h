/* A package: a .zip or .tar.gz that holds one XML document and the files that it
 * names, all at the top. Everything in it is hostile until read: sizes are
 * counted, not believed, and every member has a plain name.
 *
 * Taken: zip (stored or deflated, not encrypted, not split) and tar in gzip; no
 * other format or filter is even switched on. Passed over: entries of folders,
 * what macOS and Windows add (__MACOSX/, ._NAME, .DS_Store, Thumbs.db).
 * Refused, each with its own fault: files in folders, absolute paths, "..",
 * links, devices, names that are not [A-Za-z0-9][A-Za-z0-9._-]{0,63}, two
 * members of one name (upper and lower case are the same here), no or several
 * XML documents, too many or too large members, damaged, cut off or encrypted
 * packages, anything before or behind the archive.
 *
 * Reading opens no file once package_preload() has run. */
#ifndef CERTDROP_INTAKE_PACKAGE_H
#define CERTDROP_INTAKE_PACKAGE_H

#include <glib.h>

typedef enum {
  PACKAGE_KIND_EMPTY = 1, /* no bytes, or only white space */
  PACKAGE_KIND_XML,       /* begins like XML, in UTF-8, UTF-16 or UTF-32 */
  PACKAGE_KIND_ZIP,
  PACKAGE_KIND_GZIP, /* taken for a tar.gz */
  PACKAGE_KIND_OTHER,
  PACKAGE_KIND_N
} PackageKind;

typedef struct {
  guint members;        /* files, the document included */
  guint entries;        /* the same with folders and what is passed over */
  gsize document_bytes; /* of the XML document */
  gsize member_bytes;   /* of any other file */
  gsize total_bytes;    /* of all together, unpacked */
} PackageLimits;

/* 20 members, 100 entries, 16 MiB for the document, 5 MiB for a file (an
 * image's own limit is lower, and has its own fault), 32 MiB together. */
extern const PackageLimits package_default_limits;

typedef struct {
  char *name;
  guint8 *bytes; /* LENGTH bytes, wiped when freed */
  gsize length;
} PackageMember;

typedef struct {
  PackageMember *document; /* the one whose name ends in .xml; NULL for package_read_remains() */
  GPtrArray *members;      /* of PackageMember: all others, in the archive's order */
} Package;

/* Prepares the process for package_read() in a jail: sets LC_CTYPE to C.UTF-8
 * (libarchive reads UTF-8 names only there), loads what iconv needs, and sets TZ
 * to UTC0 (libarchive converts the times in a zip; with TZ unset glibc would look
 * for /etc/localtime each time). Before other threads. Fails with
 * CERTDROP_ERROR_IO. */
gboolean package_preload(GError **error);

/* What a file is, by its first LENGTH bytes (512 are plenty). */
PackageKind package_kind_from_bytes(const guint8 *bytes, gsize length);

/* Reads the whole package from FD, a regular file open for reading; its offset
 * is moved. Returns it, or NULL after it added at least one fault to FAULTS:
 *   package-format   not a package, damaged, cut off, encrypted, more than an archive
 *   package-name     a member's name is refused, or it lies in a folder
 *   package-limits   too many or too large members
 *   package-content  a link or device, no or several documents */
Package *package_read(int fd, const PackageLimits *limits, GPtrArray *faults);

/* What can be read of a package that package_read() refused, so that what is kept
 * of it can be rid of secrets: for package_write_blanked() alone. All files in it
 * are members, whatever they are called ("file-3", the third, if its name was
 * refused), as far as LIMITS and damage allow; of an encrypted package none.
 * Never NULL. */
Package *package_read_remains(int fd, const PackageLimits *limits);

/* The member called NAME (as the document names it, exactly), or NULL. */
const PackageMember *package_find_member(const Package *package, const char *name);

/* Whether MEMBER is or may hold a private key by its bytes or its name: a
 * PKCS#12 or key file in DER, a Java key store, or text with something that
 * secrets.h blanks. */
gboolean package_member_is_secret(const PackageMember *member);

/* The package without its secrets, as a zip in memory with everything stored:
 * the document and other texts blanked by secrets.h, key files and those listed
 * in KEY_FILES (NULL-terminated or NULL: what the document names as <pkcs12>)
 * replaced by a line that says so; images as they are. *RET_FOUND (may be NULL)
 * tells whether anything was blanked or replaced. The same package gives the
 * same bytes. Free with g_byte_array_unref(). Fails with CERTDROP_ERROR_IO. */
GByteArray *package_write_blanked(const Package *package, const char *const *key_files,
                                  gboolean *ret_found, GError **error);

void package_free(Package *package);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Package, package_free)

#endif
