// Title and description inside a finished PNG or SVG; Cairo writes neither. Text is clean UTF-8 (clean_text).
#pragma once
#include <string>
#include <vector>

namespace sluice::picture {

/// The PNG with iTXt chunks "Title" and "Description" behind its header; an empty text has no chunk.
std::string png_with_text(const std::string& png, const std::string& title, const std::string& description);

/// The SVG with <title> and <desc> as the first elements, named as its label for screen readers.
/// sharp_images: of each image in its turn, whether viewers are told to keep the edges of its pixels.
std::string svg_with_text(const std::string& svg, const std::string& title, const std::string& description,
                          const std::vector<bool>& sharp_images);

}  // namespace sluice::picture
