/* Only whole PNG and JPEG images pass, by their bytes, and nothing crashes. */
#include "intake/image.h"

#include <string.h>
#include <zlib.h>

/* ---- Samples --------------------------------------------------------------- */

/* tests/fixtures/images, found from the program's own place upwards. */
static GByteArray *load(const char *name)
{
  g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *folder = g_path_get_dirname(program);
  for (;;) {
    g_autofree char *path = g_build_filename(folder, "tests/fixtures/images", name, NULL);
    char *bytes = NULL;
    gsize length = 0;
    if (g_file_get_contents(path, &bytes, &length, NULL))
      return g_byte_array_new_take((guint8 *)bytes, length);
    g_assert_cmpstr(folder, !=, "/");
    char *parent = g_path_get_dirname(folder);
    g_free(folder);
    folder = parent;
  }
}

static void append_u32(GByteArray *bytes, guint32 value)
{
  guint32 big_endian = GUINT32_TO_BE(value);
  g_byte_array_append(bytes, (const guint8 *)&big_endian, sizeof big_endian);
}

static void append_chunk(GByteArray *png, const char *type, const void *data, gsize length)
{
  append_u32(png, (guint32)length);
  guint begin = png->len;
  g_byte_array_append(png, (const guint8 *)type, 4);
  g_byte_array_append(png, data, (guint)length);
  append_u32(png, (guint32)crc32(0, png->data + begin, (guint)(length + 4)));
}

static GByteArray *new_png(guint32 width, guint32 height, guint8 depth, guint8 colour,
                           guint8 interlace)
{
  GByteArray *png = g_byte_array_new();
  g_byte_array_append(png, (const guint8 *)"\x89PNG\r\n\x1a\n", 8);
  g_autoptr(GByteArray) header = g_byte_array_new();
  append_u32(header, width);
  append_u32(header, height);
  const guint8 rest[] = {depth, colour, 0, 0, interlace};
  g_byte_array_append(header, rest, sizeof rest);
  append_chunk(png, "IHDR", header->data, header->len);
  return png;
}

/* LENGTH bytes of FILL, as a zlib stream. */
static GByteArray *deflated(gsize length, guint8 fill)
{
  g_autofree guint8 *raw = g_malloc(length + 1);
  memset(raw, fill, length);
  uLongf size = compressBound(length);
  guint8 *packed = g_malloc(size);
  g_assert_cmpint(compress2(packed, &size, raw, length, 9), ==, Z_OK);
  return g_byte_array_new_take(packed, size);
}

static void append_pixels(GByteArray *png, gsize length)
{
  g_autoptr(GByteArray) packed = deflated(length, 0);
  append_chunk(png, "IDAT", packed->data, packed->len);
}

static void append_end(GByteArray *png)
{
  append_chunk(png, "IEND", "", 0);
}

/* ---- Verdicts -------------------------------------------------------------- */

static void assert_taken(const GByteArray *bytes, ImageKind kind, guint32 width, guint32 height)
{
  ImageInfo info = {0};
  const char *code = NULL;
  g_autofree char *reason = NULL;
  gboolean taken = image_check(bytes->data, bytes->len, &info, &code, &reason);
  g_assert_cmpstr(reason, ==, NULL);
  g_assert_true(taken);
  g_assert_cmpuint(info.kind, ==, kind);
  g_assert_cmpuint(info.width, ==, width);
  g_assert_cmpuint(info.height, ==, height);
  g_assert_cmpstr(info.media_type, ==, kind == IMAGE_KIND_PNG ? "image/png" : "image/jpeg");
  g_assert_cmpstr(info.extension, ==, kind == IMAGE_KIND_PNG ? "png" : "jpg");
}

static void assert_refused(const GByteArray *bytes, const char *code, const char *says)
{
  ImageInfo info = {.kind = 77};
  const char *ret_code = NULL;
  g_autofree char *reason = NULL;
  g_assert_false(image_check(bytes->data, bytes->len, &info, &ret_code, &reason));
  g_assert_cmpuint(info.kind, ==, 77);
  g_assert_cmpstr(ret_code, ==, code);
  if (strstr(reason, says) == NULL)
    g_error("\"%s\" does not say \"%s\"", reason, says);
}

