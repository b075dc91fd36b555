#include "keeper/keeper-private.h"

typedef struct {
  Keeper *keeper;
  GPtrArray *items;
  KeeperWork work;
  gpointer data;
  int next;
  GMutex lock;
  GError *error;
} Parallel;

static gpointer parallel_work(gpointer data)
{
  Parallel *parallel = data;
  for (;;) {
    guint index = (guint)g_atomic_int_add(&parallel->next, 1);
    if (index >= parallel->items->len)
      return NULL;
    GError *error = NULL;
    if (parallel->work(parallel->keeper, g_ptr_array_index(parallel->items, index), parallel->data,
                       &error))
      continue;
    g_mutex_lock(&parallel->lock);
    if (parallel->error == NULL)
      parallel->error = error;
    else
      g_error_free(error);
    g_mutex_unlock(&parallel->lock);
    g_atomic_int_set(&parallel->next, (int)parallel->items->len);
    return NULL;
  }
}

gboolean keeper_parallel_on(Keeper *keeper, guint count, GPtrArray *items, KeeperWork work,
                            gpointer data, GError **error)
{
  Parallel parallel = {keeper, items, work, data, 0, {0}, NULL};
  g_mutex_init(&parallel.lock);
  g_autoptr(GPtrArray) threads = g_ptr_array_new();
  for (guint i = 1; i < count && i < items->len; i++)
    g_ptr_array_add(threads, g_thread_new("keeper", parallel_work, &parallel));
  parallel_work(&parallel);
  for (guint i = 0; i < threads->len; i++)
    g_thread_join(g_ptr_array_index(threads, i));
  g_mutex_clear(&parallel.lock);
  if (parallel.error == NULL)
    return TRUE;
  g_propagate_error(error, parallel.error);
  return FALSE;
}

gboolean keeper_parallel(Keeper *keeper, GPtrArray *items, KeeperWork work, gpointer data,
                         GError **error)
{
  return keeper_parallel_on(keeper, keeper->threads, items, work, data, error);
}
