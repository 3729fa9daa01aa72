-- One rating after another, each on the disk before it is answered.
package.path = "script/load-test/?.lua;" .. package.path
local ids = require("ids")
local headers = {["Content-Type"] = "application/json"}

function request()
  local rating = string.format(
    '{"user_id":"%s","item_id":"%s","rating":%d}', ids.user(), ids.item(), math.random(1, 5))
  return wrk.format("POST", "/ratings", headers, rating)
end
