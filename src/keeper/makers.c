/* Keys and certificates are made on other threads while the keeper decides what comes next.
 * They ask neither the ledger nor each other. With one thread each is made when it is waited for,
 * so that the order of everything is fixed. */
#include "keeper/keeper-private.h"

struct KeeperMakers {
  Keeper *keeper;
  GPtrArray *threads; /* GThread: joined at the end, so that what OpenSSL keeps of each goes */
  GAsyncQueue *queue; /* KeeperIssue; the makers themselves: the thread ends */
  GMutex lock;        /* of `made` of all issues */
  GCond done;
};

static gpointer makers_run(gpointer data)
{
  KeeperMakers *makers = data;
  for (;;) {
    gpointer next = g_async_queue_pop(makers->queue);
    if (next == makers)
      return NULL;
    KeeperIssue *issue = next;
    keeper_make_issue(makers->keeper, issue, &issue->error);
    g_mutex_lock(&makers->lock);
    issue->made = TRUE;
    g_cond_signal(&makers->done);
    g_mutex_unlock(&makers->lock);
  }
}

static KeeperMakers *makers_new(Keeper *keeper)
{
  KeeperMakers *makers = g_new0(KeeperMakers, 1);
  makers->keeper = keeper;
  g_mutex_init(&makers->lock);
  g_cond_init(&makers->done);
  makers->queue = g_async_queue_new();
  makers->threads = g_ptr_array_new();
  for (guint i = 0; i < keeper->threads; i++)
    g_ptr_array_add(makers->threads, g_thread_new("maker", makers_run, makers));
  return makers;
}

void keeper_makers_free(KeeperMakers *makers)
{
  if (makers == NULL)
    return;
  for (guint i = 0; i < makers->threads->len; i++)
    g_async_queue_push_front(makers->queue, makers);
  for (guint i = 0; i < makers->threads->len; i++)
    g_thread_join(g_ptr_array_index(makers->threads, i));
  g_ptr_array_unref(makers->threads);
  g_async_queue_unref(makers->queue);
  g_mutex_clear(&makers->lock);
  g_cond_clear(&makers->done);
  g_free(makers);
}

void keeper_add_issue(Keeper *keeper, KeeperIssue *issue)
{
  g_ptr_array_add(keeper->issues, issue);
  if (keeper->threads <= 1)
    return;
  if (keeper->makers == NULL)
    keeper->makers = makers_new(keeper);
  issue->begun = TRUE;
  g_async_queue_push(keeper->makers->queue, issue);
}

static void wait_for(KeeperMakers *makers, const KeeperIssue *issue)
{
  if (!issue->begun)
    return;
  g_mutex_lock(&makers->lock);
  while (!issue->made)
    g_cond_wait(&makers->done, &makers->lock);
  g_mutex_unlock(&makers->lock);
}

gboolean keeper_makers_wait(Keeper *keeper, KeeperIssue *issue, GError **error)
{
  if (!issue->begun)
    return keeper_make_issue(keeper, issue, error);
  wait_for(keeper->makers, issue);
  if (issue->error == NULL)
    return TRUE;
  g_propagate_error(error, g_steal_pointer(&issue->error));
  return FALSE;
}

void keeper_forget_issues(Keeper *keeper)
{
  for (guint i = 0; i < keeper->issues->len; i++)
    wait_for(keeper->makers, g_ptr_array_index(keeper->issues, i));
  g_ptr_array_set_size(keeper->issues, 0);
}
