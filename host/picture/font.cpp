// The assembler puts the files' bytes into the object file (SLUICE_FONTS is their folder).
#include "host/picture/font.h"

#include <cairo-ft.h>

#include <cstddef>

#include "host/error.h"

__asm__(
    ".pushsection .rodata\n"
    ".global sluice_font_regular\n.hidden sluice_font_regular\n"
    ".global sluice_font_bold\n.hidden sluice_font_bold\n"
    ".global sluice_font_end\n.hidden sluice_font_end\n"
    ".balign 16\nsluice_font_regular:\n.incbin \"" SLUICE_FONTS
    "/DejaVuSans.ttf\"\n"
    ".balign 16\nsluice_font_bold:\n.incbin \"" SLUICE_FONTS
    "/DejaVuSans-Bold.ttf\"\n"
    "sluice_font_end:\n.byte 0\n"
    ".popsection\n");

extern "C" const unsigned char sluice_font_regular[], sluice_font_bold[], sluice_font_end[];

namespace sluice::picture {
namespace {

struct Faces {
  FT_Library library = nullptr;
  FT_Face faces[2] = {};
  cairo_font_face_t* for_cairo[2] = {};

  Faces() {
    check(FT_Init_FreeType(&library));
    open(0, sluice_font_regular, sluice_font_bold);
    open(1, sluice_font_bold, sluice_font_end);
  }

  void open(int which, const unsigned char* begin, const unsigned char* end) {
    check(FT_New_Memory_Face(library, begin, FT_Long(end - begin), 0, &faces[which]));
    for_cairo[which] = cairo_ft_font_face_create_for_ft_face(faces[which], FT_LOAD_NO_HINTING);
  }

  static void check(FT_Error error) {
    if (error != 0)
      throw Error(ErrorKind::kMemory,
                  "the font of pictures cannot be opened: FreeType's error " + std::to_string(error));
  }
};

}  // namespace

cairo_font_face_t* font_face(bool bold) {
  static const Faces* const faces = new Faces;  // Cairo may hold its faces until the process ends
  return faces->for_cairo[bold ? 1 : 0];
}

}  // namespace sluice::picture
