#include "reports/frame.h"

#include <gio/gio.h>
#include <string.h>

const char *const frame_extensions[FRAME_N] = {
    [FRAME_HTML] = ".html",
    [FRAME_MARKDOWN] = ".md",
};

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

/* What is compiled in never changes, so it is looked up once. */
static gpointer frame_load(gpointer unused)
{
  (void)unused;
  static GBytes *assets[ASSET_N];
  for (Asset asset = 1; asset < ASSET_N; asset++) {
    assets[asset] = g_resources_lookup_data(asset_paths[asset], G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_assert(assets[asset] != NULL);
  }
  return assets;
}

static GBytes *frame_asset(Asset asset)
{
  static GOnce once = G_ONCE_INIT;
  GBytes **assets = g_once(&once, frame_load, NULL);
  return assets[asset];
}

GBytes *frame_style(void)
{
  return frame_asset(ASSET_STYLE);
}

/* What is filled in for a placeholder. */
typedef struct {
  const Page *page;
  const char *name;
  const char *content;
} FrameValues;

static void frame_add_title(GString *out, const FrameValues *values)
{
  g_autofree char *escaped = g_markup_escape_text(values->page->title, -1);
  g_string_append(out, escaped);
}

static void frame_add_root(GString *out, const FrameValues *values)
{
  for (guint i = 0; i < values->page->depth; i++)
    g_string_append(out, "../");
}

static void frame_add_name(GString *out, const FrameValues *values)
{
  g_string_append(out, values->name);
}

static void frame_add_content(GString *out, const FrameValues *values)
{
  g_string_append(out, values->content);
}

static const struct {
  const char *placeholder;
  void (*add)(GString *out, const FrameValues *values);
} fillers[] = {
    {"title", frame_add_title},
    {"root", frame_add_root},
    {"name", frame_add_name},
    {"content", frame_add_content},
};

static void frame_add(GString *out, const char *placeholder, gsize length,
                      const FrameValues *values)
{
  for (guint i = 0; i < G_N_ELEMENTS(fillers); i++)
    if (strlen(fillers[i].placeholder) == length &&
        strncmp(placeholder, fillers[i].placeholder, length) == 0) {
      fillers[i].add(out, values);
      return;
    }
  const char *view = view_names[values->page->view];
  g_assert(g_str_has_prefix(placeholder, "current "));
  if (strlen("current ") + strlen(view) == length &&
      strncmp(placeholder + strlen("current "), view, strlen(view)) == 0)
    g_string_append(out, " aria-current=\"page\"");
}

GString *frame_fill(FrameForm form, const Page *page, const char *name, const char *content)
{
  const FrameValues values = {page, name, content};
  gsize size;
  const char *at = g_bytes_get_data(frame_asset((Asset)form), &size);
  const char *end = at + size;
  GString *out = g_string_sized_new(size + strlen(content) + 256);
  for (const char *open; (open = g_strstr_len(at, end - at, "{{")) != NULL;) {
    const char *close = g_strstr_len(open, end - open, "}}");
    g_assert(close != NULL);
    g_string_append_len(out, at, open - at);
    frame_add(out, open + 2, (gsize)(close - open - 2), &values);
    at = close + 2;
  }
  g_string_append_len(out, at, end - at);
  return out;
}
