/* PNG (W3C, third edition): signature, chunks with their CRCs, the rules on
 * their order, and the pixels, which are inflated into a small buffer and
 * counted, row by row. */
#include "intake/image-private.h"

#include <string.h>
#include <zlib.h>

enum {
  SIGNATURE_BYTES = 8,
  CHUNK_FRAME_BYTES = 12, /* length, type, CRC */
  PALETTE_ENTRY_BYTES = 3,
  PASSES_MAX = 7,
  FILTER_TYPE_MAX = 4,
};

enum { GREY = 0, COLOUR = 2, PALETTE = 3, GREY_ALPHA = 4, COLOUR_ALPHA = 6 };

/* The bit depths of each colour type, as a set of bits, and its samples. */
static const struct {
  guint depths;
  guint samples;
} colour_types[] = {
    [GREY] = {1 << 1 | 1 << 2 | 1 << 4 | 1 << 8 | 1 << 16, 1},
    [COLOUR] = {1 << 8 | 1 << 16, 3},
    [PALETTE] = {1 << 1 | 1 << 2 | 1 << 4 | 1 << 8, 1},
    [GREY_ALPHA] = {1 << 8 | 1 << 16, 2},
    [COLOUR_ALPHA] = {1 << 8 | 1 << 16, 4},
};

/* Adam7: where a pass begins and how far its pixels are from each other. */
typedef struct {
  guint x, y, step_x, step_y;
} Pass;

static const Pass whole_image[] = {{0, 0, 1, 1}};
static const Pass adam7[PASSES_MAX] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                       {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};

typedef struct {
  ImageWalk *walk;
  guint depth, colour, palette_entries;
  gboolean header_seen, transparency_seen, data_seen, data_over, end_seen;
  z_stream inflater;
  gboolean inflated; /* the zlib stream is at its end */
  const Pass *passes;
  guint pass_count, pass;
  guint32 rows_left;  /* of this pass */
  gsize row_bytes;    /* of a row of this pass, filter byte included */
  gsize row_position; /* within the present row */
} Png;

typedef struct {
  char type[5];
  const guint8 *data;
  guint32 length;
} Chunk;

static gboolean refuse(Png *png, const char *reason_format, ...) G_GNUC_PRINTF(2, 3);

static gboolean refuse(Png *png, const char *reason_format, ...)
{
  va_list arguments;
  va_start(arguments, reason_format);
  g_autofree char *reason = g_strdup_vprintf(reason_format, arguments);
  va_end(arguments);
  return image_refuse(png->walk, "attachment-content", "the PNG image is damaged: %s", reason);
}

/* Goes on to the next pass that has pixels; a small image leaves some out. */
static void begin_pass(Png *png)
{
  guint bits = png->depth * colour_types[png->colour].samples;
  for (; png->pass < png->pass_count; png->pass++) {
    const Pass *pass = &png->passes[png->pass];
    guint32 width = (png->walk->info.width - pass->x + pass->step_x - 1) / pass->step_x;
    guint32 height = (png->walk->info.height - pass->y + pass->step_y - 1) / pass->step_y;
    if (pass->x >= png->walk->info.width || pass->y >= png->walk->info.height)
      continue;
    png->row_bytes = 1 + ((gsize)width * bits + 7) / 8;
    png->rows_left = height;
    png->row_position = 0;
    return;
  }
}

/* Counts inflated bytes into rows; a row begins with its filter type. */
static gboolean take_pixels(Png *png, const guint8 *bytes, gsize length)
{
  while (length > 0) {
    if (png->pass == png->pass_count)
      return refuse(png, "it has more pixels than its header says");
    if (png->row_position == 0 && *bytes > FILTER_TYPE_MAX)
      return refuse(png, "a row has the unknown filter %u", *bytes);
    gsize taken = MIN(length, png->row_bytes - png->row_position);
    bytes += taken;
    length -= taken;
    png->row_position += taken;
    if (png->row_position < png->row_bytes)
      continue;
    png->row_position = 0;
    if (--png->rows_left == 0) {
      png->pass++;
      begin_pass(png);
    }
  }
  return TRUE;
}

/* The stream ends with its check sum, so nothing is left to inflate behind its
 * last byte. */
static gboolean inflate_data(Png *png, const Chunk *chunk)
{
  guint8 pixels[16384];
  png->inflater.next_in = (guint8 *)chunk->data;
  png->inflater.avail_in = chunk->length;
  while (png->inflater.avail_in > 0) {
    if (png->inflated)
      return refuse(png, "its pixels are followed by other data");
    png->inflater.next_out = pixels;
    png->inflater.avail_out = sizeof pixels;
    int status = inflate(&png->inflater, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END)
      return refuse(png, "its pixels cannot be decompressed");
    if (!take_pixels(png, pixels, sizeof pixels - png->inflater.avail_out))
      return FALSE;
    png->inflated = status == Z_STREAM_END;
  }
  return TRUE;
}

static gboolean take_header(Png *png, const Chunk *chunk)
{
  const guint8 *data = chunk->data;
  if (chunk->length != 13)
    return refuse(png, "its header has the wrong length");
  png->header_seen = TRUE;
  png->depth = data[8];
  png->colour = data[9];
  if (png->colour >= G_N_ELEMENTS(colour_types) || png->depth > 16 ||
      (colour_types[png->colour].depths & 1u << png->depth) == 0)
    return refuse(png, "there is no colour type %u with %u bits", png->colour, png->depth);
  if (data[10] != 0 || data[11] != 0 || data[12] > 1)
    return refuse(png, "its header names an unknown compression, filter or interlace method");
  if (!image_set_dimensions(png->walk, image_read_u32(data), image_read_u32(data + 4)))
    return FALSE;
  png->passes = data[12] == 0 ? whole_image : adam7;
  png->pass_count = data[12] == 0 ? G_N_ELEMENTS(whole_image) : G_N_ELEMENTS(adam7);
  begin_pass(png);
  return TRUE;
}

