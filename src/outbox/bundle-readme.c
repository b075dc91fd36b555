/* The README.md in each archive: what it holds, made anew each time, and how to
 * install it, which is rendered once for each format. Into that only the domain
 * and the end are put: both are made here, of characters that mean nothing in
 * Markdown. */
#include "base/clock.h"
#include "outbox/outbox-private.h"

#define README_DOMAIN "{domain}"
#define README_FOLDER "/etc/ssl/" README_DOMAIN
#define README_END "{end}"

static void readme_add_facts(cmark_node *document, const OutboxBundle *bundle)
{
  g_autofree char *begin = clock_format_date(bundle->not_before);
  g_autofree char *end = clock_format_date(bundle->not_after);
  g_autofree char *text =
      g_strdup_printf("Product: %s, of %s. Valid from %s to %s (UTC), for:", bundle->product_title,
                      bundle->organization, begin, end);
  outbox_markdown_add_paragraph(document, text);
  cmark_node *list = outbox_markdown_add_list(document, CMARK_BULLET_LIST);
  for (const char *const *name = bundle->names; *name != NULL; name++)
    outbox_markdown_add_inlines(outbox_markdown_add_item(list), "", *name);
}

static void readme_add_files(cmark_node *document, const OutboxFormat *format, OutboxShape shape)
{
  outbox_markdown_add_heading(document, 2, "Files");
  cmark_node *list = outbox_markdown_add_list(document, CMARK_BULLET_LIST);
  for (const OutboxMember *member = format->members; member->name != NULL; member++)
    if (outbox_bundle_has_member(shape, member))
      outbox_markdown_add_inlines(outbox_markdown_add_item(list), "", member->name, ": ", "",
                                  member->purpose);
  if (!shape.key)
    outbox_markdown_add_paragraph(
        document,
        "The private key is not among them. The certificate was made for your own CSR, and the "
        "key is where that CSR was made. Below, ",
        format->key_name, " stands for that key.");
}

/* Everyone on the server may read all but the key. */
static void readme_add_copying(cmark_node *document, const OutboxFormat *format, OutboxShape shape)
{
  outbox_markdown_add_paragraph(document, "As root, in the folder of the unpacked files:");
  g_autoptr(GString) commands = g_string_new("install -d -m 0755 " README_FOLDER "\n");
  for (const OutboxMember *member = format->members; member->name != NULL; member++)
    if (outbox_bundle_has_member(shape, member) && member->use != OUTBOX_MEMBER_CHOICE)
      g_string_append_printf(commands, "install -m %s %s " README_FOLDER "/\n",
                             outbox_member_is_secret(member) ? "0600" : "0644", member->name);
  if (!shape.key)
    g_string_append_printf(commands, "install -m 0600 %s " README_FOLDER "/\n", format->key_name);
  outbox_markdown_add_code(document, "sh", commands->str);
}

static char *readme_render_instructions(const OutboxFormat *format, OutboxShape shape,
                                        PkiPfxProfile profile)
{
  static const char renewal[] =
      "The next one comes in an archive with files of the same names: put them in the place of "
      "these before that day, and reload the server.";
  g_autoptr(cmark_node) document = cmark_node_new(CMARK_NODE_DOCUMENT);
  readme_add_files(document, format, shape);
  outbox_markdown_add_heading(document, 2, "Install");
  if (!format->in_place)
    readme_add_copying(document, format, shape);
  format->explain(document, format->in_place ? NULL : README_FOLDER, profile, shape);
  outbox_markdown_add_heading(document, 2, "Renewal");
  g_autofree char *text = g_strconcat("This certificate ends on " README_END " (UTC). ",
                                      format->renewal != NULL ? format->renewal : renewal, NULL);
  outbox_markdown_add_paragraph(document, text);
  return outbox_markdown_render(document);
}

/* The second half of the README, with its placeholders; kept for good. */
static const char *readme_instructions(const OutboxBundle *bundle, RequestFormat format)
{
  static const char *kept[REQUEST_FORMAT_N][2][2][PKI_PFX_PROFILE_N];
  OutboxShape shape = outbox_bundle_shape(bundle);
  const char **text = &kept[format][shape.key][shape.chain][bundle->profile];
  if (g_once_init_enter(text))
    g_once_init_leave(text,
                      readme_render_instructions(outbox_formats[format], shape, bundle->profile));
  return *text;
}

static char *readme_render_facts(const OutboxBundle *bundle, RequestFormat format)
{
  g_autoptr(cmark_node) document = cmark_node_new(CMARK_NODE_DOCUMENT);
  g_autofree char *title =
      g_strdup_printf("Certificate %s: %s", bundle->certificate, request_formats[format].title);
  outbox_markdown_add_heading(document, 1, title);
  readme_add_facts(document, bundle);
  return outbox_markdown_render(document);
}

char *outbox_make_readme(const OutboxBundle *bundle, RequestFormat format)
{
  g_autofree char *domain = outbox_domain_part(bundle->names[0]);
  g_autofree char *end = clock_format_date(bundle->not_after);
  GString *instructions = g_string_new(readme_instructions(bundle, format));
  g_string_replace(instructions, README_DOMAIN, domain, 0);
  g_string_replace(instructions, README_END, end, 0);
  char *facts = readme_render_facts(bundle, format);
  g_string_prepend_c(instructions, '\n');
  g_string_prepend(instructions, facts);
  free(facts);
  return g_string_free(instructions, FALSE);
}
