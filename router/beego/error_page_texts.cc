// The texts of this file, and their markup, are those of beego 2.1.0: Copyright 2014 beego Author, licensed under the
// Apache License, Version 2.0 (router/beego/LICENSE.beego). They are cut into pieces; without a version, no line names
// a product.
#include "router/beego/error_page_texts.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "http/grammar/html_text.h"

namespace duel::beego {
namespace {

struct Text {
  int code;
  std::string_view title;
  std::string_view content;
};

constexpr Text kTexts[] = {
    {401, "Unauthorized",
     "<br>The page you have requested can't be authorized.<br>Perhaps you are here because:<br><br><ul>"
     "<br>The credentials you supplied are incorrect<br>There are errors in the website address</ul>"},
    {402, "Payment Required",
     "<br>The page you have requested Payment Required.<br>Perhaps you are here because:<br><br><ul>"
     "<br>The credentials you supplied are incorrect<br>There are errors in the website address</ul>"},
    {403, "Forbidden",
     "<br>The page you have requested is forbidden.<br>Perhaps you are here because:<br><br><ul>"
     "<br>Your address may be blocked<br>The site may be disabled<br>You need to log in</ul>"},
    {404, "Not Found",
     "<br>The page you have requested has flown the coop.<br>Perhaps you are here because:<br><br><ul>"
     "<br>The page has moved<br>The page no longer exists"
     "<br>You were looking for your puppy and got lost<br>You like 404 pages</ul>"},
    {405, "Method Not Allowed",
     "<br>The method you have requested Not Allowed.<br>Perhaps you are here because:<br><br><ul>"
     "<br>The method specified in the Request-Line is not allowed for the resource identified by the Request-URI"
     "<br>The response MUST include an Allow header containing a list of valid methods for the requested "
     "resource.</ul>"},
    {413, "Request Entity Too Large",
     "<br>The page you have requested is unavailable.\n\t\t <br>Perhaps you are here because:<br>"
     "<br>\n\t\t <ul>\n\t\t\t<br>The request entity is larger than limits defined by server.\n\t\t\t"
     "<br>Please change the request entity and try again.\n\t\t </ul>\n\t\t"},
    {417, "Expectation Failed",
     "<br>The page you have requested is forbidden.<br>Perhaps you are here because:<br><br><ul>"
     "<br>expected XSRF not found</ul>"},
    {422, "Unprocessable Entity",
     "<br>The page you have requested is forbidden.<br>Perhaps you are here because:<br><br><ul>"
     "<br>'_xsrf' argument missing from POST</ul>"},
    {500, "Internal Server Error",
     "<br>The page you have requested is down right now.<br><br><ul>"
     "<br>Please try again later and report the error to the website administrator<br></ul>"},
    {501, "Not Implemented",
     "<br>The page you have requested is Not Implemented.<br><br><ul>"
     "<br>Please try again later and report the error to the website administrator<br></ul>"},
    {502, "Bad Gateway",
     "<br>The page you have requested is down right now.<br><br><ul>"
     "<br>The server, while acting as a gateway or proxy, received an invalid response from the upstream server it "
     "accessed in attempting to fulfill the request."
     "<br>Please try again later and report the error to the website administrator<br></ul>"},
    {503, "Service Unavailable",
     "<br>The page you have requested is unavailable.<br>Perhaps you are here because:<br><br><ul><br>"
     "<br>The page is overloaded<br>Please try again later.</ul>"},
    {504, "Gateway Timeout",
     "<br>The page you have requested is unavailable<br>Perhaps you are here because:<br><br><ul><br>"
     "<br>The server, while acting as a gateway or proxy, did not receive a timely response from the upstream server "
     "specified by the URI."
     "<br>Please try again later.</ul>"},
};

constexpr std::string_view kBegin = R"html(
<!DOCTYPE html>
<html lang="en">
	<head>
		<meta http-equiv="Content-Type" content="text/html; charset=UTF-8">
		<title>)html";
constexpr std::string_view kAfterTitle = R"html(</title>
		<style type="text/css">
			* {
				margin:0;
				padding:0;
			}

			body {
				background-color:#EFEFEF;
				font: .9em "Lucida Sans Unicode", "Lucida Grande", sans-serif;
			}

