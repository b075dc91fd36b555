/* Members of JSON objects, as commands and feeds write them: absent values are null,
 * times RFC 3339 in UTC, money a text with two decimals. */
#ifndef CERTDROP_BASE_JSON_H
#define CERTDROP_BASE_JSON_H

#include <json-glib/json-glib.h>

/* Each adds "NAME": VALUE to the object under way. */
void json_add_text(JsonBuilder *builder, const char *name, const char *value);
void json_add_number(JsonBuilder *builder, const char *name, gint64 value);
void json_add_flag(JsonBuilder *builder, const char *name, gboolean value);
/* 0 is null. */
void json_add_time(JsonBuilder *builder, const char *name, gint64 value);
/* Hundredths. */
void json_add_money(JsonBuilder *builder, const char *name, gint64 value);
/* NULL is an empty list. */
void json_add_texts(JsonBuilder *builder, const char *name, char *const *values);

/* Begins "NAME": [, a list of objects, for which ADD adds the members of each element of
 * ELEMENTS (NULL: none); and ends it. */
typedef void (*JsonAddMembers)(JsonBuilder *builder, gconstpointer element);
void json_add_objects(JsonBuilder *builder, const char *name, const GPtrArray *elements,
                      JsonAddMembers add);

/* What BUILDER has made, on one line; the caller frees it. */
char *json_finish(JsonBuilder *builder);

#endif
