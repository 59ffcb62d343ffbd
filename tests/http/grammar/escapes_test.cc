#include <gtest/gtest.h>

#include <string>

#include "http/grammar/html_text.h"
#include "http/grammar/printable.h"
#include "http/grammar/xml_text.h"

namespace duel::http::grammar::testing {
namespace {

TEST(HtmlText, EscapesTheMarkupCharacters) {
  std::string html;
  write_html_text("a<b>&\"c'\u00FC\n", [&](std::string_view piece) { html.append(piece); });
  EXPECT_EQ(html, "a&lt;b&gt;&amp;&#34;c&#39;\u00FC\n");
}

TEST(XmlText, EscapesMarkupAndWhatADocumentCannotHave) {
  std::string xml;
  write_xml_text("a<b>&\"c'\u00FC\t\r\n\x01\xFF\uFFFE\U0001F600", [&](std::string_view piece) { xml.append(piece); });
  EXPECT_EQ(xml, "a&lt;b&gt;&amp;&#34;c&#39;\u00FC&#x9;&#xD;&#xA;\uFFFD\uFFFD\uFFFD\U0001F600");
}

TEST(Printable, EscapesWhatCouldControlATerminal) {
  const auto printable = [](std::string_view text, std::string_view others) {
    std::string written;
    write_printable(text, others, [&](std::string_view piece) { written.append(piece); });
    return written;
  };
  EXPECT_EQ(printable("a b~\x7F\x1B[\n\xC3\xBC", ""), R"(a b~\x7f\x1b[\x0a\xc3\xbc)");
  EXPECT_EQ(printable(std::string_view("\0", 1), ""), R"(\x00)");
  EXPECT_EQ(printable(R"("\)", ""), R"("\)");
  EXPECT_EQ(printable(R"("\)", R"("\)"), R"(\x22\x5c)");
}

}  // namespace
}  // namespace duel::http::grammar::testing
