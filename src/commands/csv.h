/* Tables as spreadsheets write them (RFC 4180, read by libcsv): UTF-8 with or without its
 * mark, commas, semicolons or tabs between, quoted fields with line ends in them, lines ended
 * by LF, CRLF or CR. */
#ifndef CERTDROP_COMMANDS_CSV_H
#define CERTDROP_COMMANDS_CSV_H

#include <glib.h>

/* A row: FIELDS are its texts (char *), without the blanks around those that are not
 * quoted; LINE is where it begins. Rows without any text are left out. */
typedef void (*CsvRow)(const GPtrArray *fields, guint line, gpointer data);

/* Reads LENGTH BYTES and hands over each row. FALSE with ERROR set (CERTDROP_ERROR_REFUSED,
 * "NAME:7: …") where they are no such table; rows before that were handed over. */
gboolean csv_read(const char *name, const char *bytes, gsize length, CsvRow row, gpointer data,
                  GError **error);

#endif
