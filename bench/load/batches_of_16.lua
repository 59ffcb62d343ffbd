-- Sends 16 requests at once, by one write. harness/slices.py counts the writes.
function init()
  local requests = {}
  for i = 1, 16 do requests[i] = wrk.format() end
  batch = table.concat(requests)
end

function request()
  return batch
end
