-- Lists of recommendations of random users.
package.path = "script/load-test/?.lua;" .. package.path
local ids = require("ids")

function request()
  return wrk.format("GET", "/users/" .. ids.user() .. "/recommendations")
end
