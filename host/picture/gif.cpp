// A frame waits until the next one is known: equal ones are joined. giflib writes through a call into a
// buffer.
#include "host/picture/gif.h"

#include <fcntl.h>
#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "host/error.h"
#include "host/io/sys.h"

namespace sluice::picture {
namespace {

constexpr std::size_t kBuffer = 1 << 18;
constexpr int kLeastDelay = 2, kMostDelay = 65535;  // hundredths of a second

struct Rectangle {
  int left = 0, top = 0, width = 0, height = 0;
};

/// The smallest rectangle around what differs; empty where nothing does.
Rectangle difference(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b, int width,
                     int height) {
  int left = width, right = -1, top = height, bottom = -1;
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* p = a.data() + std::ptrdiff_t(y) * width;
    const std::uint8_t* q = b.data() + std::ptrdiff_t(y) * width;
    const int first = int(std::mismatch(p, p + width, q).first - p);
    if (first == width) continue;
    int last = width - 1;
    while (p[last] == q[last]) --last;
    left = std::min(left, first), right = std::max(right, last);
    top = std::min(top, y), bottom = y;
  }
  return bottom < 0 ? Rectangle{} : Rectangle{left, top, right - left + 1, bottom - top + 1};
}

}  // namespace

struct GifWriter::File {
  std::string path, working;
  sys::File out;
  std::uint64_t offset = 0;
  std::string buffer, failure;
  GifFileType* gif = nullptr;
  GifOptions options;
  PaletteLookup lookup;
  std::vector<std::uint8_t> shown, next;  // indices of colours
  std::vector<GifPixelType> line;
  Rectangle waiting;               // of `shown`, not yet written
  std::vector<std::uint8_t> same;  // of the waiting rectangle: what the frame before had too
  double waiting_time = 0;         // milliseconds
  double carried = 0;              // rounded away so far
  bool any = false, finished = false;
  std::int64_t frames = 0;

  File(const std::string& to, const GifOptions& o, const std::vector<Rgb>& palette)
      : path(to), working(to + ".partial"), options(o), lookup(palette) {}
  ~File() {
    if (finished) return;
    int error = 0;
    if (gif != nullptr) EGifCloseFile(gif, &error);
    if (!out) return;
    try {
      sys::unlink(working);
    } catch (const Error&) {  // the error that ended the writing says more
    }
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int transparent() const { return int(lookup.palette().size()); }

  void flush() {
    sys::write_at(out, buffer.data(), buffer.size(), offset);
    offset += buffer.size();
    buffer.clear();
  }

  /// giflib's call. An error waits in `failure`: no exception passes through C.
  static int write(GifFileType* gif, const GifByteType* data, int length) {
    auto& file = *static_cast<File*>(gif->UserData);
    try {
      file.buffer.append(reinterpret_cast<const char*>(data), std::size_t(length));
      if (file.buffer.size() >= kBuffer) file.flush();
      return length;
    } catch (const std::exception& e) {
      file.failure = e.what();
      return 0;
    }
  }

  void check(int status) {
    if (!failure.empty()) throw Error(ErrorKind::kOutput, failure);
    if (status == GIF_ERROR) {
      const char* text = GifErrorString(gif->Error);
      throw Error(ErrorKind::kOutput,
                  path + ": the animation cannot be written: " + (text ? text : "unknown error"));
    }
  }

  void begin() {
    out = sys::File(working, O_WRONLY | O_CREAT | O_TRUNC);
    int error = 0;
    gif = EGifOpen(this, write, &error);
    if (gif == nullptr) throw Error(ErrorKind::kMemory, path + ": no memory for the animation");
    EGifSetGifVersion(gif, true);
    int entries = 2;
    while (entries < transparent() + 1) entries *= 2;
    const std::unique_ptr<ColorMapObject, void (*)(ColorMapObject*)> map(GifMakeMapObject(entries, nullptr),
                                                                         GifFreeMapObject);
    if (!map) throw Error(ErrorKind::kMemory, path + ": no memory for the animation");
    for (std::size_t i = 0; i < lookup.palette().size(); ++i) {
      const Rgb c = lookup.palette()[i];
      map->Colors[i] = {c.red, c.green, c.blue};
    }
    check(EGifPutScreenDesc(gif, options.width, options.height, 8, 0, map.get()));
    if (options.repeats == 1) return;
    const int loops = options.repeats == 0 ? 0 : options.repeats - 1;  // after the first time
    const std::array<GifByteType, 3> block = {1, GifByteType(loops & 255), GifByteType(loops >> 8)};
    check(EGifPutExtensionLeader(gif, APPLICATION_EXT_FUNC_CODE));
    check(EGifPutExtensionBlock(gif, 11, "NETSCAPE2.0"));
    check(EGifPutExtensionBlock(gif, int(block.size()), block.data()));
    check(EGifPutExtensionTrailer(gif));
  }

  /// One image of `shown`, for so many hundredths of a second.
  void put(const Rectangle& r, int delay) {
    GraphicsControlBlock control{};
    control.DisposalMode = DISPOSE_DO_NOT;
    control.DelayTime = delay;
    control.TransparentColor = any ? transparent() : NO_TRANSPARENT_COLOR;
    std::array<GifByteType, 4> bytes{};
    EGifGCBToExtension(&control, bytes.data());
    check(EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, int(bytes.size()), bytes.data()));
    check(EGifPutImageDesc(gif, r.left, r.top, r.width, r.height, false, nullptr));
    for (int y = 0; y < r.height; ++y) {
      const std::size_t from = std::size_t(r.top + y) * std::size_t(options.width) + std::size_t(r.left);
      for (int x = 0; x < r.width; ++x) {
        const std::size_t i = from + std::size_t(x);
        line[std::size_t(x)] = any && same[i] ? GifPixelType(transparent()) : shown[i];
      }
      check(EGifPutLine(gif, line.data(), r.width));
    }
    any = true;
    ++frames;
  }