/* ---- Whole images ---------------------------------------------------------- */

static void test_samples(void)
{
  static const struct {
    const char *name;
    ImageKind kind;
    guint32 width, height;
  } samples[] = {
      {"colour.png", IMAGE_KIND_PNG, 40, 30},       {"interlaced.png", IMAGE_KIND_PNG, 19, 11},
      {"grey16.png", IMAGE_KIND_PNG, 5, 7},         {"baseline.jpg", IMAGE_KIND_JPEG, 48, 40},
      {"progressive.jpg", IMAGE_KIND_JPEG, 48, 40}, {"restart.jpg", IMAGE_KIND_JPEG, 48, 40},
  };
  for (guint i = 0; i < G_N_ELEMENTS(samples); i++) {
    g_autoptr(GByteArray) bytes = load(samples[i].name);
    assert_taken(bytes, samples[i].kind, samples[i].width, samples[i].height);
    g_assert_cmpuint(image_kind_from_bytes(bytes->data, 16), ==, samples[i].kind);
  }
  g_autoptr(GByteArray) arithmetic = load("arithmetic.jpg");
  assert_refused(arithmetic, "attachment-content", "arithmetic");
}

/* No beginning of an image is an image, and no image has anything behind it. */
static void test_cut_and_longer(void)
{
  static const char *const names[] = {"colour.png",   "interlaced.png",  "grey16.png",
                                      "baseline.jpg", "progressive.jpg", "restart.jpg"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autoptr(GByteArray) whole = load(names[i]);
    for (guint length = 0; length < whole->len; length++) {
      g_autofree guint8 *copy = g_memdup2(whole->data, MAX(length, 1));
      GByteArray cut = {copy, length};
      assert_refused(&cut, "attachment-content", "");
    }
    g_byte_array_append(whole, (const guint8 *)"PK\3\4", 4);
    assert_refused(whole, "attachment-content", "4 more bytes stand behind its end");
  }
}

/* Every byte of a PNG counts: changing any one is noticed, but where zlib or the
 * chunk's own text gives way it is the CRC that tells. */
static void test_png_changed_bytes(void)
{
  g_autoptr(GByteArray) bytes = load("interlaced.png");
  for (guint i = 0; i < bytes->len; i++) {
    bytes->data[i] ^= 0x10;
    assert_refused(bytes, "attachment-content", "");
    bytes->data[i] ^= 0x10;
  }
  assert_taken(bytes, IMAGE_KIND_PNG, 19, 11);
}

static gsize raw_size(guint32 width, guint32 height, guint bits)
{
  return height * (1 + ((gsize)width * bits + 7) / 8);
}

static void test_png_colour_types(void)
{
  for (guint colour = 0; colour < 9; colour++)
    for (guint depth = 0; depth < 40; depth++) {
      static const guint samples[] = {1, 0, 3, 1, 2, 0, 4};
      gboolean small = depth == 1 || depth == 2 || depth == 4;
      gboolean valid = (colour == 0 && (small || depth == 8 || depth == 16)) ||
                       (colour == 3 && (small || depth == 8)) ||
                       ((colour == 2 || colour == 4 || colour == 6) && (depth == 8 || depth == 16));
      g_autoptr(GByteArray) png = new_png(9, 3, (guint8)depth, (guint8)colour, 0);
      if (colour == 3)
        append_chunk(png, "PLTE", "abcdef", 6);
      append_pixels(png, valid ? raw_size(9, 3, depth * samples[colour]) : 10);
      append_end(png);
      if (valid)
        assert_taken(png, IMAGE_KIND_PNG, 9, 3);
      else
        assert_refused(png, "attachment-content", "colour type");
    }
}

