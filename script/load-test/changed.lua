-- Lists of users whose ratings have changed since the snapshot: they are folded in.
package.path = "script/load-test/?.lua;" .. package.path
local ids = require("ids")

function request()
  return wrk.format("GET", "/users/" .. ids.user() .. "/recommendations")
end
