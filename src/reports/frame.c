#include "reports/frame.h"

#include <gio/gio.h>
#include <string.h>

const char *const frame_extensions[FRAME_N] = {
    [FRAME_HTML] = ".html",
    [FRAME_MARKDOWN] = ".md",
};

/* How the navigation says where one is. */
#define FRAME_CURRENT " aria-current=\"page\""

static const char *const template_paths[FRAME_N] = {
    [FRAME_HTML] = "/certdrop/assets/page.html",
    [FRAME_MARKDOWN] = "/certdrop/assets/page.md",
};

const char *const frame_files[FRAME_FILE_N] = {
    [FRAME_FILE_STYLE] = "style.css",
    [FRAME_FILE_FORM] = "form.js",
    [FRAME_FILE_SEARCH] = "search.js",
    [FRAME_FILE_LIST] = "list.js",
};

static const FrameFile script_files[PAGE_SCRIPT_N] = {
    [PAGE_SCRIPT_FORM] = FRAME_FILE_FORM,
    [PAGE_SCRIPT_SEARCH] = FRAME_FILE_SEARCH,
    [PAGE_SCRIPT_LIST] = FRAME_FILE_LIST,
};

/* What a page with a script adds to its policy. */
#define FRAME_POLICY " script-src 'self';"

static const char *const view_names[PAGE_VIEW_N] = {
    [PAGE_VIEW_OVERVIEW] = "overview", [PAGE_VIEW_CERTIFICATES] = "certificates",
    [PAGE_VIEW_UNISSUED] = "unissued", [PAGE_VIEW_DEPLOYMENTS] = "deployments",
    [PAGE_VIEW_CALENDAR] = "calendar", [PAGE_VIEW_INCOMING] = "incoming",
    [PAGE_VIEW_ACTIVITY] = "activity", [PAGE_VIEW_SPENDING] = "spending",
    [PAGE_VIEW_PURCHASE] = "purchase", [PAGE_VIEW_DOCUMENTS] = "documents",
    [PAGE_VIEW_SEARCH] = "search",
};

/* What stands for a placeholder. */
typedef enum {
  FRAME_VALUE_TITLE = 1,
  FRAME_VALUE_ROOT,
  FRAME_VALUE_NAME,
  FRAME_VALUE_CONTENT,
  FRAME_VALUE_SCRIPT,
  FRAME_VALUE_POLICY,
  FRAME_VALUE_CURRENT, /* where the page belongs to the view; else nothing */
  FRAME_VALUE_N
} FrameValue;

static const char *const value_names[FRAME_VALUE_N] = {
    [FRAME_VALUE_TITLE] = "title",   [FRAME_VALUE_ROOT] = "root",
    [FRAME_VALUE_NAME] = "name",     [FRAME_VALUE_CONTENT] = "content",
    [FRAME_VALUE_SCRIPT] = "script", [FRAME_VALUE_POLICY] = "policy",
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
  GBytes *templates[FRAME_N];
  GArray *pieces[FRAME_N]; /* FramePiece */
  GBytes *files[FRAME_FILE_N];
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

static GBytes *frame_lookup(const char *path)
{
  GBytes *bytes = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert(bytes != NULL);
  return bytes;
}

static gpointer frame_load(gpointer unused)
{
  (void)unused;
  static FrameAssets loaded;
  for (FrameForm form = 1; form < FRAME_N; form++) {
    loaded.templates[form] = frame_lookup(template_paths[form]);
    loaded.pieces[form] = frame_cut(loaded.templates[form]);
  }
  for (FrameFile file = 1; file < FRAME_FILE_N; file++) {
    g_autofree char *path = g_strconcat("/certdrop/assets/", frame_files[file], NULL);
    loaded.files[file] = frame_lookup(path);
  }
  return &loaded;
}

static const FrameAssets *frame_assets(void)
{
  static GOnce once = G_ONCE_INIT;
  return g_once(&once, frame_load, NULL);
}

GBytes *frame_file(FrameFile file)
{
  return frame_assets()->files[file];
}

/* The element that loads SCRIPT from a page below UP. */
static char *frame_script(PageScript script, const char *up, guint depth)
{
  if (script == PAGE_SCRIPT_NONE)
    return g_strdup("");
  return g_strdup_printf("<script src=\"%.*s%s\" defer></script>\n", (int)(depth * strlen("../")),
                         up, frame_files[script_files[script]]);
}

FrameText frame_fill(FrameForm form, const Page *page, const char *name, const char *content)
{
  static const char up[] = "../../../../";
  g_assert(page->depth * strlen("../") <= strlen(up));
  g_autofree char *title = g_markup_escape_text(page->title, -1);
  g_autofree char *script = frame_script(page->script, up, page->depth);
  const char *policy = page->script != PAGE_SCRIPT_NONE ? FRAME_POLICY : "";
  const struct {
    const char *text;
    gsize length;
  } values[FRAME_VALUE_N] = {
      [0] = {"", 0},
      [FRAME_VALUE_TITLE] = {title, strlen(title)},
      [FRAME_VALUE_ROOT] = {up, page->depth * strlen("../")},
      [FRAME_VALUE_NAME] = {name, strlen(name)},
      [FRAME_VALUE_CONTENT] = {content, strlen(content)},
      [FRAME_VALUE_SCRIPT] = {script, strlen(script)},
      [FRAME_VALUE_POLICY] = {policy, strlen(policy)},
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
