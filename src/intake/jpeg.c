/* JPEG (ITU-T T.81): the segments one after the other, the frame and scan
 * headers with the tables that they call for, and the entropy-coded data, which
 * is passed over from marker to marker. Huffman-coded baseline, extended and
 * progressive images of 8 bits; that is what cameras, scanners and browsers know. */
#include "intake/image-private.h"

#include <string.h>

enum {
  MARKER_SOF0 = 0xc0,
  MARKER_SOF2 = 0xc2,
  MARKER_DHT = 0xc4,
  MARKER_SOF15 = 0xcf,
  MARKER_RST0 = 0xd0,
  MARKER_RST7 = 0xd7,
  MARKER_EOI = 0xd9,
  MARKER_SOS = 0xda,
  MARKER_DQT = 0xdb,
  MARKER_DRI = 0xdd,
  MARKER_APP0 = 0xe0,
  MARKER_APP15 = 0xef,
  MARKER_COM = 0xfe,
};

enum { COMPONENTS_MAX = 4, TABLES_MAX = 4, COEFFICIENTS = 64, CODE_LENGTHS = 16 };

typedef struct {
  guint8 id;
  guint8 quantization; /* its table */
  gboolean scanned;
} Component;

typedef struct {
  ImageWalk *walk;
  gsize offset;
  gboolean frame_seen, progressive;
  guint component_count;
  Component components[COMPONENTS_MAX];
  gboolean quantization[TABLES_MAX];
  gboolean huffman[2][TABLES_MAX]; /* of DC and AC coefficients */
  guint restart_interval;
} Jpeg;

typedef struct {
  const guint8 *data;
  gsize length;
} Segment;

static gboolean refuse(Jpeg *jpeg, const char *reason_format, ...) G_GNUC_PRINTF(2, 3);

static gboolean refuse(Jpeg *jpeg, const char *reason_format, ...)
{
  va_list arguments;
  va_start(arguments, reason_format);
  g_autofree char *reason = g_strdup_vprintf(reason_format, arguments);
  va_end(arguments);
  return image_refuse(jpeg->walk, "attachment-content", "the JPEG image is damaged: %s", reason);
}

/* Some tables of 64 steps of one or two bytes, each with its number in front. */
static gboolean take_quantization(Jpeg *jpeg, const Segment *segment)
{
  gsize at = 0;
  while (at < segment->length) {
    guint wide = segment->data[at] >> 4;
    guint table = segment->data[at] & 15;
    at++;
    gsize size = COEFFICIENTS * (wide + 1);
    if (wide > 1 || table >= TABLES_MAX || segment->length - at < size)
      return refuse(jpeg, "a quantization table is wrong");
    jpeg->quantization[table] = TRUE;
    at += size;
  }
  return TRUE;
}

/* Some tables of sixteen counts of codes by length, and as many symbols. */
static gboolean take_huffman(Jpeg *jpeg, const Segment *segment)
{
  gsize at = 0;
  while (at < segment->length) {
    guint class = segment->data[at] >> 4;
    guint table = segment->data[at] & 15;
    at++;
    if (class > 1 || table >= TABLES_MAX || segment->length - at < CODE_LENGTHS)
      return refuse(jpeg, "a Huffman table is wrong");
    gsize symbols = 0;
    guint free_codes = 1;
    for (guint i = 0; i < CODE_LENGTHS; i++) {
      guint count = segment->data[at + i];
      symbols += count;
      free_codes *= 2;
      if (count > free_codes)
        return refuse(jpeg, "a Huffman table has too many codes");
      free_codes -= count;
    }
    at += CODE_LENGTHS;
    if (symbols == 0 || symbols > 256 || segment->length - at < symbols)
      return refuse(jpeg, "a Huffman table is wrong");
    jpeg->huffman[class][table] = TRUE;
    at += symbols;
  }
  return TRUE;
}

static gboolean take_component(Jpeg *jpeg, const guint8 *data)
{
  guint horizontal = data[1] >> 4;
  guint vertical = data[1] & 15;
  if (horizontal < 1 || horizontal > 4 || vertical < 1 || vertical > 4 || data[2] >= TABLES_MAX)
    return refuse(jpeg, "its frame header is wrong");
  for (guint i = 0; i < jpeg->component_count; i++)
    if (jpeg->components[i].id == data[0])
      return refuse(jpeg, "its frame header names a component twice");
  jpeg->components[jpeg->component_count++] = (Component){data[0], data[2], FALSE};
  return TRUE;
}

