#include "reports/frame.h"

#include <gio/gio.h>
#include <string.h>

const char *const frame_extensions[FRAME_N] = {
    [FRAME_HTML] = ".html",
    [FRAME_MARKDOWN] = ".md",
};

/* How the navigation says where one is. */
#define FRAME_CURRENT " aria-current=\"page\""

typedef enum { ASSET_PAGE_HTML = FRAME_HTML, ASSET_PAGE_MARKDOWN, ASSET_STYLE, ASSET_N } Asset;

static const char *const asset_paths[ASSET_N] = {
    [ASSET_PAGE_HTML] = "/certdrop/assets/page.html",
    [ASSET_PAGE_MARKDOWN] = "/certdrop/assets/page.md",
    [ASSET_STYLE] = "/certdrop/assets/style.css",
};

static const char *const view_names[PAGE_VIEW_N] = {
    [PAGE_VIEW_OVERVIEW] = "overview", [PAGE_VIEW_CERTIFICATES] = "certificates",
    [PAGE_VIEW_UNISSUED] = "unissued", [PAGE_VIEW_INCOMING] = "incoming",
    [PAGE_VIEW_PURCHASE] = "purchase", [PAGE_VIEW_DOCUMENTS] = "documents",
};

/* What stands for a placeholder. */
typedef enum {
  FRAME_VALUE_TITLE = 1,
  FRAME_VALUE_ROOT,
  FRAME_VALUE_NAME,
  FRAME_VALUE_CONTENT,
  FRAME_VALUE_CURRENT, /* where the page belongs to the view; else nothing */
  FRAME_VALUE_N
} FrameValue;

static const char *const value_names[FRAME_VALUE_N] = {
    [FRAME_VALUE_TITLE] = "title",
    [FRAME_VALUE_ROOT] = "root",
    [FRAME_VALUE_NAME] = "name",
    [FRAME_VALUE_CONTENT] = "content",
};

/* A piece of a template, and what comes after it. */
typedef struct {
  const char *text;
  gsize length;
  FrameValue value; /* 0 after the last piece */
  PageView view;    /* of FRAME_VALUE_CURRENT */
} FramePiece;

/* What is compiled in: read once, and the templates cut once. */
typedef struct {
  GBytes *assets[ASSET_N];
  GArray *pieces[FRAME_N]; /* FramePiece */
} FrameAssets;

/* Sets what the placeholder TEXT means. */
static void frame_read_placeholder(FramePiece *piece, const char *text)
{
  for (FrameValue value = 1; value < FRAME_VALUE_CURRENT; value++)
    if (strcmp(value_names[value], text) == 0)
      piece->value = value;
  for (PageView view = 1; view < PAGE_VIEW_N && piece->value == 0; view++)
    if (g_str_has_prefix(text, "current ") &&
        strcmp(view_names[view], text + strlen("current ")) == 0) {
      piece->value = FRAME_VALUE_CURRENT;
      piece->view = view;
    }
  g_assert(piece->value != 0);
}

static GArray *frame_cut(GBytes *template)
{
  GArray *pieces = g_array_new(FALSE, FALSE, sizeof(FramePiece));
  gsize size;
  const char *at = g_bytes_get_data(template, &size);
  const char *end = at + size;
  for (const char *open; (open = g_strstr_len(at, end - at, "{{")) != NULL;) {
    const char *close = g_strstr_len(open, end - open, "}}");
    g_assert(close != NULL);
    FramePiece piece = {at, (gsize)(open - at), 0, 0};
    g_autofree char *placeholder = g_strndup(open + 2, (gsize)(close - open - 2));
    frame_read_placeholder(&piece, placeholder);
    g_array_append_val(pieces, piece);
    at = close + 2;
  }
  const FramePiece last = {at, (gsize)(end - at), 0, 0};
  g_array_append_val(pieces, last);
  return pieces;
}

static gpointer frame_load(gpointer unused)
{
  (void)unused;
  static FrameAssets loaded;
  for (Asset asset = 1; asset < ASSET_N; asset++) {
    loaded.assets[asset] =
        g_resources_lookup_data(asset_paths[asset], G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_assert(loaded.assets[asset] != NULL);
  }
  for (FrameForm form = 1; form < FRAME_N; form++)
    loaded.pieces[form] = frame_cut(loaded.assets[(Asset)form]);
  return &loaded;
}

static const FrameAssets *frame_assets(void)
{
  static GOnce once = G_ONCE_INIT;
  return g_once(&once, frame_load, NULL);
}

GBytes *frame_style(void)
{
  return frame_assets()->assets[ASSET_STYLE];
}

FrameText frame_fill(FrameForm form, const Page *page, const char *name, const char *content)
{
  static const char up[] = "../../../../";
  g_assert(page->depth * strlen("../") <= strlen(up));
  g_autofree char *title = g_markup_escape_text(page->title, -1);
  const struct {
    const char *text;
    gsize length;
  } values[FRAME_VALUE_N] = {
      [0] = {"", 0},
      [FRAME_VALUE_TITLE] = {title, strlen(title)},
      [FRAME_VALUE_ROOT] = {up, page->depth * strlen("../")},
      [FRAME_VALUE_NAME] = {name, strlen(name)},
      [FRAME_VALUE_CONTENT] = {content, strlen(content)},
      [FRAME_VALUE_CURRENT] = {FRAME_CURRENT, strlen(FRAME_CURRENT)},
  };
  const GArray *pieces = frame_assets()->pieces[form];
  gsize size = 0;
  for (guint i = 0; i < pieces->len; i++) {
    const FramePiece *piece = &g_array_index(pieces, FramePiece, i);
    size += piece->length + values[piece->value].length;
  }
  char *text = page_take(size), *out = text;
  for (guint i = 0; i < pieces->len; i++) {
    const FramePiece *piece = &g_array_index(pieces, FramePiece, i);
    out = mempcpy(out, piece->text, piece->length);
    if (piece->view == 0 || piece->view == page->view)
      out = mempcpy(out, values[piece->value].text, values[piece->value].length);
  }
  return (FrameText){text, (gsize)(out - text)};
}
