/* Memory for the trees of pages. A page is hundreds of small nodes that live
 * and die together, so they are taken from one block after the other and given
 * back all at once. Each thread has blocks of its own; while any page of a
 * thread is alive, nothing of them is given back. */
#include <stddef.h>
#include <string.h>

#include "reports/page-private.h"

#define MEMORY_BLOCK ((gsize)256 * 1024)
#define MEMORY_ALIGN ((gsize)16)

typedef struct MemoryBlock MemoryBlock;
struct MemoryBlock {
  MemoryBlock *before;
  gsize size;
  gsize used;
  max_align_t bytes[];
};

typedef struct {
  MemoryBlock *block; /* the newest */
  guint pages;        /* alive */
} Memory;

/* Before each piece stands its size, which realloc has to know. */
typedef union {
  gsize size;
  max_align_t align;
} MemoryHead;

static void memory_free_blocks(Memory *memory, MemoryBlock *until)
{
  while (memory->block != until) {
    MemoryBlock *block = memory->block;
    memory->block = block->before;
    g_free(block);
  }
}

static _Thread_local Memory memory_of_thread;

static void memory_free(gpointer data)
{
  memory_free_blocks(data, NULL);
}

/* Its destructor runs when the thread ends. */
static GPrivate memory_guard = G_PRIVATE_INIT(memory_free);

static gsize memory_round(gsize size)
{
  return (size + MEMORY_ALIGN - 1) & ~(MEMORY_ALIGN - 1);
}

void *page_take(gsize size)
{
  Memory *memory = &memory_of_thread;
  gsize need = sizeof(MemoryHead) + memory_round(size);
  MemoryBlock *block = memory->block;
  if (block == NULL || block->size - block->used < need) {
    gsize room = MAX(need, MEMORY_BLOCK);
    block = g_malloc(sizeof *block + room);
    *block = (MemoryBlock){memory->block, room, 0};
    memory->block = block;
  }
  MemoryHead *head = (MemoryHead *)((guint8 *)block->bytes + block->used);
  block->used += need;
  head->size = size;
  return head + 1;
}

static void *memory_calloc(size_t count, size_t size)
{
  void *piece = page_take(count * size);
  memset(piece, 0, count * size);
  return piece;
}

/* The last piece of the newest block, which is what a renderer writes to as a rule, gets
 * larger where it is. */
static gboolean memory_stretch(void *piece, gsize present, gsize size)
{
  MemoryBlock *block = memory_of_thread.block;
  gsize from = (gsize)((guint8 *)piece - (guint8 *)block->bytes);
  gsize end = from + memory_round(present);
  if ((guint8 *)piece < (guint8 *)block->bytes || end != block->used ||
      block->size - from < memory_round(size))
    return FALSE;
  ((MemoryHead *)piece - 1)->size = size;
  block->used = from + memory_round(size);
  return TRUE;
}

static void *memory_realloc(void *piece, size_t size)
{
  if (piece == NULL)
    return page_take(size);
  gsize present = ((MemoryHead *)piece - 1)->size;
  if (size <= present || memory_stretch(piece, present, size))
    return piece;
  void *larger = page_take(size);
  memcpy(larger, piece, present);
  return larger;
}

static void memory_keep(void *piece)
{
  (void)piece;
}

cmark_mem page_memory = {memory_calloc, memory_realloc, memory_keep};

void page_memory_begin(void)
{
  memory_of_thread.pages++;
  g_private_set(&memory_guard, &memory_of_thread);
}

void page_memory_end(void)
{
  Memory *memory = &memory_of_thread;
  g_assert(memory->pages > 0);
  if (--memory->pages > 0 || memory->block == NULL)
    return;
  MemoryBlock *first = memory->block;
  while (first->before != NULL)
    first = first->before;
  memory_free_blocks(memory, first);
  first->used = 0;
}
