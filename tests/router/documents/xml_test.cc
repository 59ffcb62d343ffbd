#include "router/documents/xml.h"

#include <gtest/gtest.h>

#include <string>

namespace duel::documents {
namespace {

// The parts of the document, in their order.
class Log final : public XmlVisitor {
 public:
  void begin_element(std::string_view name) override { append("<", name); }
  void attribute(std::string_view name, std::string_view value) override {
    append(" ", name);
    append("=", value);
  }
  void end_element(std::string_view data) override { append("|", data).append(">"); }
  std::string text;

 private:
  std::string& append(std::string_view before, std::string_view part) { return text.append(before).append(part); }
};

std::string read(std::string_view document) {
  Log log;
  std::pmr::monotonic_buffer_resource memory;
  const std::string_view problem = read_xml(document, log, memory);
  return problem.empty() ? log.text : std::string(problem);
}

TEST(ReadXml, GivesTheTextBetweenTheTagsOfEachElement) {
  EXPECT_EQ(read("<a>1<b>2</b>3<!-- no --><c x='4' y='5'/>6</a>"), "<a<b|2><c x=4 y=5|>|136>");
  EXPECT_EQ(read("<a>&lt;&#65;\r\n<![CDATA[&lt;]]></a>"), "<a|<A\n&lt;>");
}

TEST(ReadXml, RemovesPrefixes) {
  EXPECT_EQ(read("<x:a xmlns:x='u' x:b='1'/>"), "<a x=u b=1|>");
  EXPECT_EQ(read("<:a/>"), "<:a|>");
}

TEST(ReadXml, UsesTheGivenMemoryAlone) {
  char bytes[64 * 1024];
  std::pmr::monotonic_buffer_resource memory(bytes, sizeof bytes, std::pmr::null_memory_resource());
  Log log;
  EXPECT_EQ(read_xml("<a><b>1</b></a>", log, memory), "");
  std::pmr::monotonic_buffer_resource small(bytes, 512, std::pmr::null_memory_resource());
  EXPECT_THROW(read_xml("<a/>", log, small), std::bad_alloc);
}

// expat keeps about a hundred bytes for a name that it has not seen before.
TEST(ReadXml, RefusesATextThatNeedsTooMuchMemory) {
  std::string text = "<a";
  for (int i = 0; i < 50'000; ++i) text += " b" + std::to_string(i) + "=''";
  EXPECT_EQ(read(text + "/>"), "is too large");
  EXPECT_EQ(read("<a>" + std::string(size_t{4} << 20U, 'x') + "</a>"), "is too large");
  const std::string name(1'000'000, 'n');
  EXPECT_EQ(read("<" + name + "/>"), "<" + name + "|>");
}

}  // namespace
}  // namespace duel::documents