static gboolean take_frame(Jpeg *jpeg, const Segment *segment)
{
  if (jpeg->frame_seen)
    return refuse(jpeg, "it has two frame headers");
  jpeg->frame_seen = TRUE;
  if (segment->length < 6)
    return refuse(jpeg, "its frame header is too short");
  const guint8 *data = segment->data;
  guint count = data[5];
  if (data[0] != 8)
    return refuse(jpeg, "its samples have %u bits and not 8", data[0]);
  if (count < 1 || count > COMPONENTS_MAX || segment->length != 6 + 3 * (gsize)count)
    return refuse(jpeg, "its frame header has the wrong length");
  for (guint i = 0; i < count; i++)
    if (!take_component(jpeg, data + 6 + 3 * (gsize)i))
      return FALSE;
  return image_set_dimensions(jpeg->walk, image_read_u16(data + 3), image_read_u16(data + 1));
}

static gboolean take_restart_interval(Jpeg *jpeg, const Segment *segment)
{
  if (segment->length != 2)
    return refuse(jpeg, "its restart interval has the wrong length");
  jpeg->restart_interval = image_read_u16(segment->data);
  return TRUE;
}

static gboolean take_comment(Jpeg *jpeg, const Segment *segment)
{
  (void)jpeg;
  (void)segment;
  return TRUE;
}

static Component *find_component(Jpeg *jpeg, guint8 id)
{
  for (guint i = 0; i < jpeg->component_count; i++)
    if (jpeg->components[i].id == id)
      return &jpeg->components[i];
  return NULL;
}

/* The tables that a scan needs for a component: a refining progressive scan of
 * DC coefficients has plain bits, no codes. */
static gboolean check_scan_component(Jpeg *jpeg, const guint8 *data, guint first, guint last,
                                     guint refined)
{
  Component *component = find_component(jpeg, data[0]);
  guint dc = data[1] >> 4;
  guint ac = data[1] & 15;
  if (component == NULL || dc >= TABLES_MAX || ac >= TABLES_MAX)
    return refuse(jpeg, "a scan names a component or table that does not exist");
  component->scanned = TRUE;
  gboolean needs_dc = jpeg->progressive ? first == 0 && refined == 0 : TRUE;
  gboolean needs_ac = jpeg->progressive ? last > 0 : TRUE;
  if (!jpeg->quantization[component->quantization] || (needs_dc && !jpeg->huffman[0][dc]) ||
      (needs_ac && !jpeg->huffman[1][ac]))
    return refuse(jpeg, "a scan comes before its tables");
  return TRUE;
}

static gboolean check_scan(Jpeg *jpeg, const Segment *segment)
{
  guint count = segment->length > 0 ? segment->data[0] : 0;
  if (!jpeg->frame_seen)
    return refuse(jpeg, "a scan comes before its frame header");
  if (count < 1 || count > jpeg->component_count || segment->length != 4 + 2 * (gsize)count)
    return refuse(jpeg, "a scan header has the wrong length");
  const guint8 *spectrum = segment->data + 1 + 2 * (gsize)count;
  guint first = spectrum[0];
  guint last = spectrum[1];
  guint refined = spectrum[2] >> 4;
  if (jpeg->progressive && (last >= COEFFICIENTS || first > last || (first == 0 && last > 0) ||
                            (first > 0 && count > 1)))
    return refuse(jpeg, "a progressive scan is wrong");
  for (guint i = 0; i < count; i++)
    if (!check_scan_component(jpeg, segment->data + 1 + 2 * (gsize)i, first, last, refined))
      return FALSE;
  return TRUE;
}

/* Passes over entropy-coded data up to the marker behind it: a 0xff is followed
 * by 0, or by the next of the eight restart markers in turn, or ends it. */
static gboolean pass_entropy_data(Jpeg *jpeg)
{
  const guint8 *bytes = jpeg->walk->bytes;
  gsize begin = jpeg->offset;
  guint restarts = 0;
  while (jpeg->offset + 1 < jpeg->walk->length) {
    if (bytes[jpeg->offset] != 0xff) {
      jpeg->offset++;
      continue;
    }
    guint8 next = bytes[jpeg->offset + 1];
    if (next >= MARKER_RST0 && next <= MARKER_RST7) {
      if (jpeg->restart_interval == 0 || next != MARKER_RST0 + restarts % 8)
        return refuse(jpeg, "a restart marker is out of place");
      restarts++;
    } else if (next != 0) {
      return jpeg->offset > begin || refuse(jpeg, "a scan has no data");
    }
    jpeg->offset += 2;
  }
  return refuse(jpeg, "it is cut off in its pixels");
}

