/* The frame around a page: head, navigation, footer, from the templates
 * assets/page.html and assets/page.md. In them stand
 *   {{title}}        the page's title, escaped
 *   {{root}}         the way up to reports/: "", "../", …
 *   {{name}}         the page's own file name without its extension
 *   {{content}}      what the page's tree became
 *   {{script}}       the element that loads the page's script, if it has one
 *   {{policy}}       the same page's leave to load it
 *   {{current VIEW}} ' aria-current="page"' in the navigation, where one is */
#ifndef CERTDROP_REPORTS_FRAME_H
#define CERTDROP_REPORTS_FRAME_H

#include "reports/page.h"

typedef enum { FRAME_HTML = 1, FRAME_MARKDOWN, FRAME_N } FrameForm;

/* The extension of a form's files: ".html", ".md". */
extern const char *const frame_extensions[FRAME_N];

typedef struct {
  const char *text; /* lives as long as the page */
  gsize length;
} FrameText;

/* CONTENT of PAGE in its frame; NAME is its file name without extension. */
FrameText frame_fill(FrameForm form, const Page *page, const char *name, const char *content);

/* What lies beside the pages, below reports/: the style sheet and the scripts. */
typedef enum {
  FRAME_FILE_STYLE = 1,
  FRAME_FILE_FORM,
  FRAME_FILE_SEARCH,
  FRAME_FILE_LIST,
  FRAME_FILE_N
} FrameFile;
extern const char *const frame_files[FRAME_FILE_N];

/* The content of FILE (borrowed). */
GBytes *frame_file(FrameFile file);

#endif
