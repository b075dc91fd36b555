#include "base/json.h"

#include "base/clock.h"
#include "base/text.h"

void json_add_text(JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name(builder, name);
  if (value != NULL)
    json_builder_add_string_value(builder, value);
  else
    json_builder_add_null_value(builder);
}

void json_add_number(JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_int_value(builder, value);
}

void json_add_flag(JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_boolean_value(builder, value);
}

void json_add_time(JsonBuilder *builder, const char *name, gint64 value)
{
  g_autofree char *text = value != 0 ? clock_format(value) : NULL;
  json_add_text(builder, name, text);
}

void json_add_money(JsonBuilder *builder, const char *name, gint64 value)
{
  g_autofree char *text = text_format_money(value);
  json_add_text(builder, name, text);
}

void json_add_texts(JsonBuilder *builder, const char *name, char *const *values)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  for (char *const *value = values; value != NULL && *value != NULL; value++)
    json_builder_add_string_value(builder, *value);
  json_builder_end_array(builder);
}

void json_add_objects(JsonBuilder *builder, const char *name, const GPtrArray *elements,
                      JsonAddMembers add)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  for (guint i = 0; elements != NULL && i < elements->len; i++) {
    json_builder_begin_object(builder);
    add(builder, g_ptr_array_index(elements, i));
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

char *json_finish(JsonBuilder *builder)
{
  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  return json_to_string(root, FALSE);
}
