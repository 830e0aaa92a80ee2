// Write, sync, rename.
#include "host/io/whole_file.h"

#include <fcntl.h>

#include "host/error.h"
#include "host/io/sys.h"

namespace sluice {

void write_whole(const std::string& path, const std::function<void(const std::string& working)>& write) {
  const std::string working = path + ".partial";
  try {
    write(working);
    sys::sync_all(sys::File(working, O_WRONLY));
    sys::rename(working, path);
  } catch (...) {
    try {
      sys::unlink(working);
    } catch (const Error&) {  // the first error says what happened
    }
    throw;
  }
}

void write_whole(const std::string& path, std::string_view bytes) {
  write_whole(path, [&](const std::string& working) {
    const sys::File file(working, O_WRONLY | O_CREAT | O_TRUNC);
    sys::write_at(file, bytes.data(), bytes.size(), 0);
  });
}

}  // namespace sluice
