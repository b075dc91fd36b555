/* A page as a tree of cmark nodes: what its files build it with, and how it
 * becomes HTML and Markdown. Text enters through page_add_text() and its like,
 * as literals of nodes; what is markup is ours and constant (PageMark). */
#ifndef CERTDROP_REPORTS_PAGE_H
#define CERTDROP_REPORTS_PAGE_H

#include <cmark.h>

#include "lifecycle/lifecycle.h"

/* The entry of the navigation that a page belongs to. */
typedef enum {
  PAGE_VIEW_OVERVIEW = 1,
  PAGE_VIEW_CERTIFICATES,
  PAGE_VIEW_UNISSUED,
  PAGE_VIEW_DEPLOYMENTS,
  PAGE_VIEW_CALENDAR,
  PAGE_VIEW_INCOMING,
  PAGE_VIEW_ACTIVITY,
  PAGE_VIEW_SPENDING,
  PAGE_VIEW_PURCHASE,
  PAGE_VIEW_DOCUMENTS,
  PAGE_VIEW_SEARCH,
  PAGE_VIEW_N
} PageView;

/* The script that a page loads; it works without. */
typedef enum {
  PAGE_SCRIPT_NONE = 0,
  PAGE_SCRIPT_FORM,
  PAGE_SCRIPT_SEARCH,
  PAGE_SCRIPT_LIST,
  PAGE_SCRIPT_N
} PageScript;

typedef struct {
  cmark_node *root;
  char *title; /* of the window; plain text */
  PageView view;
  PageScript script;
  guint depth; /* folders between the page and reports/ */
} Page;

/* TITLE is copied. */
Page *page_new(PageView view, guint depth, const char *title);
void page_free(Page *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Page, page_free)

/* Where a mark may stand. */
typedef enum {
  PAGE_MARK_BLOCK = 1, /* where a block may */
  PAGE_MARK_INLINE,    /* inside a line */
  PAGE_MARK_CELL,      /* the same, and reads the same wherever that is */
  PAGE_MARK_ROW,       /* the same, with a line end at its end */
} PageMarkPlace;

/* Constant markup around the children of a node, in both forms; NULL is nothing. */
typedef struct {
  PageMarkPlace place;
  const char *html_enter;
  const char *html_exit;
  const char *markdown_enter;
  const char *markdown_exit;
} PageMark;

extern const PageMark page_mark_split;   /* two columns on a wide screen … */
extern const PageMark page_mark_aside;   /* … the second of which is this */
extern const PageMark page_mark_panel;   /* a framed part with a heading of its own */
extern const PageMark page_mark_panels;  /* panels side by side */
extern const PageMark page_mark_tiles;   /* a list of numbers, each with its name */
extern const PageMark page_mark_bar;     /* a list of links in one line */
extern const PageMark page_mark_lead;    /* what stands under the title */
extern const PageMark page_mark_alert;   /* what is wrong */
extern const PageMark page_mark_off;     /* what is not possible now */
extern const PageMark page_mark_small;   /* a second, quiet line in a cell */
extern const PageMark page_mark_note;    /* the same in the line where there is room */
extern const PageMark page_mark_act;     /* what can be done with it, at the end of the line */
extern const PageMark page_mark_current; /* where one is, in a list of links */

/* Each adds a node at the end of PARENT and returns it. */
cmark_node *page_add(cmark_node *parent, cmark_node_type type);
cmark_node *page_add_mark(cmark_node *parent, const PageMark *mark);
cmark_node *page_add_heading(cmark_node *parent, int level, const char *text);
cmark_node *page_add_paragraph(cmark_node *parent);
cmark_node *page_add_list(cmark_node *parent);
/* A numbered list. */
cmark_node *page_add_steps(cmark_node *parent);
/* A new item of a list; returns its paragraph. */
cmark_node *page_add_item(cmark_node *list);
/* A block of code in LANGUAGE: lines of any origin, without what no page can hold. */
void page_add_listing(cmark_node *parent, const char *language, const char *text);

/* Text of any origin. Spaces, line ends among them, become one; what no page
 * can hold (control characters, marks that turn the direction of text) becomes
 * U+FFFD. What GFM would read as more than text is kept from it: "|" and "~"
 * are escaped, an address becomes code. */
void page_add_text(cmark_node *parent, const char *text);
/* TEXT with one space for many and without what no page can hold: itself, or what is kept
 * in *OWNED, for the caller to free. */
const char *page_clean_text(const char *text, char **owned);
void page_add_format(cmark_node *parent, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Text set as code: IDs, names, hashes. */
void page_add_code(cmark_node *parent, const char *text);
/* Our own words, set strong. */
void page_add_strong(cmark_node *parent, const char *text);
/* Starts a new line in a cell. */
void page_add_break(cmark_node *parent);

/* A link to the page PATH (below reports/, without its extension), to be filled
 * with text. In the Markdown it leads to that page's Markdown. */
cmark_node *page_add_link(const Page *page, cmark_node *parent, const char *path);
/* The same with what the page begins with behind "#", whose characters are those of an
 * address; the Markdown does without. FRAGMENT may be NULL. */
cmark_node *page_add_link_at(const Page *page, cmark_node *parent, const char *path,
                             const char *fragment);
/* The same for the page NAME in FOLDER. */
cmark_node *page_add_link_in(const Page *page, cmark_node *parent, const char *folder,
                             const char *name);
/* A link to a file of the instance (PATH below its folder), to be filled. */
cmark_node *page_add_file_link(const Page *page, cmark_node *parent, const char *path);

/* A link to the feed NAME, which lies in reports/ as it is, to be filled. */
cmark_node *page_add_feed_link(const Page *page, cmark_node *parent, const char *name);

/* A certificate's ID as a link to its page. */
void page_add_certificate(const Page *page, cmark_node *parent, const char *id);
/* A status as a link to its list: the badge. 0, that of a deleted certificate, has no list. */
void page_add_status(const Page *page, cmark_node *parent, LifecycleStatus status);
/* NAMES, the first LIMIT of them; the others are counted. "--" for none. */
void page_add_names(cmark_node *parent, char **names, guint limit);
/* "Nov 23, 2026"; "Nov 23, 2026, 02:00 UTC"; "--" for none. */
void page_add_date(cmark_node *parent, gint64 time);
void page_add_time(cmark_node *parent, gint64 time);
/* "1 file", "1,234 files": TEXT is the singular, an "s" makes the plural. */
char *page_count(gint64 count, const char *noun);
char *page_number(gint64 number);

/* The page's content in one form and in the other; it lives as long as the
 * page. The Markdown is the last that can be made of a page. */
const char *page_to_html(Page *page);
const char *page_to_markdown(Page *page);

/* SIZE bytes that live as long as the pages of this thread. */
void *page_take(gsize size);

#endif
