#include "servers/config/processors.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <string>
#include <utility>

#include "tests/temporary_directory.h"

namespace duel::servers::config {
namespace {

// A kernel with a mask of `mask_processors`, which allows `allowed` of them.
Affinity kernel(size_t mask_processors, size_t allowed) {
  return [=](pid_t, size_t size, cpu_set_t* mask) {
    if (size * 8 < mask_processors) {
      errno = EINVAL;
      return -1;
    }
    for (size_t i = 0; i < allowed; ++i) CPU_SET_S(mask_processors - 1 - i, size, mask);
    return 0;
  };
}

TEST(Processors, AreCountedInAMaskOfAnySize) {
  for (const auto& [mask, allowed] :
       {std::pair<size_t, size_t>{64, 3}, {1024, 1024}, {1025, 1025}, {2048, 1500}, {8192, 8192}, {65'536, 7}}) {
    EXPECT_EQ(usable_processors("/nowhere", kernel(mask, allowed)).count, allowed) << mask;
  }
  EXPECT_EQ(usable_processors("/nowhere", kernel(65'536, 60'000)).count, kMaxProcessors);
}

TEST(Processors, AreThoseOfTheMachineIfTheKernelDoesNotTell) {
  const Affinity forbidden = [](pid_t, size_t, cpu_set_t*) {
    errno = EPERM;
    return -1;
  };
  EXPECT_GE(usable_processors("/nowhere", forbidden).count, 1U);
  EXPECT_GE(usable_processors("/nowhere", kernel(size_t{1} << 30, 1)).count, 1U) << "EINVAL for every size";
}

struct Machine {
  const char* name;
  std::string group;   // /proc/self/cgroup
  std::string mounts;  // /proc/self/mountinfo
  std::map<std::string, std::string> files;
  unsigned processors;
  std::string decides;  // the file whose quota decides; empty: the 16 allowed processors decide
};

const std::string kV2Mount = "30 23 0:28 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
const std::string kV1Mounts =
    "31 30 0:29 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
    "32 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
    "33 30 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
const std::string kV1Groups = "4:cpuset:/x\n3:cpu,cpuacct:/a/b\n2:cpuacct:/y\n0::/z\n";

std::map<std::string, std::string> v2(const std::string& folder, const std::string& quota) {
  return {{"/sys/fs/cgroup" + folder + "/cpu.max", quota + "\n"}};
}

std::map<std::string, std::string> v1(const std::string& folder, const std::string& quota, const std::string& period) {
  const std::string path = "/sys/fs/cgroup/cpu,cpuacct" + folder;
  return {{path + "/cpu.cfs_quota_us", quota + "\n"}, {path + "/cpu.cfs_period_us", period + "\n"}};
}

std::map<std::string, std::string> operator+(std::map<std::string, std::string> a,
                                             const std::map<std::string, std::string>& b) {
  a.insert(b.begin(), b.end());
  return a;
}

const Machine kMachines[] = {
    {"no cgroups", "", "", {}, 16, ""},
    {"v2 without a quota", "0::/a\n", kV2Mount, v2("/a", "max 100000"), 16, ""},
    {"v2", "0::/a\n", kV2Mount, v2("/a", "300000 100000"), 3, "/sys/fs/cgroup/a/cpu.max"},
    {"v2 rounds up", "0::/a\n", kV2Mount, v2("/a", "100001 100000"), 2, "/sys/fs/cgroup/a/cpu.max"},
    {"v2 below one", "0::/a\n", kV2Mount, v2("/a", "1000 100000"), 1, "/sys/fs/cgroup/a/cpu.max"},
    {"v2 above the processors", "0::/a\n", kV2Mount, v2("/a", "1600000 100000"), 16, ""},
    {"v2 with a huge quota", "0::/a\n", kV2Mount, v2("/a", "9223372036854775807 1"), 16, ""},
    {"v2 in a container", "0::/\n", kV2Mount, v2("", "250000 100000"), 3, "/sys/fs/cgroup/cpu.max"},
    {"v2 without a period", "0::/a\n", kV2Mount, v2("/a", "100000"), 16, ""},
    {"v2 with a period of zero", "0::/a\n", kV2Mount, v2("/a", "100000 0"), 16, ""},
    {"v2 with an empty file", "0::/a\n", kV2Mount, v2("/a", ""), 16, ""},
    {"v2, the parent is lower", "0::/a/b/c\n", kV2Mount,
     v2("/a", "200000 100000") + v2("/a/b", "max 100000") + v2("/a/b/c", "400000 100000"), 2,
     "/sys/fs/cgroup/a/cpu.max"},
    {"v2, the child is lower", "0::/a/b\n", kV2Mount, v2("/a", "600000 100000") + v2("/a/b", "50000 10000"), 5,
     "/sys/fs/cgroup/a/b/cpu.max"},
    {"v2, a removed group", "0::/a/b (deleted)\n", kV2Mount, v2("/a", "200000 100000"), 2, "/sys/fs/cgroup/a/cpu.max"},
    {"v2, a part is mounted",
     "0::/a/b\n",
     "30 23 0:28 /a /mnt rw - cgroup2 none rw\n",
     {{"/mnt/b/cpu.max", "700000 100000\n"}, {"/mnt/cpu.max", "max 100000\n"}},
     7,
     "/mnt/b/cpu.max"},
    {"v2, another part is mounted",
     "0::/ab\n",
     "30 23 0:28 /a /mnt rw - cgroup2 none rw\n",
     {{"/mnt/cpu.max", "100000 100000\n"}, {"/mntb/cpu.max", "100000 100000\n"}},
     16,
     ""},
    {"v2 with a space in its path",
     "0::/a b\n",
     "30 23 0:28 / /c\\040d\\134e rw - cgroup2 none rw\n",
     {{"/c d\\e/a b/cpu.max", "400000 100000\n"}},
     4,
     "/c d\\e/a b/cpu.max"},
    {"v2 outside of the namespace", "0::/../x\n", kV2Mount, {{"/sys/fs/x/cpu.max", "100000 100000\n"}}, 16, ""},
    {"v1", kV1Groups, kV1Mounts, v1("/a/b", "300000", "100000"), 3, "/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us"},
    {"v1 without a quota", kV1Groups, kV1Mounts, v1("/a/b", "-1", "100000"), 16, ""},
    {"v1 rounds up", kV1Groups, kV1Mounts, v1("/a/b", "25001", "25000"), 2,
     "/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us"},
    {"v1, the root is lower", kV1Groups, kV1Mounts,
     v1("", "100000", "100000") + v1("/a", "-1", "100000") + v1("/a/b", "800000", "100000"), 1,
     "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us"},
    {"v1 without a period",
     kV1Groups,
     kV1Mounts,
     {{"/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us", "100000\n"}},
     16,
     ""},
    {"v1 beside v2 files of the same group", kV1Groups, kV1Mounts,
     v1("/a/b", "400000", "100000") + std::map<std::string, std::string>{{"/sys/fs/cgroup/unified/z/cpu.max", "1 1\n"}},
     4, "/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us"},
    {"v1 in a container", "3:cpu,cpuacct:/docker/1\n",
     "32 30 0:29 /docker/1 /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n", v1("", "50000", "100000"),
     1, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us"},
    {"v1 that is not mounted", kV1Groups, "", {}, 16, ""},
    {"malformed files", "garbage\n::\n0:\n0::\n0::x\n:cpu\n", "garbage\n - \n1 2 3 - cgroup2\n", {}, 16, ""},
};

TEST(Processors, FollowTheCpuQuota) {
  for (const Machine& machine : kMachines) {
    const TemporaryDirectory directory;
    const auto write = [&](const std::string& path, const std::string& text) { directory.write(path.substr(1), text); };
    write("/proc/self/cgroup", machine.group);
    write("/proc/self/mountinfo", machine.mounts);
    for (const auto& [path, text] : machine.files) write(path, text);
    const std::string root = directory.path();
    const Processors usable = usable_processors(root, kernel(1024, 16));
    EXPECT_EQ(usable.count, machine.processors) << machine.name;
    EXPECT_EQ(usable.quota, machine.decides.empty() ? "" : root + machine.decides) << machine.name;
  }
}

}  // namespace
}  // namespace duel::servers::config
