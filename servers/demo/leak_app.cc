#include "servers/demo/leak_app.h"

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "router/beego/app.h"
#include "router/beego/engine.h"
#include "router/gin/engine.h"

namespace duel::servers::demo {
namespace {

constexpr std::string_view kPrefix = "/api/item/";
constexpr std::string_view kPattern = "/api/item/:id";

// --- Gin: routes are constants, so the route of the scenario needs an application of its own

Items* gin_items = nullptr;  // set before the first worker starts

void keep_item(gin::Context& c) {
  const size_t size = gin_items->keep(c.param("id"));
  c.string(200, "{} bytes", size);
}

constexpr auto kItemsApp = gin::router(gin::get(kPattern, keep_item));

// --- Beego

class ItemController : public beego::Controller {
 public:
  explicit ItemController(Items& items) : items_(items) {}

  void keep() {
    const size_t size = items_.keep(input().param(":id"));
    output().header("Content-Type", "text/plain; charset=utf-8");
    output().body(std::to_string(size) + " bytes");
  }

  static beego::ControllerClass reflect(Items& items) {
    return beego::ControllerClass::of<ItemController>("ItemController",
                                                      [&items] { return std::make_unique<ItemController>(items); })
        .method("Keep", &ItemController::keep);
  }

 private:
  Items& items_;
};

// Whether a path that does not begin with kPrefix leads to the items: the Beego style cleans paths.
using LeadsToItems = std::function<bool(const http::Request&)>;

struct ItemsApp {
  http::HandlerFactory make;
  LeadsToItems leads_to_items;
};

ItemsApp make_items_app(config::RouterStyle router, Items& items) {
  if (router == config::RouterStyle::kGin) {
    gin_items = &items;
    return {[] { return std::make_unique<gin::Engine<kItemsApp>>(); }, [](const http::Request&) { return false; }};
  }
  const auto app = std::make_shared<beego::App>();
  app->router(kPattern, ItemController::reflect(items), "get:Keep");
  return {[app] { return std::make_unique<beego::Engine>(app); },
          [app](const http::Request& request) {
            beego::Input input;
            beego::Params params;
            return input.reset(request) && app->find("GET", input.url(), params) != nullptr;
          }};
}

// Replaces Go's ServeMux with one pattern: passes paths that begin with kPrefix to `items` and all other paths to
// `rest`.
class Mount : public http::Handler {
 public:
  Mount(std::unique_ptr<http::Handler> items, std::unique_ptr<http::Handler> rest, LeadsToItems leads_to_items)
      : items_(std::move(items)), rest_(std::move(rest)), leads_to_items_(std::move(leads_to_items)) {}

  void handle(const http::Request& request, http::Response& response) override {
    handler_of(request).handle(request, response);
  }
  bool answer_head(const http::Request& request, http::Response& response) override {
    return handler_of(request).answer_head(request, response);
  }

 private:
  http::Handler& handler_of(const http::Request& request) const {
    return request.path.starts_with(kPrefix) || leads_to_items_(request) ? *items_ : *rest_;
  }

  std::unique_ptr<http::Handler> items_;
  std::unique_ptr<http::Handler> rest_;
  LeadsToItems leads_to_items_;
};

}  // namespace

http::HandlerFactory with_items(http::HandlerFactory rest, config::RouterStyle router,
                                const std::shared_ptr<Items>& items) {
  return [items, app = make_items_app(router, *items), make_rest = std::move(rest)] {
    return std::make_unique<Mount>(app.make(), make_rest(), app.leads_to_items);
  };
}

}  // namespace duel::servers::demo