/* Adam7 of every small size: the passes that have no pixels are left out. */
static void test_png_interlaced_sizes(void)
{
  static const guint x0[] = {0, 4, 0, 2, 0, 1, 0}, y0[] = {0, 0, 4, 0, 2, 0, 1};
  static const guint dx[] = {8, 8, 4, 4, 2, 2, 1}, dy[] = {8, 8, 8, 4, 4, 2, 2};
  for (guint width = 1; width < 11; width++)
    for (guint height = 1; height < 11; height++) {
      gsize size = 0;
      for (guint pass = 0; pass < 7; pass++)
        if (width > x0[pass] && height > y0[pass])
          size += raw_size((width - x0[pass] + dx[pass] - 1) / dx[pass],
                           (height - y0[pass] + dy[pass] - 1) / dy[pass], 24);
      for (int more = -1; more <= 1; more++) {
        g_autoptr(GByteArray) png = new_png(width, height, 8, 2, 1);
        append_pixels(png, size + (gsize)more);
        append_end(png);
        if (more == 0)
          assert_taken(png, IMAGE_KIND_PNG, width, height);
        else
          assert_refused(png, "attachment-content", more < 0 ? "fewer pixels" : "more pixels");
      }
    }
}

/* ---- PNG, broken on purpose ------------------------------------------------- */

typedef void (*Build)(GByteArray *png);

static void build_no_data(GByteArray *png)
{
  append_end(png);
}

static void build_two_headers(GByteArray *png)
{
  append_chunk(png, "IHDR", png->data + 16, 13);
  append_pixels(png, 12);
  append_end(png);
}

static void build_gap(GByteArray *png)
{
  append_pixels(png, 12);
  append_chunk(png, "tEXt", "a\0b", 3);
  append_chunk(png, "IDAT", "", 0);
  append_end(png);
}

static void build_more_streams(GByteArray *png)
{
  append_pixels(png, 12);
  append_pixels(png, 12);
  append_end(png);
}

static void build_tail_in_data(GByteArray *png)
{
  g_autoptr(GByteArray) packed = deflated(12, 0);
  g_byte_array_append(packed, (const guint8 *)"tail", 4);
  append_chunk(png, "IDAT", packed->data, packed->len);
  append_end(png);
}

static void build_bad_stream(GByteArray *png)
{
  append_chunk(png, "IDAT", "\x78\x9c not deflate", 14);
  append_end(png);
}

static void build_dictionary(GByteArray *png)
{
  append_chunk(png, "IDAT", "\x78\xbb\0\0\0\1", 6);
  append_end(png);
}

static void build_bad_filter(GByteArray *png)
{
  g_autoptr(GByteArray) packed = deflated(12, 5);
  append_chunk(png, "IDAT", packed->data, packed->len);
  append_end(png);
}

static void build_unknown_critical(GByteArray *png)
{
  append_chunk(png, "ABCD", "x", 1);
  append_pixels(png, 12);
  append_end(png);
}

static void build_bad_name(GByteArray *png)
{
  append_chunk(png, "a1CD", "x", 1);
  append_end(png);
}

static void build_palette_late(GByteArray *png)
{
  append_pixels(png, 12);
  append_chunk(png, "PLTE", "abc", 3);
  append_end(png);
}

static void build_palette_length(GByteArray *png)
{
  append_chunk(png, "PLTE", "abcd", 4);
  append_pixels(png, 12);
  append_end(png);
}

static void build_transparency_length(GByteArray *png)
{
  append_chunk(png, "tRNS", "ab", 2);
  append_pixels(png, 12);
  append_end(png);
}

static void build_long_end(GByteArray *png)
{
  append_pixels(png, 12);
  append_chunk(png, "IEND", "x", 1);
}

static void build_bomb(GByteArray *png)
{
  append_pixels(png, 20 * 1000 * 1000);
  append_end(png);
}

static void test_png_broken(void)
{
  static const struct {
    Build build;
    const char *says;
  } cases[] = {
      {build_no_data, "fewer pixels"},
      {build_two_headers, "two headers"},
      {build_gap, "one piece"},
      {build_more_streams, "followed by other data"},
      {build_tail_in_data, "followed by other data"},
      {build_bad_stream, "decompressed"},
      {build_dictionary, "decompressed"},
      {build_bad_filter, "filter 5"},
      {build_unknown_critical, "ABCD"},
      {build_bad_name, "without a name"},
      {build_palette_late, "palette is out of place"},
      {build_palette_length, "palette has the wrong length"},
      {build_transparency_length, "transparency"},
      {build_long_end, "last chunk"},
      {build_bomb, "more pixels"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GByteArray) png = new_png(1, 3, 8, 2, 0);
    cases[i].build(png);
    assert_refused(png, "attachment-content", cases[i].says);
  }
}

