#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <deque>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>

// A server of known cost and delay, to check load generators and bench/compare smallest_box: each request
// takes --burn-us microseconds of CPU time beside the cost of its transport, each answer is sent --delay-ms
// milliseconds after its request has been read, and the process keeps --hold-mb megabytes. It has the command line, the
// ready line and the stats file of the server, as far as the harness needs them, and ignores the flags of routers. One
// thread; requests without a body.
namespace {

constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr long kNsPerSecond = 1'000'000'000;
constexpr long kNsPerUs = 1'000;
constexpr long kNsPerMs = 1'000'000;
constexpr std::size_t kMegabyte = 1'000'000;
constexpr int kReadAtOnce = 16'384;

struct Options {
  long burn_us = 0;
  long delay_ms = 0;
  std::size_t hold_mb = 0;
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string stats_file;
};

template <typename Number>
Number number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.begin(), text.end(), value);
  if (error != std::errc{} || end != text.end()) {
    throw std::invalid_argument("'" + std::string(text) + "' is not a whole number; give one");
  }
  return value;
}

Options read_options(std::span<char*> arguments) {
  Options options;
  for (const std::string_view argument : arguments) {
    const auto equals = argument.find('=');
    const auto name = argument.substr(0, equals);
    const auto value = equals == std::string_view::npos ? std::string_view{} : argument.substr(equals + 1);
    if (name == "--burn-us") {
      options.burn_us = number<long>(value);
    } else if (name == "--delay-ms") {
      options.delay_ms = number<long>(value);
    } else if (name == "--hold-mb") {
      options.hold_mb = number<std::size_t>(value);
    } else if (name == "--host") {
      options.host = value;
    } else if (name == "--port") {
      options.port = number<std::uint16_t>(value);
    } else if (name == "--stats-file") {
      options.stats_file = value;
    }
  }
  return options;
}

int checked(int result, const char* what) {
  if (result < 0) {
    throw std::system_error(errno, std::generic_category(), what);
  }
  return result;
}

long clock_ns(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec * kNsPerSecond + now.tv_nsec;
}

// Time in which the thread is not running, such as a stop by a quota, does not count.
void burn(long us) {
  const auto now_ns = [] { return clock_ns(CLOCK_THREAD_CPUTIME_ID); };
  for (const long end = now_ns() + us * kNsPerUs; us > 0 && now_ns() < end;) {
  }
}

// The pages are touched, so that they are resident, and never freed.
void hold(std::size_t bytes) {
  if (bytes > 0) {
    void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
      throw std::system_error(errno, std::generic_category(), "mmap");
    }
    ::madvise(memory, bytes, MADV_NOHUGEPAGE);  // a huge page would make the process larger than it says
    std::memset(memory, 1, bytes);
  }
}

