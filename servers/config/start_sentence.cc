#include "servers/config/start_sentence.h"

namespace duel::servers::config {
namespace {

const char* flag_of(http::StartOption option) {
  switch (option) {
    case http::StartOption::kHost:
      return " (--host)";
    case http::StartOption::kPort:
      return " (--port)";
    case http::StartOption::kThreads:
      return " (--threads)";
    case http::StartOption::kDirectory:
      return " (--static-dir)";
    case http::StartOption::kNone:
      break;
  }
  return "";
}

}  // namespace

std::string start_sentence(const http::StartError& error) {
  return error.what() + std::string(flag_of(error.option()));
}

}  // namespace duel::servers::config
