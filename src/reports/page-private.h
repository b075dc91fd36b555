/* What the files of page.h share. */
#ifndef CERTDROP_REPORTS_PAGE_PRIVATE_H
#define CERTDROP_REPORTS_PAGE_PRIVATE_H

#include "reports/page.h"

/* The user data of a link between pages: its address ends in ".html" or ".md",
 * by the form that is rendered. */
extern const PageMark page_mark_link;

/* ---- page-render.c ---- */

/* Exchanges what differs in the Markdown, in ROOT and below it. */
void page_exchange(cmark_node *root);

/* ---- page-memory.c ---- */

/* Where the nodes of all pages and what cmark makes of them are taken from. */
extern cmark_mem page_memory;

/* A page of the calling thread begins, or ends: when as many have ended as
 * began, all that was taken is given back. A page stays in its thread. */
void page_memory_begin(void);
void page_memory_end(void);

/* ---- page-repeat.c ---- */

/* Cuts out of ROOT the parts that read the same wherever they stand, and adds their Markdown
 * to CUTS in the order of the page. They are the thread's, until its next page is cut.
 * Returns the bytes of all of them. */
gsize page_repeat_cut(cmark_node *root, GPtrArray *cuts);
/* The Markdown of a page out of which CUTS of SIZE bytes were cut, with them; of the page. */
const char *page_repeat_fill(const char *markdown, const GPtrArray *cuts, gsize size);

#endif
