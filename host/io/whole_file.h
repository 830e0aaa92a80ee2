// Files that stand under their name only when they are whole and on the disk.
#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace sluice {

/// Calls `write` with `path`.partial, which it makes; then syncs the file and gives it its name. Where
/// something throws, nothing is left of it.
void write_whole(const std::string& path, const std::function<void(const std::string& working)>& write);
/// The same with these bytes.
void write_whole(const std::string& path, std::string_view bytes);

}  // namespace sluice
