-- wrk with a body of its own for each request: the template's marks are replaced by a new message id and by a user.
-- Duplicates are dropped by a collector, so without this a load would measure little else.
--
-- Environment: BENCH_BODY (file with the template), BENCH_AUTHORIZATION, BENCH_SEED (eight hexadecimal digits, another
-- one for each round), BENCH_USERS.
local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(arguments)
    local file = assert(io.open(os.getenv("BENCH_BODY"), "rb"))
    local template = file:read("*a")
    file:close()
    seed = os.getenv("BENCH_SEED")
    users = tonumber(os.getenv("BENCH_USERS"))
    counter = 0
    -- Pieces between the marks, so that a request is one concatenation.
    parts, ids, names = {}, {}, {}
    local position = 1
    while true do
        local first, last = template:find("[#~]+", position)
        if not first then break end
        parts[#parts + 1] = template:sub(position, first - 1)
        parts[#parts + 1] = ""
        if template:sub(first, first) == "#" then ids[#ids + 1] = #parts else names[#names + 1] = #parts end
        position = last + 1
    end
    parts[#parts + 1] = template:sub(position)
    wrk.method = "POST"
    wrk.path = "/v1/track"
    wrk.headers["Content-Type"] = "application/json"
    wrk.headers["Authorization"] = os.getenv("BENCH_AUTHORIZATION")
end

function request()
    for index = 1, #ids do
        counter = counter + 1
        -- Scattered, as real ids are: a multiplication by an odd number loses none of them.
        local scattered = (counter * 2654435761) % 4294967296
        parts[ids[index]] = string.format("%08x-%04x-4000-8000-%s%04x", scattered, number, seed,
            math.floor(counter / 4294967296))
    end
    for index = 1, #names do
        parts[names[index]] = string.format("%08d", (counter * 40503 + index) % users)
    end
    return wrk.format(nil, nil, nil, table.concat(parts))
end

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        '{"requests":%d,"duration_us":%d,"bytes":%d,"status_errors":%d,"socket_errors":%d,"p50_us":%d,"p99_us":%d}\n',
        summary.requests, summary.duration, summary.bytes, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end
