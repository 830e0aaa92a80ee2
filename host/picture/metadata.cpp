// PNG: a chunk is length, type, data and a CRC of type and data, big-endian; iTXt holds UTF-8. SVG: elements
// are put behind the opening tag, and attributes into the image tags (Cairo drops its filter there).
#include "host/picture/metadata.h"

#include <libdeflate.h>

#include <cstdint>

namespace sluice::picture {
namespace {

std::string big_endian(std::uint32_t x) {
  return {char(x >> 24), char(x >> 16 & 255), char(x >> 8 & 255), char(x & 255)};
}

std::string text_chunk(const std::string& keyword, const std::string& text) {
  if (text.empty()) return {};
  std::string body = "iTXt" + keyword;
  body.append(5, '\0');  // end of keyword, not compressed (2), no language, no translated keyword
  body += text;
  const std::uint32_t crc = libdeflate_crc32(0, body.data(), body.size());
  return big_endian(std::uint32_t(body.size() - 4)) + body + big_endian(crc);
}

std::string escape(const std::string& text) {
  std::string escaped;
  for (char c : text) {
    if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else
      escaped += c;
  }
  return escaped;
}

}  // namespace

std::string png_with_text(const std::string& png, const std::string& title, const std::string& description) {
  constexpr std::size_t header_end = 8 + 4 + 4 + 13 + 4;  // signature, then length, type, data, CRC of IHDR
  return png.substr(0, header_end) + text_chunk("Title", title) + text_chunk("Description", description) +
         png.substr(header_end);
}

std::string svg_with_text(const std::string& svg, const std::string& title, const std::string& description,
                          const std::vector<bool>& sharp_images) {
  const std::size_t tag = svg.find("<svg");
  if (tag == std::string::npos) return svg;
  std::string result =
      svg.substr(0, tag) + "<svg role=\"img\" aria-labelledby=\"picture-title picture-desc\"";
  const std::size_t end = svg.find('>', tag) + 1;
  result += svg.substr(tag + 4, end - tag - 4);
  result += "\n<title id=\"picture-title\">" + escape(title) + "</title>\n";
  result += "<desc id=\"picture-desc\">" + escape(description) + "</desc>";
  // Two words for one thing: a viewer takes the last that it knows.
  const std::string image = "<image ",
                    style = "style=\"image-rendering:crisp-edges;image-rendering:pixelated\" ";
  std::size_t from = end;
  for (const bool sharp : sharp_images) {
    const std::size_t at = svg.find(image, from);
    if (at == std::string::npos) break;
    result += svg.substr(from, at - from) + image + (sharp ? style : "");
    from = at + image.size();
  }
  return result + svg.substr(from);
}

}  // namespace sluice::picture
