/* The lines of the search index (search.h says what they are): made from facts, and compared.
 * No files. */
#ifndef CERTDROP_REPORTS_SEARCH_LINES_H
#define CERTDROP_REPORTS_SEARCH_LINES_H

#include <glib.h>

/* A term goes no further than that, escaped. What is searched for is cut in the same way. */
#define SEARCH_TERM_LENGTH 60

/* What the index knows of a certificate. */
typedef struct {
  gint64 number; /* of creation */
  const char *id;
  const char *status;  /* by name; NULL: it is deleted */
  gint64 not_after;    /* 0: none */
  char *const *names;  /* NULL: none */
  const char *company; /* or NULL */
  const char *serial;  /* or NULL */
} SearchFacts;

/* Appends TEXT as it stands between quotes in a line; at most LIMIT bytes, whole characters. */
void search_escape(GString *out, const char *text, gsize limit);

/* TEXT as it is compared: NFKC, each character in lower case, single blanks. The caller frees
 * it. search.js does the same. */
char *search_fold(const char *text);

/* The record, with its line end. The caller frees it. */
char *search_record(const SearchFacts *facts);

/* The lines of the terms, in order, each once: GPtrArray of char *, owned. */
GPtrArray *search_terms(const SearchFacts *facts);

/* The same for what RECORD, of LENGTH bytes, says; NULL where it is no record. */
GPtrArray *search_terms_of_record(const char *record, gsize length);

/* Where LINE's key begins, and how long it is. */
#define SEARCH_KEY_AT 2
gsize search_key_length(const char *line);

#endif