static gboolean take_palette(Png *png, const Chunk *chunk)
{
  guint32 entries = chunk->length / PALETTE_ENTRY_BYTES;
  if (png->palette_entries > 0 || png->data_seen || png->transparency_seen)
    return refuse(png, "its palette is out of place");
  if (png->colour == GREY || png->colour == GREY_ALPHA)
    return refuse(png, "it has a palette and no colours");
  if (chunk->length % PALETTE_ENTRY_BYTES != 0 || entries == 0 || entries > 256 ||
      (png->colour == PALETTE && entries > 1u << png->depth))
    return refuse(png, "its palette has the wrong length");
  png->palette_entries = entries;
  return TRUE;
}

static gboolean take_transparency(Png *png, const Chunk *chunk)
{
  if (png->transparency_seen || png->data_seen ||
      (png->colour == PALETTE && png->palette_entries == 0))
    return refuse(png, "its transparency is out of place");
  png->transparency_seen = TRUE;
  gboolean fits = (png->colour == GREY && chunk->length == 2) ||
                  (png->colour == COLOUR && chunk->length == 6) ||
                  (png->colour == PALETTE && chunk->length <= png->palette_entries);
  return fits || refuse(png, "its transparency does not fit its colours");
}

static gboolean take_data(Png *png, const Chunk *chunk)
{
  if (png->data_over)
    return refuse(png, "its pixels are not in one piece");
  if (png->colour == PALETTE && png->palette_entries == 0)
    return refuse(png, "it has no palette");
  png->data_seen = TRUE;
  return inflate_data(png, chunk);
}

static gboolean take_end(Png *png, const Chunk *chunk)
{
  if (chunk->length != 0)
    return refuse(png, "its last chunk is not empty");
  if (!png->inflated || png->pass < png->pass_count)
    return refuse(png, "it has fewer pixels than its header says");
  png->end_seen = TRUE;
  return TRUE;
}

static const struct {
  const char *type;
  gboolean (*take)(Png *png, const Chunk *chunk);
} chunk_takers[] = {
    {"PLTE", take_palette},
    {"tRNS", take_transparency},
    {"IDAT", take_data},
    {"IEND", take_end},
};

static gboolean take_chunk(Png *png, const Chunk *chunk)
{
  gboolean header = strcmp(chunk->type, "IHDR") == 0;
  if (header == png->header_seen)
    return refuse(png, header ? "it has two headers" : "it does not begin with its header");
  if (header)
    return take_header(png, chunk);
  if (png->data_seen && strcmp(chunk->type, "IDAT") != 0)
    png->data_over = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS(chunk_takers); i++)
    if (strcmp(chunk->type, chunk_takers[i].type) == 0)
      return chunk_takers[i].take(png, chunk);
  return g_ascii_islower(chunk->type[0]) ||
         refuse(png, "it has the unknown chunk %s, without which it cannot be shown", chunk->type);
}

/* Reads the chunk at OFFSET: four bytes of length, four letters of which the
 * third is upper case, the data, and a CRC over letters and data. */
static gboolean read_chunk(Png *png, gsize offset, Chunk *ret_chunk)
{
  const guint8 *at = png->walk->bytes + offset;
  gsize left = png->walk->length - offset;
  if (left < CHUNK_FRAME_BYTES)
    return refuse(png, "it is cut off");
  Chunk chunk = {.length = image_read_u32(at), .data = at + 8};
  memcpy(chunk.type, at + 4, 4);
  for (guint i = 0; i < 4; i++)
    if (!g_ascii_isalpha(chunk.type[i]))
      return refuse(png, "it has a chunk without a name");
  if (chunk.length > left - CHUNK_FRAME_BYTES)
    return refuse(png, "it is cut off in its chunk %s", chunk.type);
  guint32 crc = (guint32)crc32(0, at + 4, chunk.length + 4);
  if (!g_ascii_isupper(chunk.type[2]) || crc != image_read_u32(chunk.data + chunk.length))
    return refuse(png, "the checksum of its chunk %s is wrong", chunk.type);
  *ret_chunk = chunk;
  return TRUE;
}

static gboolean walk_chunks(Png *png)
{
  gsize offset = SIGNATURE_BYTES;
  while (!png->end_seen) {
    Chunk chunk = {0};
    if (!read_chunk(png, offset, &chunk) || !take_chunk(png, &chunk))
      return FALSE;
    offset += CHUNK_FRAME_BYTES + chunk.length;
  }
  if (offset < png->walk->length)
    return refuse(png,
                  "%" G_GSIZE_FORMAT " more bytes stand behind its end; open the image and save "
                  "it anew",
                  png->walk->length - offset);
  return TRUE;
}

gboolean image_walk_png(ImageWalk *walk)
{
  Png png = {.walk = walk};
  g_assert(inflateInit(&png.inflater) == Z_OK);
  gboolean whole = walk_chunks(&png);
  inflateEnd(&png.inflater);
  return whole;
}
