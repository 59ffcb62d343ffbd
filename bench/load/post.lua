-- Posts the same JSON body of about 2 KiB in every request and accepts gzip. The request is set once, so no Lua runs per request.
local folder = debug.getinfo(1, "S").source:match("^@(.*/)") or "./"
dofile(folder .. "report.lua")

local rows = {}
for id = 1, 30 do
  rows[id] = string.format('{"id":%d,"name":"user%d","email":"user%d@example.com","age":%d}', id, id, id, 18 + id * 7 % 60)
end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept-Encoding"] = "gzip"
wrk.body = "[" .. table.concat(rows, ",") .. "]"
