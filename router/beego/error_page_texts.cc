#include "router/beego/error_page_texts.h"

#include "http/grammar/html_text.h"
#include "http/response.h"

namespace duel::beego {
namespace {

struct Text {
  int code;
  std::string_view explanation;  // RFC 9110 §15.5 asks for one
};

constexpr Text kTexts[] = {
    {401, "The request needs credentials that this server accepts."},
    {402, "The request needs a payment."},
    {403, "This server refuses the request."},
    {404, "This server has nothing at this address."},
    {405, "The method of the request is not allowed at this address."},
    {413, "The body of the request is larger than this server accepts."},
    {417, "The request does not meet an expectation, or it lacks the token against forged requests."},
    {422, "The form lacks the token against forged requests, or the token is wrong."},
    {500, "An error ended the work on the request. The fault is in the server."},
    {501, "This server cannot do what the request asks for."},
    {502, "Another server, which this one asked, gave a wrong answer."},
    {503, "This server cannot answer now. Try again later."},
    {504, "Another server, which this one asked, gave no answer in time."},
};

constexpr std::string_view kHead = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>";

std::string escaped(std::string_view text) {
  std::string out;
  http::grammar::write_html_text(text, [&](std::string_view piece) { out.append(piece); });
  return out;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> default_error_pages() {
  std::vector<std::pair<std::string, std::string>> pages;
  for (const Text& text : kTexts) {
    const std::string code = std::to_string(text.code);
    const std::string title = code + " " + std::string(http::reason_phrase(text.code));
    std::string page(kHead);
    page.append(title).append("</title></head>\n<body><h1>").append(title);
    page.append("</h1><p>").append(text.explanation).append("</p></body></html>\n");
    pages.emplace_back(code, std::move(page));
  }
  return pages;
}

std::string exception_page_text(const ExceptionPage& shown) {
  std::string page(kHead);
  page.append("Exception</title></head>\n<body><h1>").append(escaped(shown.app_name));
  page.append(": ").append(escaped(shown.what));
  page.append("</h1>\n<dl><dt>Method</dt><dd>").append(escaped(shown.method));
  page.append("</dd><dt>Target</dt><dd>").append(escaped(shown.url));
  page.append("</dd><dt>Client</dt><dd>").append(escaped(shown.address));
  return page.append("</dd></dl></body></html>\n");
}

}  // namespace duel::beego