  /// The frame that waits. A time longer than GIF counts is told by further images of one pixel.
  void put_waiting() {
    if (waiting.width == 0) return;
    const double wanted = waiting_time / 10 + carried;
    auto delay = std::max<std::int64_t>(kLeastDelay, std::llround(wanted));
    carried = wanted - double(delay);
    put(waiting, int(std::min<std::int64_t>(delay, kMostDelay)));
    std::fill(same.begin(), same.end(), 1);
    while ((delay -= kMostDelay) > 0) put({0, 0, 1, 1}, int(std::min<std::int64_t>(delay, kMostDelay)));
    waiting = {};
  }
};

GifWriter::GifWriter(const std::string& path, const GifOptions& options, const std::vector<Rgb>& palette)
    : file_(std::make_unique<File>(path, options, palette)) {
  if (options.width < 1 || options.height < 1 || options.width > 65535 || options.height > 65535)
    throw Error(ErrorKind::kUsage, path + ": size of the animation: expected 1x1 to 65535x65535, found " +
                                       std::to_string(options.width) + "x" + std::to_string(options.height));
  if (palette.empty() || palette.size() > kMostColors)
    throw Error(ErrorKind::kUsage, path + ": colours of the animation: expected 1 to " +
                                       std::to_string(kMostColors) + ", found " +
                                       std::to_string(palette.size()));
  if (options.repeats < 0 || options.repeats > 65536)
    throw Error(ErrorKind::kUsage, path + ": how often the animation plays: expected 0 to 65536, found " +
                                       std::to_string(options.repeats));
  file_->begin();
}

GifWriter::~GifWriter() = default;

void GifWriter::add(const Raster& frame, double milliseconds) {
  File& f = *file_;
  if (frame.width != f.options.width || frame.height != f.options.height)
    throw Error(ErrorKind::kUsage, f.path + ": size of a frame: expected " + std::to_string(f.options.width) +
                                       "x" + std::to_string(f.options.height) + ", found " +
                                       std::to_string(frame.width) + "x" + std::to_string(frame.height));
  if (!(milliseconds >= 0 && milliseconds < 1e12))
    throw Error(ErrorKind::kUsage, f.path + ": time of a frame: expected milliseconds from 0, found " +
                                       std::to_string(milliseconds));
  const std::size_t pixels = std::size_t(frame.width) * std::size_t(frame.height);
  const bool first = f.shown.empty();
  f.next.resize(pixels);
  for (int y = 0; y < frame.height; ++y) {
    const std::uint32_t* from = frame.pixels + y * frame.stride;
    std::uint8_t* to = f.next.data() + std::ptrdiff_t(y) * frame.width;
    for (int x = 0; x < frame.width; ++x) to[x] = f.lookup.nearest(from[x]);
  }
  const Rectangle changed = first ? Rectangle{0, 0, frame.width, frame.height}
                                  : difference(f.shown, f.next, frame.width, frame.height);
  if (changed.width == 0) {
    f.waiting_time += milliseconds;
    return;
  }
  if (first) {
    f.same.assign(pixels, 0);
    f.line.resize(std::size_t(frame.width));
  } else {
    f.put_waiting();
    for (std::size_t i = 0; i < pixels; ++i) f.same[i] = f.shown[i] == f.next[i];
  }
  f.shown.swap(f.next);
  f.waiting = changed;
  f.waiting_time = milliseconds;
}

void GifWriter::finish() {
  File& f = *file_;
  if (f.shown.empty()) throw Error(ErrorKind::kUsage, f.path + ": an animation without a frame");
  f.put_waiting();
  int error = 0;
  GifFileType* gif = f.gif;
  f.gif = nullptr;  // freed by the call, also where it fails
  const int status = EGifCloseFile(gif, &error);
  if (!f.failure.empty()) throw Error(ErrorKind::kOutput, f.failure);
  if (status == GIF_ERROR)
    throw Error(ErrorKind::kOutput, f.path + ": the animation cannot be ended: " + std::to_string(error));
  f.flush();
  sys::sync_all(f.out);
  f.out.close();
  sys::rename(f.working, f.path);
  f.finished = true;
}

std::int64_t GifWriter::frames() const {
  return file_->frames;
}

}  // namespace sluice::picture