static void test_png_headers(void)
{
  g_autoptr(GByteArray) flat = new_png(10, 0, 8, 2, 0);
  assert_refused(flat, "attachment-content", "no height");
  g_autoptr(GByteArray) wide = new_png(10001, 1, 8, 2, 0);
  assert_refused(wide, "attachment-size", "10001 × 1");
  g_autoptr(GByteArray) large = new_png(8000, 8000, 8, 2, 0);
  assert_refused(large, "attachment-size", "40 million");
  g_autoptr(GByteArray) huge = new_png(0xffffffff, 0xffffffff, 16, 6, 1);
  assert_refused(huge, "attachment-size", "4294967295");
  g_autoptr(GByteArray) interlace = new_png(1, 1, 8, 2, 2);
  assert_refused(interlace, "attachment-content", "interlace");
  g_autoptr(GByteArray) palette = new_png(4, 1, 8, 3, 0);
  append_pixels(palette, 5);
  append_end(palette);
  assert_refused(palette, "attachment-content", "no palette");
  g_autoptr(GByteArray) grey = new_png(4, 1, 8, 0, 0);
  append_chunk(grey, "PLTE", "abc", 3);
  assert_refused(grey, "attachment-content", "no colours");
  g_autoptr(GByteArray) entries = new_png(4, 1, 1, 3, 0);
  append_chunk(entries, "PLTE", "abcabcabc", 9);
  assert_refused(entries, "attachment-content", "palette has the wrong length");
}

static void test_png_first_chunk(void)
{
  g_autoptr(GByteArray) png = g_byte_array_new();
  g_byte_array_append(png, (const guint8 *)"\x89PNG\r\n\x1a\n", 8);
  append_pixels(png, 4);
  assert_refused(png, "attachment-content", "does not begin with its header");
}

/* ---- JPEG, broken on purpose ------------------------------------------------ */

/* Where the marker 0xff CODE first stands behind a segment's beginning. */
static guint8 *find_marker(const GByteArray *jpeg, guint8 code)
{
  for (guint i = 2; i + 1 < jpeg->len; i++)
    if (jpeg->data[i] == 0xff && jpeg->data[i + 1] == code)
      return jpeg->data + i;
  g_assert_not_reached();
}

/* In SAMPLE, the byte at OFFSET behind the first marker CODE becomes VALUE. */
static void check_jpeg_change(const char *sample, guint8 code, guint offset, guint8 value,
                              const char *fault, const char *says)
{
  g_autoptr(GByteArray) jpeg = load(sample);
  find_marker(jpeg, code)[offset] = value;
  g_test_message("%02x+%u=%02x", code, offset, value);
  assert_refused(jpeg, fault, says);
}