int listen_on(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    throw std::invalid_argument("'" + host + "' is not an IPv4 address; give one");
  }
  const int listener = checked(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  checked(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  checked(::listen(listener, SOMAXCONN), "listen");
  return listener;
}

class Server {
 public:
  explicit Server(Options options) : options_(std::move(options)), listener_(listen_on(options_.host, options_.port)) {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGUSR1, SIGTERM, SIGINT}) {
      sigaddset(&signals, signal);
    }
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    signals_ = checked(::signalfd(-1, &signals, SFD_NONBLOCK), "signalfd");
    watch(listener_);
    watch(signals_);
    watch(timer_);
  }

  void run() {
    std::printf("listening on http://%s:%u (known cost, admin=off)\n", options_.host.c_str(), unsigned{options_.port});
    std::fflush(stdout);
    std::array<epoll_event, 64> events{};
    while (running_) {
      const int count = ::epoll_wait(epoll_, events.data(), events.size(), -1);
      for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(std::max(count, 0)))) {
        turn_to(event.data.fd);
      }
    }
    write_stats();
  }

 private:
  void watch(int file) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = file;
    checked(::epoll_ctl(epoll_, EPOLL_CTL_ADD, file, &event), "epoll_ctl");
  }

  void turn_to(int file) {
    if (file == listener_) {
      accept();
    } else if (file == signals_) {
      take_signal();
    } else if (file == timer_) {
      send_due();
    } else if (!answer(file)) {
      unanswered_.erase(file);
      std::erase_if(waiting_, [file](const Waiting& each) { return each.socket == file; });
      ::close(file);
    }
  }

  void accept() {
    for (int socket; (socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0; ++connections_) {
      const int on = 1;
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      watch(socket);
    }
  }

  void take_signal() {
    signalfd_siginfo signal{};
    if (::read(signals_, &signal, sizeof signal) == sizeof signal) {
      signal.ssi_signo == SIGUSR1 ? write_stats() : void(running_ = false);
    }
  }

  // False if the connection has ended.
  bool answer(int socket) {
    std::array<char, kReadAtOnce> bytes;
    const auto size = ::recv(socket, bytes.data(), bytes.size(), 0);
    if (size <= 0) {
      return size < 0 && errno == EAGAIN;
    }
    std::string& text = unanswered_[socket].append(bytes.data(), static_cast<std::size_t>(size));
    std::string answers;
    for (std::size_t end; (end = text.find(kHeadEnd)) != std::string::npos; text.erase(0, end + kHeadEnd.size())) {
      burn(options_.burn_us);
      ++requests_;
      answers += kAnswer;
    }
    if (answers.empty()) {
      return true;
    }
    if (options_.delay_ms == 0) {
      return send(socket, answers);
    }
    waiting_.push_back({clock_ns(CLOCK_MONOTONIC) + options_.delay_ms * kNsPerMs, socket, std::move(answers)});
    if (waiting_.size() == 1) {
      set_timer();
    }
    return true;
  }

  static bool send(int socket, std::string_view answers) {
    return ::send(socket, answers.data(), answers.size(), MSG_NOSIGNAL) == static_cast<long>(answers.size());
  }

  // A failed send is ignored. The connection is closed when recv() reports its end.
  void send_due() {
    for (const long now = clock_ns(CLOCK_MONOTONIC); !waiting_.empty() && waiting_.front().due_ns <= now;) {
      send(waiting_.front().socket, waiting_.front().answers);
      waiting_.pop_front();
    }
    set_timer();
  }

  // Sets the timer to the time at which the first answer is due. Switches it off if no answer waits.
  void set_timer() const {
    const long due_ns = waiting_.empty() ? 0 : waiting_.front().due_ns;
    const itimerspec when{.it_interval = {}, .it_value = {due_ns / kNsPerSecond, due_ns % kNsPerSecond}};
    checked(::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &when, nullptr), "timerfd_settime");
  }

  void write_stats() const {
    if (std::FILE* file = std::fopen(options_.stats_file.c_str(), "a")) {
      std::fprintf(
          file,
          R"({"allocator": "libc", "requests": %ld, "connections": %ld, "responses_4xx": 0, "responses_5xx": 0, )"
          R"("ring_enters": 0, "no_buffers": 0, "allocations": null, "allocated_bytes": 0, "purge_passes": 0, )"
          R"("purge_calls": 0, "purged_pages": 0, "cpu_user_us": 0, "cpu_system_us": 0, "anonymous_bytes": %zu})"
          "\n",
          requests_, connections_, options_.hold_mb * kMegabyte);
      std::fclose(file);
    }
  }

  struct Waiting {
    long due_ns;  // CLOCK_MONOTONIC
    int socket;
    std::string answers;
  };

  Options options_;
  int listener_;
  int signals_ = -1;
  int timer_ = checked(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), "timerfd_create");
  int epoll_ = checked(::epoll_create1(0), "epoll_create1");
  bool running_ = true;
  long requests_ = 0;
  long connections_ = 0;
  std::unordered_map<int, std::string> unanswered_;  // per socket: the beginning of a request
  std::deque<Waiting> waiting_;  // in the order of due_ns, because all answers wait for the same time
};

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = read_options(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
    hold(options.hold_mb * kMegabyte);
    Server(options).run();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "known_cost_server: %s\n", error.what());
    return 1;
  }
}
