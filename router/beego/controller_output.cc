// Controller's responses: data in a format, or a rendered template.

#include "router/beego/app.h"
#include "router/beego/controller.h"
#include "router/beego/values/text.h"
#include "router/beego/views/views.h"

namespace duel::beego {

// Returns a reference, so that the value is not copied.
const std::any& Controller::data_of(std::string_view name) {
  static const std::any kNull;
  const std::any* value = input().get_data(name);
  return value == nullptr ? kNull : *value;
}

void Controller::serve_json(bool ascii) {
  output().json(data_of("json"), context_->app().indents(), ascii);
}

void Controller::serve_jsonp() {
  output().jsonp(data_of("jsonp"), input().query("callback"), context_->app().indents());
}

void Controller::serve_xml() {
  output().xml(data_of("xml"), context_->app().indents());
}

void Controller::serve_yaml() {
  output().yaml(data_of("yaml"));
}

void Controller::serve_formatted(bool ascii) {
  switch (context_->accepted_format()) {
    case context::Format::kYaml:
      return serve_yaml();
    case context::Format::kXml:
      return output().xml(data_of("xml"), context_->app().indents(), 406);
    case context::Format::kJson:
      return serve_json(ascii);
  }
}

void Controller::set_data(std::any value) {
  constexpr std::string_view kNames[] = {"json", "xml", "yaml"};
  input().set_data(kNames[static_cast<size_t>(context_->accepted_format())], std::move(value));
}

void Controller::render() {
  if (!view().enable_render) return;
  const std::string text = render_text();
  if (output().response().get("Content-Type").empty()) output().header("Content-Type", "text/html; charset=utf-8");
  output().body(text);
}

std::string Controller::render_text() {
  View& page = view();
  if (page.tpl_name.empty()) {
    page.tpl_name =
        values::to_lower_unicode(controller_name_) + "/" + values::to_lower_unicode(action_name_) + "." + page.tpl_ext;
  }
  const views::Views& views = context_->app().views(page.view_path);
  std::string text = views.render(page.tpl_prefix + page.tpl_name, data());
  if (page.layout.empty()) return text;
  data().insert_or_assign("LayoutContent", std::move(text));
  for (const auto& [name, section] : page.layout_sections) {
    data().insert_or_assign(name, section.empty() ? std::string() : views.render(section, data()));
  }
  return views.render(page.layout, data());
}

}  // namespace duel::beego