static void test_jpeg_broken(void)
{
  static const struct {
    const char *sample;
    guint8 code;
    guint offset;
    guint8 value;
    const char *says;
  } cases[] = {
      {"baseline.jpg", 0xc0, 1, 0xc3, "lossless"},
      {"baseline.jpg", 0xc0, 1, 0xc9, "arithmetic"},
      {"baseline.jpg", 0xc0, 1, 0xfe, "before its frame"},
      {"baseline.jpg", 0xc0, 3, 0x10, "wrong length"},
      {"baseline.jpg", 0xc0, 4, 12, "12 bits"},
      {"baseline.jpg", 0xc0, 9, 0, "wrong length"},
      {"baseline.jpg", 0xc0, 9, 200, "wrong length"},
      {"baseline.jpg", 0xc0, 11, 0x50, "frame header is wrong"},
      {"baseline.jpg", 0xc0, 11, 0x01, "frame header is wrong"},
      {"baseline.jpg", 0xc0, 12, 4, "frame header is wrong"},
      {"baseline.jpg", 0xc0, 12, 3, "before its tables"},
      {"baseline.jpg", 0xc0, 13, 1, "twice"},
      {"baseline.jpg", 0xdb, 1, 0xfe, "before its tables"},
      {"baseline.jpg", 0xdb, 4, 0x20, "quantization"},
      {"baseline.jpg", 0xdb, 4, 0x04, "quantization"},
      {"baseline.jpg", 0xdb, 4, 0x10, "quantization"},
      {"baseline.jpg", 0xc4, 1, 0xfe, "before its tables"},
      {"baseline.jpg", 0xc4, 4, 0x20, "Huffman"},
      {"baseline.jpg", 0xc4, 4, 0x04, "Huffman"},
      {"baseline.jpg", 0xc4, 5, 3, "too many codes"},
      {"baseline.jpg", 0xda, 4, 0, "scan header"},
      {"baseline.jpg", 0xda, 4, 2, "scan header"},
      {"baseline.jpg", 0xda, 5, 99, "does not exist"},
      {"baseline.jpg", 0xda, 6, 0x40, "does not exist"},
      {"baseline.jpg", 0xda, 6, 0x33, "before its tables"},
      {"baseline.jpg", 0xdb, 0, 0x00, "begin with a marker"},
      {"baseline.jpg", 0xe0, 1, 0xd8, "0xd8 is out of place"},
      {"baseline.jpg", 0xe0, 1, 0xd0, "0xd0 is out of place"},
      {"baseline.jpg", 0xe0, 1, 0x01, "0x01 is out of place"},
      {"baseline.jpg", 0xe0, 2, 0xff, "cut off"},
      {"baseline.jpg", 0xfe, 3, 0x01, "cut off"},
      {"baseline.jpg", 0xfe, 1, 0xd9, "no frame header"},
      {"restart.jpg", 0xd1, 1, 0xd0, "restart marker"},
      {"restart.jpg", 0xd0, 1, 0xd7, "restart marker"},
      {"restart.jpg", 0xdd, 1, 0xfe, "restart marker"},
      {"restart.jpg", 0xdd, 3, 0x05, "restart interval"},
      {"progressive.jpg", 0xc2, 1, 0xc0, "before its tables"},
      {"progressive.jpg", 0xda, 11, 1, "progressive scan"},
      {"progressive.jpg", 0xda, 12, 1, "progressive scan"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
    check_jpeg_change(cases[i].sample, cases[i].code, cases[i].offset, cases[i].value,
                      "attachment-content", cases[i].says);
  check_jpeg_change("baseline.jpg", 0xc0, 5, 0xff, "attachment-size", "scale it down");
}

static void test_jpeg_frames(void)
{
  g_autoptr(GByteArray) twice = load("baseline.jpg");
  guint8 *frame = find_marker(twice, 0xc0);
  g_autofree guint8 *copy = g_memdup2(frame, 19);
  g_autoptr(GByteArray) doubled = g_byte_array_new();
  gsize before = (gsize)(frame - twice->data);
  g_byte_array_append(doubled, twice->data, (guint)before);
  g_byte_array_append(doubled, copy, 19);
  g_byte_array_append(doubled, frame, (guint)(twice->len - before));
  assert_refused(doubled, "attachment-content", "two frame headers");
  g_autoptr(GByteArray) flat = load("baseline.jpg");
  memset(find_marker(flat, 0xc0) + 5, 0, 2);
  assert_refused(flat, "attachment-content", "no height");
}

/* Filling bytes may stand before a marker; a scan has to have data. */
static void test_jpeg_scan(void)
{
  g_autoptr(GByteArray) jpeg = load("baseline.jpg");
  g_autoptr(GByteArray) filled = g_byte_array_new();
  g_byte_array_append(filled, jpeg->data, jpeg->len - 2);
  g_byte_array_append(filled, (const guint8 *)"\xff\xff\xff\xd9", 4);
  assert_taken(filled, IMAGE_KIND_JPEG, 48, 40);
  static const guint8 one_component[] = {0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0};
  g_autoptr(GByteArray) partial = load("baseline.jpg");
  memcpy(find_marker(partial, 0xda), one_component, sizeof one_component);
  assert_refused(partial, "attachment-content", "fewer scans");
  gsize scan = (gsize)(find_marker(jpeg, 0xda) - jpeg->data);
  g_byte_array_set_size(jpeg, (guint)(scan + 2 + 12));
  g_byte_array_append(jpeg, (const guint8 *)"\xff\xd9", 2);
  assert_refused(jpeg, "attachment-content", "a scan has no data");
}

/* ---- Everything else -------------------------------------------------------- */

static void test_other_files(void)
{
  static const char *const texts[] = {"GIF89a", "%PDF-1.7", "<svg xmlns='x'/>", "BM",
                                      "RIFFxxxxWEBP"};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    GByteArray bytes = {(guint8 *)texts[i], (guint)strlen(texts[i])};
    assert_refused(&bytes, "attachment-content", "neither a PNG nor a JPEG");
    g_assert_cmpuint(image_kind_from_bytes(bytes.data, bytes.len), ==, 0);
  }
  GByteArray empty = {NULL, 0};
  assert_refused(&empty, "attachment-content", "empty");
}

static void test_size(void)
{
  g_autoptr(GByteArray) jpeg = load("baseline.jpg");
  g_autoptr(GByteArray) padded = g_byte_array_new();
  g_byte_array_append(padded, jpeg->data, 2);
  gsize padding = IMAGE_BYTES_MAX - jpeg->len;
  while (padding > 0) {
    gsize segment = padding > 2 * 65000 ? 65000 : padding > 65000 ? padding / 2 : padding;
    const guint8 head[] = {0xff, 0xfe, (guint8)((segment - 2) >> 8), (guint8)(segment - 2)};
    g_byte_array_append(padded, head, sizeof head);
    g_byte_array_set_size(padded, (guint)(padded->len + segment - sizeof head));
    padding -= segment;
  }
  g_byte_array_append(padded, jpeg->data + 2, jpeg->len - 2);
  g_assert_cmpuint(padded->len, ==, IMAGE_BYTES_MAX);
  assert_taken(padded, IMAGE_KIND_JPEG, 48, 40);
  g_byte_array_append(padded, (const guint8 *)"", 1);
  assert_refused(padded, "attachment-size", "512001 bytes");
}

/* Some thousand damaged images of each kind: none may crash the walker. */
static void test_random_damage(void)
{
  static const char *const names[] = {"colour.png", "interlaced.png", "baseline.jpg",
                                      "progressive.jpg", "restart.jpg"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autoptr(GByteArray) whole = load(names[i]);
    for (guint round = 0; round < 3000; round++) {
      g_autofree guint8 *bytes = g_memdup2(whole->data, whole->len);
      gsize length = (gsize)g_test_rand_int_range(1, (gint32)whole->len + 1);
      for (gint32 changes = g_test_rand_int_range(0, 5); changes > 0; changes--)
        bytes[g_test_rand_int_range(0, (gint32)length)] = (guint8)g_test_rand_int();
      ImageInfo info;
      const char *code = NULL;
      g_autofree char *reason = NULL;
      gboolean taken = image_check(bytes, length, &info, &code, &reason);
      g_assert_cmpint(taken, ==, reason == NULL);
    }
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/image/samples", test_samples);
  g_test_add_func("/image/cut-and-longer", test_cut_and_longer);
  g_test_add_func("/image/png/changed-bytes", test_png_changed_bytes);
  g_test_add_func("/image/png/colour-types", test_png_colour_types);
  g_test_add_func("/image/png/interlaced-sizes", test_png_interlaced_sizes);
  g_test_add_func("/image/png/broken", test_png_broken);
  g_test_add_func("/image/png/headers", test_png_headers);
  g_test_add_func("/image/png/first-chunk", test_png_first_chunk);
  g_test_add_func("/image/jpeg/broken", test_jpeg_broken);
  g_test_add_func("/image/jpeg/frames", test_jpeg_frames);
  g_test_add_func("/image/jpeg/scan", test_jpeg_scan);
  g_test_add_func("/image/other-files", test_other_files);
  g_test_add_func("/image/size", test_size);
  g_test_add_func("/image/random-damage", test_random_damage);
  return g_test_run();
}
