#include "router/documents/xml.h"
#include "router/documents/yaml.h"

namespace {

// Counts the elements.
class Counter : public duel::documents::XmlVisitor {
 public:
  int count = 0;
  void begin_element(std::string_view) override { ++count; }
  void attribute(std::string_view, std::string_view) override {}
  void end_element(std::string_view) override {}
};

}  // namespace

int main() {
  Counter counter;
  std::pmr::monotonic_buffer_resource memory;
  const bool read = duel::documents::read_xml("<a><b/></a>", counter, memory).empty() && counter.count == 2;
  return read && duel::documents::resolve_yaml("0x1f").as_signed == 31 ? 0 : 1;
}
