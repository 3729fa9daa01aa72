-- The ids that the load is made of, a line each.
local function read(name)
  local ids = {}
  for line in io.lines(os.getenv("KINDRED_LOAD") .. "/" .. name) do ids[#ids + 1] = line end
  return function() return ids[math.random(#ids)] end
end

math.randomseed(1)
return {user = read("users"), item = read("items")}
