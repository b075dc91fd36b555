/* What the files of package share. */
#ifndef CERTDROP_INTAKE_PACKAGE_PRIVATE_H
#define CERTDROP_INTAKE_PACKAGE_PRIVATE_H

#include "intake/package.h"

#include <archive.h>

/* What hands an archive's bytes to libarchive: a block of the file itself for a
 * zip, what a gzip unpacks to for a tar. Both read with pread() and ask for the
 * length with lseek() alone, since a jail has no fstat(). */
typedef struct PackageStream PackageStream;

/* Opens READER on FD. Or adds a fault; the reader is then of no use. Of a DAMAGED
 * zip its files are read one after the other, without its directory of contents. */
PackageStream *package_zip_open(int fd, gboolean damaged, struct archive *reader,
                                GPtrArray *faults);
/* The same; no more than LIMIT bytes are unpacked. */
PackageStream *package_gzip_open(int fd, guint64 limit, struct archive *reader, GPtrArray *faults);

/* After the last member: whether the file is whole and ends there, or a fault. */
gboolean package_stream_finish(PackageStream *stream, GPtrArray *faults);

/* Whether a limit was the reason for libarchive to stop. */
gboolean package_stream_is_over_limit(const PackageStream *stream);

/* Adds the fault; returns FALSE. */
gboolean package_refuse_without_document(GPtrArray *faults);

/* Wipes what was unpacked last. */
void package_stream_free(PackageStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageStream, package_stream_free)

/* What a member's name, as it stands in the archive, makes of it. */
typedef enum {
  PACKAGE_NAME_TAKEN = 1,
  PACKAGE_NAME_SKIPPED, /* what a system adds: not the sender's doing */
  PACKAGE_NAME_REFUSED, /* a fault was added */
} PackageNameVerdict;

/* Checks NAME, which may be NULL where libarchive could not read it. "./" in
 * front, as tar writes it, is not part of *RET_NAME, which points into NAME. */
PackageNameVerdict package_check_name(const char *name, GPtrArray *faults, const char **ret_name);

gboolean package_name_is_document(const char *name);

PackageMember *package_member_new(const char *name, guint8 *bytes, gsize length);
void package_member_free(PackageMember *member);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageMember, package_member_free)

#endif
