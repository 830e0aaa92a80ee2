// The faces of the pictures' font, read from bytes inside the library: no font of the system is asked for.
#pragma once

typedef struct _cairo_font_face cairo_font_face_t;

namespace sluice::picture {

/// Lives as long as the process. Error{kMemory} where FreeType cannot open it.
cairo_font_face_t* font_face(bool bold);

}  // namespace sluice::picture
