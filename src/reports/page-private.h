/* What page.c, page-link.c and page-render.c share. */
#ifndef CERTDROP_REPORTS_PAGE_PRIVATE_H
#define CERTDROP_REPORTS_PAGE_PRIVATE_H

#include "reports/page.h"

/* The user data of a link between pages: its address ends in ".html" or ".md",
 * by the form that is rendered. */
extern const PageMark page_mark_link;

/* ---- page-memory.c ---- */

/* Where the nodes of all pages and what cmark makes of them are taken from. */
extern cmark_mem page_memory;

/* A page of the calling thread begins, or ends: when as many have ended as
 * began, all that was taken is given back. A page stays in its thread. */
void page_memory_begin(void);
void page_memory_end(void);

#endif
