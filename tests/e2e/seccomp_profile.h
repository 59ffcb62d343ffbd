#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace duel::e2e {

// A filter of system calls as the kernel loads it. Make it before fork(): the child may only load it.
class SeccompProfile {
 public:
  // A profile in the form of container engines, for a program without capabilities on this machine.
  explicit SeccompProfile(const std::string& file) {
    const auto document = nlohmann::json::parse(std::ifstream(file));
    const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(document.value("defaultErrnoRet", EPERM)));
    for (const auto& rule : document.at("syscalls")) {
      for (const auto& name : rule.at("names")) add(filter, rule, name.get<std::string>());
    }
    translate(filter);
  }

  // Everything is allowed but one system call, which fails with `error`.
  SeccompProfile(const std::string& call, int error) {
    const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(static_cast<uint32_t>(error)),
                         seccomp_syscall_resolve_name(call.c_str()), 0) != 0) {
      throw std::runtime_error("no such system call: " + call);
    }
    translate(filter);
  }

  // Only system calls: between fork() and exec() nothing else is safe.
  void load() const {
    const sock_fprog program{.len = static_cast<unsigned short>(code_.size()),
                             .filter = const_cast<sock_filter*>(code_.data())};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) ::_exit(126);
  }

 private:
  static void add(scmp_filter_ctx filter, const nlohmann::json& rule, const std::string& name) {
    if (rule.contains("includes") || rule.contains("excludes"))
      throw std::runtime_error("not supported: a rule with conditions");
    const int number = seccomp_syscall_resolve_name(name.c_str());
    if (number == __NR_SCMP_ERROR) throw std::runtime_error("no such system call: " + name);
    std::vector<scmp_arg_cmp> arguments;
    for (const auto& argument : rule.value("args", nlohmann::json::array())) {
      if (argument.at("op") != "SCMP_CMP_MASKED_EQ") throw std::runtime_error("not supported: " + argument.dump());
      arguments.push_back({.arg = argument.at("index").get<unsigned>(),
                           .op = SCMP_CMP_MASKED_EQ,
                           .datum_a = argument.at("value").get<uint64_t>(),
                           .datum_b = argument.value("valueTwo", uint64_t{0})});
    }
    const uint32_t action =
        rule.at("action") == "SCMP_ACT_ALLOW" ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(rule.at("errnoRet").get<uint32_t>());
    if (seccomp_rule_add_array(filter, action, number, static_cast<unsigned>(arguments.size()), arguments.data()) !=
        0) {
      throw std::runtime_error("not accepted: " + name);
    }
  }

  void translate(scmp_filter_ctx filter) {
    const int file = ::memfd_create("profile", MFD_CLOEXEC);
    if (seccomp_export_bpf(filter, file) != 0) throw std::runtime_error("the profile cannot be translated");
    code_.resize(static_cast<size_t>(::lseek(file, 0, SEEK_END)) / sizeof(sock_filter));
    if (::pread(file, code_.data(), code_.size() * sizeof(sock_filter), 0) < 0) throw std::runtime_error("pread");
    ::close(file);
    seccomp_release(filter);
  }

  std::vector<sock_filter> code_;
};

}  // namespace duel::e2e