			#wrapper{
				width:600px;
				margin:40px auto 0;
				text-align:center;
				-moz-box-shadow: 5px 5px 10px rgba(0,0,0,0.3);
				-webkit-box-shadow: 5px 5px 10px rgba(0,0,0,0.3);
				box-shadow: 5px 5px 10px rgba(0,0,0,0.3);
			}

			#wrapper h1{
				color:#FFF;
				text-align:center;
				margin-bottom:20px;
			}

			#wrapper a{
				display:block;
				font-size:.9em;
				padding-top:20px;
				color:#FFF;
				text-decoration:none;
				text-align:center;
			}

			#container {
				width:600px;
				padding-bottom:15px;
				background-color:#FFFFFF;
			}

			.navtop{
				height:40px;
				background-color:#24B2EB;
				padding:13px;
			}

			.content {
				padding:10px 10px 25px;
				background: #FFFFFF;
				margin:;
				color:#333;
			}

			a.button{
				color:white;
				padding:15px 20px;
				text-shadow:1px 1px 0 #00A5FF;
				font-weight:bold;
				text-align:center;
				border:1px solid #24B2EB;
				margin:0px 200px;
				clear:both;
				background-color: #24B2EB;
				border-radius:100px;
				-moz-border-radius:100px;
				-webkit-border-radius:100px;
			}

			a.button:hover{
				text-decoration:none;
				background-color: #24B2EB;
			}

		</style>
	</head>
	<body>
		<div id="wrapper">
			<div id="container">
				<div class="navtop">
					<h1>)html";
constexpr std::string_view kBeforeContent = R"html(</h1>
				</div>
				<div id="content">
					)html";
constexpr std::string_view kAfterContent = R"html(
					<a href="/" title="Home" class="button">Go Home</a><br />
)html";
constexpr std::string_view kBeforeVersion = "\n\t\t\t\t\t<br>Powered by beego ";
constexpr std::string_view kEnd = R"html(
				</div>
			</div>
		</div>
	</body>
</html>
)html";

constexpr std::string_view kExceptionBegin = R"html(
<!DOCTYPE html>
<html>
<head>
    <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
    <title>beego application error</title>
    <style>
        html, body, body * {padding: 0; margin: 0;}
        #header {background:#ffd; border-bottom:solid 2px #A31515; padding: 20px 10px;}
        #header h2{ }
        #footer {border-top:solid 1px #aaa; padding: 5px 10px; font-size: 12px; color:green;}
        #content {padding: 5px;}
        #content .stack b{ font-size: 13px; color: red;}
        #content .stack pre{padding-left: 10px;}
        table {}
        td.t {text-align: right; padding-right: 5px; color: #888;}
    </style>
    <script type="text/javascript">
    </script>
</head>
<body>
    <div id="header">
        <h2>)html";
constexpr std::string_view kBeforeMethod = R"html(</h2>
    </div>
    <div id="content">
        <table>
            <tr>
                <td class="t">Request Method: </td><td>)html";
constexpr std::string_view kBeforeUrl = R"html(</td>
            </tr>
            <tr>
                <td class="t">Request URL: </td><td>)html";
constexpr std::string_view kBeforeAddress = R"html(</td>
            </tr>
            <tr>
                <td class="t">RemoteAddr: </td><td>)html";
constexpr std::string_view kBeforeFooter = R"html(</td>
            </tr>
        </table>
    </div>
    <div id="footer">
)html";
constexpr std::string_view kExceptionEnd = R"html(    </div>
</body>
</html>
)html";

// The escapes of Go's html/template: those of html.EscapeString, and '+'.
std::string escaped(std::string_view text) {
  std::string out;
  http::grammar::write_html_text(text, [&](std::string_view piece) { out.append(piece == "+" ? "&#43;" : piece); });
  return out;
}

}  // namespace

std::span<const int> codes_of_error_pages() {
  static constexpr auto kCodes = [] {
    std::array<int, std::size(kTexts)> codes{};
    std::ranges::transform(kTexts, codes.begin(), &Text::code);
    return codes;
  }();
  return kCodes;
}

std::string error_page_text(int code, std::string_view version) {
  const Text& text = *std::ranges::find(kTexts, code, &Text::code);
  std::string page;
  for (const std::string_view piece :
       {kBegin, text.title, kAfterTitle, text.title, kBeforeContent, text.content, kAfterContent}) {
    page.append(piece);
  }
  if (!version.empty()) page.append(kBeforeVersion).append(version);
  return page.append(kEnd);
}

std::string exception_page_text(const ExceptionPage& shown, std::string_view version) {
  std::string page(kExceptionBegin);
  page.append(escaped(shown.app_name)).append(":").append(escaped(shown.what));
  page.append(kBeforeMethod).append(escaped(shown.method)).append(kBeforeUrl).append(escaped(shown.url));
  page.append(kBeforeAddress).append(escaped(shown.address)).append(kBeforeFooter);
  if (!version.empty()) page.append("        <p>beego ").append(version).append(" (beego framework)</p>\n");
  return page.append(kExceptionEnd);
}

}  // namespace duel::beego
