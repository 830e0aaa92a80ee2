// The file that write_page() leaves: its arrays, its texts, what it refuses. page_browser.py opens pages.
#include <filesystem>
#include <fstream>

#include "host/error.h"
#include "host/page/json.h"
#include "host/page/sink.h"
#include "page_support.h"

namespace sluice::page {
namespace {

class PageWrite : public PageFolder {};

Page two_points() {
  Page page;
  page.title = "two";
  Points p;
  p.x = std::vector<double>{1, 0.1};
  p.y = std::vector<float>{3, -4};
  page.layers.push_back(p);
  return page;
}

Points& points_of(Page& page) {
  return std::get<Points>(page.layers.front());
}

TEST(PageBase64, KnownAnswers) {  // RFC 4648, 10
  EXPECT_EQ(base64_of(""), "");
  EXPECT_EQ(base64_of("f"), "Zg==");
  EXPECT_EQ(base64_of("fo"), "Zm8=");
  EXPECT_EQ(base64_of("foo"), "Zm9v");
  EXPECT_EQ(base64_of("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64_of(std::string("\xff\xfe\xfd\0", 4)), "//79AA==");
}

TEST_F(PageWrite, ArraysAreWhatWasGiven) {
  const std::string html = written(two_points());
  EXPECT_EQ(array_of<double>(html, 0), (std::vector<double>{1, 0.1}));
  EXPECT_EQ(array_of<float>(html, 1), (std::vector<float>{3, -4}));
  EXPECT_NE(spec_of(html).find("\"x\":{\"id\":0,\"type\":\"f8\"},\"y\":{\"id\":1,\"type\":\"f4\"}"),
            std::string::npos);
}

TEST_F(PageWrite, ArraysLongerThanTheBuffer) {
  Page page = two_points();
  std::vector<double> x(500001);
  std::vector<std::uint32_t> group(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = double(i) / 7, group[i] = std::uint32_t(i % 300);
  Points& p = points_of(page);
  p.x = x, p.y = x;
  p.categories = Categories{"", group, std::vector<std::string>(300, "n")};
  const std::string html = written(page);
  EXPECT_EQ(array_of<double>(html, 0), x);
  const auto narrow = array_of<std::uint16_t>(html, 2);
  EXPECT_EQ(std::vector<std::uint32_t>(narrow.begin(), narrow.end()), group);
  p.categories->names.resize(256), p.categories->data.assign(x.size(), 255);
  EXPECT_EQ(array_of<std::uint8_t>(written(page), 2), std::vector<std::uint8_t>(x.size(), 255));
}

TEST_F(PageWrite, NoTextEndsAnElementOrIsTakenForAPlace) {
  const std::string bad = "</script><b> @data@ @script@ \"'&<!-- \xff\n]]>";
  Page page = two_points();
  const std::size_t elements = times_in(written(page), "</script>"),
                    comments = times_in(written(page), "<!--");
  page.title = page.description = page.note = page.x.label = page.x.unit = page.y.label = bad;
  Points& p = points_of(page);
  p.name = p.size_label = bad;
  p.labels = {bad, bad};
  p.columns = {{bad, std::vector<float>{1, 2}}};
  p.categories = Categories{bad, {0, 1}, {bad, bad}};
  const std::string html = written(page);
  // Besides the elements of one page: two for the arrays of the categories and the column, one for the
  // labels.
  EXPECT_EQ(times_in(html, "</script>"), elements + 3);
  EXPECT_EQ(times_in(html, "<!--"), comments);
  EXPECT_EQ(times_in(html, "<b>"), 0u);
  EXPECT_EQ(times_in(spec_of(html), "<"), 0u);
  EXPECT_EQ(between(html, "<h1>", "</h1>"),
            "&lt;/script&gt;&lt;b&gt; @data@ @script@ &quot;&#39;&amp;&lt;!-- \xef\xbf\xbd ]]&gt;");
}

TEST_F(PageWrite, NothingComesFromElsewhere) {
  const std::string html = written(two_points());
  EXPECT_EQ(times_in(html, "http://") + times_in(html, "https://"), 1u);  // the name of SVG's elements
  EXPECT_NE(html.find("http://www.w3.org/2000/svg"), std::string::npos);
  for (const char* loader : {"src=", "@import", "url(", "fetch(", "XMLHttpRequest", "import("})
    EXPECT_EQ(times_in(html, loader), 0u) << loader;
  EXPECT_NE(html.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(times_in(html, "@hash@") + times_in(html, "@title@"), 0u);
}

TEST_F(PageWrite, NumbersReadBack) {
  EXPECT_EQ(script_number(0.1), "0.1");
  EXPECT_EQ(script_number(1e300), "1e+300");
  EXPECT_EQ(script_number(std::numeric_limits<double>::infinity()), "null");
  Page page = two_points();
  page.x.scale = picture::ScaleKind::kTime;
  page.x.origin_ns = 1700000000123456789;
  EXPECT_NE(spec_of(written(page)).find("\"origin\":\"1700000000123456789\""), std::string::npos);
}

TEST_F(PageWrite, EndsOfColours) {
  Page page = two_points();
  Points& p = points_of(page);
  p.values = ColoredValues{std::vector<double>{-2, 5}, {"v", "auto", true}};
  std::string spec = spec_of(written(page));
  EXPECT_NE(spec.find("\"colormap\":\"diverging\",\"log\":false,\"low\":-5,\"high\":5"), std::string::npos);
  p.values->rule = {"v", "auto", false, true};
  p.values->data = std::vector<double>{1, 100};
  spec = spec_of(written(page));
  EXPECT_NE(spec.find("\"colormap\":\"viridis\",\"log\":true,\"low\":1,\"high\":100"), std::string::npos);
  p.values->rule.low = 3, p.values->rule.high = 4;
  EXPECT_NE(spec_of(written(page)).find("\"low\":3,\"high\":4"), std::string::npos);
}

TEST_F(PageWrite, NoLayersNoPoints) {
  EXPECT_NE(written(Page{}).find("\"layers\":[]"), std::string::npos);
  Page page;
  page.layers = {Points{}, Lines{}, Segments{}};
  EXPECT_NE(written(page).find("\"pairs\":null"), std::string::npos);
}

TEST_F(PageWrite, RefusesWhatMakesNoSense) {
  const auto refused = [&](const char* part, auto change) {
    Page page = two_points();
    change(page, points_of(page));
    try {
      write_page(page, path("bad.html"));
      ADD_FAILURE() << part << ": not refused";
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kUsage);
      EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
    }
    EXPECT_FALSE(std::filesystem::exists(path("bad.html")) ||
                 std::filesystem::exists(path("bad.html.partial")));
  };
  const std::vector<float> three(3);
  refused("y of points", [&](Page&, Points& p) { p.y = three; });
  refused("no y", [&](Page&, Points& p) { p.y = std::vector<float>{}; });
  refused("values", [&](Page&, Points& p) { p.values = ColoredValues{three, {}}; });
  refused("sizes", [&](Page&, Points& p) { p.sizes = three; });
  refused("labels", [&](Page&, Points& p) { p.labels = {"one"}; });
  refused("column", [&](Page&, Points& p) { p.columns = {{"c", three}}; });
  refused("errors along y", [&](Page&, Points& p) { p.y_errors.below = three; });
  refused("lengths below", [&](Page&, Points& p) { p.x_errors.above = std::vector<float>(2); });
  refused("below 1, found 1", [&](Page&, Points& p) { p.categories = Categories{"", {0, 1}, {"a"}}; });
  refused("both", [&](Page&, Points& p) {
    p.values = ColoredValues{std::vector<float>(2), {}};
    p.categories = Categories{"", {0, 0}, {"a"}};
  });
  refused("as many x as y", [&](Page& page, Points&) { page.layers.push_back(Lines{"", three, {}}); });
  refused("layer of points", [&](Page& page, Points&) { page.layers.push_back(Segments{"", 7, {}}); });
  refused("pairs", [&](Page& page, Points&) { page.layers.push_back(Segments{"", 0, {0}}); });
  refused("below 2, found 2", [&](Page& page, Points&) { page.layers.push_back(Segments{"", 0, {0, 2}}); });
  refused("cells", [&](Page& page, Points&) { page.layers.push_back(Cells{"", three, 2, 2}); });
  refused("origin", [&](Page& page, Points&) { page.x.scale = picture::ScaleKind::kLog, page.x.origin = 1; });
  refused("positive", [&](Page& page, Points&) { page.y.scale = picture::ScaleKind::kLog, page.y.low = 0; });
  refused("ascending", [&](Page& page, Points&) { page.y.low = 2, page.y.high = 1; });
  refused("rainbow", [&](Page&, Points& p) {
    p.values = ColoredValues{std::vector<float>(2), {"", "rainbow"}};
  });
}

TEST_F(PageWrite, KeepsWhatWasThereWhenItFails) {
  std::ofstream(path("p.html")) << "before";
  Page page = two_points();
  points_of(page).values = ColoredValues{std::vector<float>(2), {"", "rainbow"}};
  EXPECT_THROW(write_page(page, path("p.html")), Error);
  EXPECT_EQ(bytes_of(path("p.html")), "before");
  EXPECT_FALSE(std::filesystem::exists(path("p.html.partial")));
  EXPECT_THROW(write_page(two_points(), path("nowhere/p.html")), Error);
}

TEST_F(PageWrite, SameBytesAgain) {
  EXPECT_EQ(written(two_points()), written(two_points()));
}

}  // namespace
}  // namespace sluice::page
