#include "tests/context/twin.h"

#include <iostream>
#include <list>

#include "tests/e2e/serving.h"

namespace duel::context {
namespace {

// One client at a time: a small ring per application is enough.
http::ServerOptions for_one_client(http::ServerOptions options) {
  options.ring = {.submissions = 16, .completions = 64, .receive_buffers_at_start = 16, .receive_buffers = 16};
  options.max_connections = 64;
  options.on_exception = {};  // handlers of the table of panics throw on purpose
  return options;
}

}  // namespace

int run_twin(int argc, char** argv, std::vector<Application> (*make)(const std::filesystem::path& files)) {
  if (argc != 2 || !std::filesystem::is_directory(argv[1])) {
    std::cerr << "usage: " << argv[0] << " FOLDER\n";
    return 2;
  }
  std::list<e2e::Serving> servers;
  for (Application& application : make(argv[1])) {
    servers.emplace_back(std::move(application.make_handler), for_one_client(application.options));
    std::cout << application.name << ' ' << servers.back().port() << '\n';
  }
  std::cout << "ready" << std::endl;
  while (std::cin.get() != std::char_traits<char>::eof()) {
  }
  return 0;
}

}  // namespace duel::context