static gboolean take_scan(Jpeg *jpeg, const Segment *segment)
{
  return check_scan(jpeg, segment) && pass_entropy_data(jpeg);
}

static const struct {
  guint8 first, last;
  gboolean (*take)(Jpeg *jpeg, const Segment *segment);
} segment_takers[] = {
    {MARKER_SOF0, MARKER_SOF2, take_frame},      {MARKER_DHT, MARKER_DHT, take_huffman},
    {MARKER_DQT, MARKER_DQT, take_quantization}, {MARKER_DRI, MARKER_DRI, take_restart_interval},
    {MARKER_SOS, MARKER_SOS, take_scan},         {MARKER_APP0, MARKER_APP15, take_comment},
    {MARKER_COM, MARKER_COM, take_comment},
};

static gboolean refuse_marker(Jpeg *jpeg, guint8 marker)
{
  if (marker > MARKER_SOF2 && marker <= MARKER_SOF15)
    return image_refuse(jpeg->walk, "attachment-content",
                        "the JPEG image is lossless, arithmetic-coded or hierarchical, which few "
                        "programs can show: save it as an ordinary JPEG");
  return refuse(jpeg, "the marker 0x%02x is out of place", marker);
}

/* Reads the segment behind MARKER, its two bytes of length included. */
static gboolean take_segment(Jpeg *jpeg, guint8 marker)
{
  guint taker = 0;
  while (taker < G_N_ELEMENTS(segment_takers) &&
         (marker < segment_takers[taker].first || marker > segment_takers[taker].last))
    taker++;
  if (taker == G_N_ELEMENTS(segment_takers))
    return refuse_marker(jpeg, marker);
  gsize left = jpeg->walk->length - jpeg->offset;
  gsize length = left < 2 ? 0 : image_read_u16(jpeg->walk->bytes + jpeg->offset);
  if (length < 2 || length > left)
    return refuse(jpeg, "it is cut off");
  const Segment segment = {jpeg->walk->bytes + jpeg->offset + 2, length - 2};
  jpeg->offset += length;
  if (segment_takers[taker].take == take_frame)
    jpeg->progressive = marker == MARKER_SOF2;
  return segment_takers[taker].take(jpeg, &segment);
}

/* Reads a marker, before which any number of 0xff may stand. */
static gboolean read_marker(Jpeg *jpeg, guint8 *ret_marker)
{
  const guint8 *bytes = jpeg->walk->bytes;
  gsize at = jpeg->offset;
  if (at < jpeg->walk->length && bytes[at] != 0xff)
    return refuse(jpeg, "a segment does not begin with a marker");
  while (at < jpeg->walk->length && bytes[at] == 0xff)
    at++;
  if (at == jpeg->walk->length)
    return refuse(jpeg, "it is cut off");
  jpeg->offset = at + 1;
  *ret_marker = bytes[at];
  return TRUE;
}

static gboolean check_end(Jpeg *jpeg)
{
  if (!jpeg->frame_seen)
    return refuse(jpeg, "it has no frame header");
  for (guint i = 0; i < jpeg->component_count; i++)
    if (!jpeg->components[i].scanned)
      return refuse(jpeg, "it has fewer scans than its frame header asks for");
  if (jpeg->offset < jpeg->walk->length)
    return refuse(jpeg,
                  "%" G_GSIZE_FORMAT " more bytes stand behind its end, such as the second picture "
                  "or the film of some phones; open the image and save it anew",
                  jpeg->walk->length - jpeg->offset);
  return TRUE;
}

gboolean image_walk_jpeg(ImageWalk *walk)
{
  Jpeg jpeg = {.walk = walk, .offset = 2};
  for (;;) {
    guint8 marker = 0;
    if (!read_marker(&jpeg, &marker))
      return FALSE;
    if (marker == MARKER_EOI)
      return check_end(&jpeg);
    if (!take_segment(&jpeg, marker))
      return FALSE;
  }
}
