/* The shards of the search index as files: which there are, and how changes get into them
 * (search.h). */
#ifndef CERTDROP_REPORTS_SEARCH_SHARDS_H
#define CERTDROP_REPORTS_SEARCH_SHARDS_H

#include <glib.h>

#define SEARCH_FOLDER "reports/search"

typedef enum { SEARCH_TREE_RECORDS = 'i', SEARCH_TREE_TERMS = 't' } SearchTree;

/* A line that is to be there, or to be gone. */
typedef struct {
  const char *line;
  gboolean gone; /* only the key of LINE counts */
  gconstpointer data;
} SearchChange;

/* Is told of CHANGE, whether another line with its key was there (OLD; NULL: none), and its
 * length. FALSE: that line is no such line, the index is damaged. */
typedef gboolean (*SearchReplaced)(const SearchChange *change, const char *old, gsize length,
                                   gpointer data);

typedef struct SearchShards SearchShards;

/* The shards below the open folder ROOT, as index.js lists them; with ANEW none. NULL where
 * there is no list, or none of this version. */
SearchShards *search_shards_open(int root, gboolean anew, GError **error);

/* Tells REPLACED of each of CHANGES (SearchChange, in the order of their lines, each key once),
 * and changes nothing. *RET_DAMAGED: a shard is not as it was written; all is to be made anew. */
gboolean search_shards_look(SearchShards *shards, SearchTree tree, const GArray *changes,
                            SearchReplaced replaced, gpointer data, gboolean *ret_damaged,
                            GError **error);

/* Carries out CHANGES, as above. */
gboolean search_shards_apply(SearchShards *shards, SearchTree tree, const GArray *changes,
                             gboolean *ret_damaged, GError **error);

/* Writes the list, and removes the shards that are in it no more. After ANEW also those that
 * nobody knows of. *WRITTEN counts the files that changed. */
gboolean search_shards_close(SearchShards *shards, guint *written, GError **error);

void search_shards_free(SearchShards *shards);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SearchShards, search_shards_free)

/* ---- What its files share ---- */

struct SearchShards {
  int root;
  gboolean anew;
  GBytes *before;      /* the list as it was, or NULL */
  gboolean changed;    /* the list */
  GPtrArray *prefixes; /* of the shards, tree first, in order: char * */
  GPtrArray *gone;     /* paths to be removed: char * */
  guint written;
};

/* The path of the shard PREFIX. */
char *search_shard_path(const char *prefix);
/* The lines of the shard PREFIX, NULL where it is not as it was written. */
GBytes *search_shard_read(const SearchShards *shards, const char *prefix);
/* Writes LENGTH bytes of lines as the shard PREFIX, which may be new. */
gboolean search_shard_write(SearchShards *shards, const char *prefix, const char *lines,
                            gsize length, GError **error);
/* Takes the shard PREFIX out, if it is one. */
void search_shard_drop(SearchShards *shards, const char *prefix);
/* How many bytes the lines of the shard PREFIX have; -1: it is not there. */
gssize search_shard_size(const SearchShards *shards, const char *prefix);
/* The first of the prefixes that is not before TEXT. */
guint search_shards_find(const SearchShards *shards, const char *text);

#endif
