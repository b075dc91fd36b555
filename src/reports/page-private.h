/* What page.c, page-link.c and page-render.c share. */
#ifndef CERTDROP_REPORTS_PAGE_PRIVATE_H
#define CERTDROP_REPORTS_PAGE_PRIVATE_H

#include "reports/page.h"

/* The user data of a link between pages: its address ends in ".html" or ".md",
 * by the form that is rendered. */
extern const PageMark page_mark_link;

#endif
