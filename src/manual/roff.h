/* Text as mdoc(7) takes it: nothing in it is taken for a macro or an escape. */
#ifndef CERTDROP_MANUAL_ROFF_H
#define CERTDROP_MANUAL_ROFF_H

#include <glib.h>

/* Appends WORD to PAGE, as one argument of a macro. */
void roff_add_word(GString *page, const char *word);

/* Appends TEXT as lines of their own, one for each sentence. */
void roff_add_text(GString *page, const char *text);

/* Appends the LENGTH bytes of TEXT line by line, for a literal display. */
void roff_add_verbatim(GString *page, const char *text, gsize length);

#endif
