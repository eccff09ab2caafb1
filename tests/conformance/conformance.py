#!/usr/bin/env python3
"""Does the cluster at NOMAD_ADDR answer as Nomad 2.0.5 does? The embedded fleet has to; a real cluster proves the questions.

  tests/conformance/conformance.py [--speed N] [PATTERN]     run all checks, or those whose name contains PATTERN

`scripts/conformance` runs it against the embedded fleet.

Reads NOMAD_ADDR and NOMAD_TOKEN (management). Needs six ready nodes c1..c6 (class old: c1-c3, new: c4-c6; meta.rack;
4000 MHz and 4096 MiB each; drivers mock_driver and raw_exec), ACLs on and no jobs. Every check makes its own jobs and
cleans up. Prints `ok NAME`, `not ok NAME: expected … got …` or `skip NAME: why`, and last `N passed, N failed`.
--speed N: the cluster's clock runs N times faster, so every limit is divided by N.
§ and T are sections and traps of docs/reference/nomad-api.md.
"""
import concurrent.futures
import gzip
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

ADDR = os.environ.get("NOMAD_ADDR", "http://127.0.0.1:4646").rstrip("/")
TOKEN = os.environ.get("NOMAD_TOKEN", "")
S = 10**9  # a second in Nomad's nanoseconds
RUN = uuid.uuid4().hex[:5]
NOBODY = "00000000-0000-0000-0000-000000000000"
CLEANUP, JOBS = [], []
speed, serial = 1.0, 0
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

def show(value):
    return value if isinstance(value, str) else json.dumps(value, default=lambda v: sorted(v))

class Miss(Exception):
    def __init__(self, expected, got):
        super().__init__(f"expected {expected} got {show(got)}"[:600])

class Skip(Exception):
    pass

def eq(got, expected, what=""):
    if got != expected:
        raise Miss(f"{what} {show(expected)}".strip(), got)

def has(value, *keys):
    missing = [k for k in keys if k not in value]
    if missing:
        raise Miss("fields " + ", ".join(missing), sorted(value))

def true(condition, expected, got):
    if not condition:
        raise Miss(expected, got)

def pause(seconds):
    time.sleep(seconds / speed)

def real(seconds):
    """So many seconds of ours in the cluster's nanoseconds: for what must not end before we look."""
    return int(seconds * speed * S)

# --- HTTP ---------------------------------------------------------------------------------------------------------

class Answer:
    def __init__(self, status, headers, raw):
        self.status, self.headers, self.raw = status, headers, raw
        body = gzip.decompress(raw) if headers.get("Content-Encoding") == "gzip" else raw
        self.text = re.sub(r"^(rpc error: )+", "", body.decode("utf-8", "replace"))  # a follower's forwarding mark
        self.index = int(headers.get("X-Nomad-Index") or 0)

    def json(self):
        return json.loads(self.text)

def call(method, path, body=None, /, token=None, headers=None, **params):
    url = f"{ADDR}/v1/{path}" + ("?" + urllib.parse.urlencode(params) if params else "")
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    token = TOKEN if token is None else token
    headers = {**({"X-Nomad-Token": token} if token else {}), **(headers or {})}
    try:
        with OPENER.open(urllib.request.Request(url, data, headers, method=method), timeout=60) as r:
            return Answer(r.status, r.headers, r.read())
    except urllib.error.HTTPError as e:
        return Answer(e.code, e.headers, e.read())

def sure(method, path, body=None, /, **params):
    answer = call(method, path, body, **params)
    true(answer.status == 200, f"200 from {method} {path}", f"{answer.status} {answer.text}")
    return answer.json() if answer.text else None

def get(path, /, **params):
    return sure("GET", path, **params)

def put(path, body=None, /, **params):
    return sure("PUT", path, {} if body is None else body, **params)

def refused(status, text, method, path, body=None, /, **params):
    """The answer is an error with this status and this exact text (or matching a compiled pattern)."""
    answer = call(method, path, body, **params)
    fits = text.search(answer.text) if isinstance(text, re.Pattern) else answer.text == text
    shown = text.pattern if isinstance(text, re.Pattern) else text
    true(answer.status == status and fits, f"{status} {shown!r} from {method} {path}", f"{answer.status} {answer.text!r}")

def wait(path, ok, what="a change", limit=20, seen=None, **params):
    """Follows a GET by blocking queries until ok(value); every value read is appended to seen."""
    end, index = time.time() + limit / speed + 3, 0
    while True:
        answer = call("GET", path, index=index, wait="2s", **params)
        value = answer.json() if answer.status == 200 else answer.text
        if answer.status == 200:
            if seen is not None:
                seen.append(value)
            if ok(value):
                return value
        if time.time() > end:
            raise Miss(f"{what} at {path} within {limit} s", brief(value))
        index = answer.index if answer.status == 200 and answer.index >= index else 0
        time.sleep(0 if index else 0.05)

def brief(value):
    if isinstance(value, list):
        return [brief(v) for v in value][:6]
    keep = ("Name", "ClientStatus", "DesiredStatus", "Status", "StatusDescription", "TaskGroups", "LastDrain", "DeploymentStatus")
    return {k: value[k] for k in keep if value.get(k)} if isinstance(value, dict) else value

def aside(function, *args, **kw):
    """Runs function beside the check; .result() waits for it."""
    pool = concurrent.futures.ThreadPoolExecutor(1)
    try:
        return pool.submit(function, *args, **kw)
    finally:
        pool.shutdown(wait=False)

# --- jobs and nodes -----------------------------------------------------------------------------------------------

def name(word="job"):
    global serial
    serial += 1
    return f"kit-{RUN}-{serial}-{word}"

def job(count=1, on=None, kind="service", config=None, cpu=50, mem=32, update=None, migrate=None, group=None, task=None, **top):
    """A job of one group `g` with one mock task `t`; `on` is a pattern of node names."""
    t = {"Name": "t", "Driver": "mock_driver", "Config": {"run_for": "24h", **(config or {})},
         "Resources": {"CPU": cpu, "MemoryMB": mem}, "KillTimeout": S, "LogConfig": {"MaxFiles": 1, "MaxFileSizeMB": 1}, **(task or {})}
    g = {"Name": "g", "Count": count, "Tasks": [t], "EphemeralDisk": {"SizeMB": 10},
         "RestartPolicy": {"Attempts": 0, "Mode": "fail", "Interval": 60 * S, "Delay": 1 * S}, **(group or {})}
    if kind in ("service", "system"):
        g["Update"] = {"MaxParallel": 1, "HealthCheck": "task_states", "MinHealthyTime": S // 5, "HealthyDeadline": 60 * S,
                       "ProgressDeadline": 120 * S, **(update or {})}
    if kind == "service":
        g["Migrate"] = {"MaxParallel": 1, "HealthCheck": "task_states", "MinHealthyTime": S // 5, "HealthyDeadline": 60 * S,
                        **(migrate or {})}
    ident = top.pop("ID", None) or name()
    rule = [{"LTarget": "${node.unique.name}", "Operand": "regexp", "RTarget": f"^({on})$"}] if on else []
    return {"ID": ident, "Name": ident, "Type": kind, "Datacenters": ["dc1"], "Constraints": rule, "TaskGroups": [g], **top}

def register(spec, **more):
    JOBS.append((spec["ID"], spec.get("Namespace", "default")))
    return put("jobs", {"Job": spec, **more})

def run(spec, healthy=True):
    """Registers, waits until the wanted count runs (and is healthy), and returns the allocations."""
    register(spec)
    count = sum(g["Count"] for g in spec["TaskGroups"])
    return up(spec["ID"], count, healthy and spec["Type"] == "service")

def alive(allocs, healthy=False):
    return [a for a in allocs if a["ClientStatus"] == "running" and a["DesiredStatus"] == "run"
            and (not healthy or (a["DeploymentStatus"] or {}).get("Healthy") is True)]

def up(jid, count, healthy=True, **kw):
    wait(f"job/{jid}/allocations", lambda v: len(alive(v, healthy)) == count, f"{count} running allocations", **kw)
    return alive(get(f"job/{jid}/allocations"))

def finished(jid, version, status="successful", **kw):
    """Waits for the deployment of that job version to reach the status."""
    found = lambda v: [d for d in v if d["JobVersion"] == version and d["Status"] == status]
    return found(wait(f"job/{jid}/deployments", found, f"deployment of version {version} {status}", **kw))[0]

def evaluation(eid, *status):
    status = status or ("complete",)
    return wait(f"evaluation/{eid}", lambda e: e["Status"] in status, f"evaluation {status}")

def node(which):
    return next(n for n in get("nodes") if n["Name"] == which)["ID"]

def eligible(which, yes=True):
    return put(f"node/{node(which)}/eligibility", {"Eligibility": "eligible" if yes else "ineligible"})

def drain(which, deadline=0, system=False, **body):
    return put(f"node/{node(which)}/drain", {"DrainSpec": {"Deadline": deadline, "IgnoreSystemJobs": system}, **body})

def drained(which, seen=None, **kw):
    """Waits until the node drains no longer."""
    return wait(f"node/{node(which)}", lambda n: n["DrainStrategy"] is None, f"{which} no longer draining", seen=seen, **kw)

def events(n, subsystem="Drain"):
    return [e for e in n["Events"] if e["Subsystem"] == subsystem]

def tidy():
    """Everything as before the check: jobs purged and their allocations gone, nodes eligible."""
    for jid, ns in JOBS:
        for child in [j for j in get("jobs", prefix=jid + "/", namespace=ns)] + [{"ID": jid}]:
            call("DELETE", "job/" + urllib.parse.quote(child["ID"], safe=""), purge="true", namespace=ns)
    for n in get("nodes"):
        if n["Drain"]:
            put(f"node/{n['ID']}/drain", {"DrainSpec": None, "MarkEligible": True})
        elif n["SchedulingEligibility"] != "eligible":
            put(f"node/{n['ID']}/eligibility", {"Eligibility": "eligible"})
    for jid, ns in JOBS:
        wait("allocations", lambda v: all(a["ClientStatus"] not in ("pending", "running") for a in v), "no allocation left",
             namespace=ns, filter=f'JobID matches "^{jid}"')
    JOBS.clear()
    while CLEANUP:
        CLEANUP.pop()()

def namespace():
    ns = name("ns")
    put("namespace/" + ns, {"Name": ns})

    def undo():
        for _ in range(100):  # refused while a job of it is not yet dead
            if call("DELETE", "namespace/" + ns).status == 200:
                return
            time.sleep(0.1)
    CLEANUP.append(undo)
    return ns

def token(rules):
    """A client token with one policy made of these rules."""
    policy = name("policy")
    put("acl/policy/" + policy, {"Name": policy, "Rules": rules})
    made = put("acl/token", {"Name": policy, "Type": "client", "Policies": [policy]})
    CLEANUP.append(lambda: (call("DELETE", "acl/token/" + made["AccessorID"]), call("DELETE", "acl/policy/" + policy)))
    return made["SecretID"]

# --- conventions --------------------------------------------------------------------------------------------------

def check_headers():
    """Lists and objects carry X-Nomad-Index, X-Nomad-KnownLeader and X-Nomad-LastContact (§1.2)."""
    for path in ("nodes", "jobs", "allocations", "evaluations", "deployments", "node/" + node("c1")):
        h = call("GET", path).headers
        eq(h.get("X-Nomad-KnownLeader"), "true", f"KnownLeader of {path}")
        true(re.fullmatch(r"\d+", h.get("X-Nomad-LastContact") or ""), "a number as LastContact", str(h.get("X-Nomad-LastContact")))
        true(int(h.get("X-Nomad-Index") or 0) >= path.startswith("node"), f"an index on {path}", str(h.get("X-Nomad-Index")))
        true(h.get("Content-Type", "").startswith("application/json"), "JSON", str(h.get("Content-Type")))

def check_empty_lists():
    """Empty top-level lists are [] and never null; a job without deployment answers null (T7)."""
    nothing = dict(namespace=name("none"))
    for path in ("jobs", "allocations", "evaluations", "deployments", "vars", "services", "job/x/allocations",
                 "job/x/evaluations", "job/x/deployments"):
        eq(get(path, **nothing), [], path)
    eq(get("nodes", prefix="ffffffffffffffff"), [], "nodes")
    eq(get("service/" + name()), [], "an unknown service")
    a = call("GET", "job/x/deployment")
    eq((a.status, a.text.strip()), (200, "null"), "the deployment of an unknown job")

def check_omitted_fields():
    """Full allocations and evaluations leave out empty fields; stubs, jobs and nodes emit every field (§0)."""
    a = run(job())[0]
    full = get("allocation/" + a["ID"])
    for key in ("NextAllocation", "FollowupEvalID", "PreviousAllocation", "RescheduleTracker", "DesiredDescription", "ClientStatus"):
        eq(key in full, key == "ClientStatus", f"{key} in the allocation:")
    has(a, "NextAllocation", "FollowupEvalID", "RescheduleTracker", "PreemptedAllocations", "DeploymentStatus", "DesiredTransition")
    eq((a["NextAllocation"], a["RescheduleTracker"]), ("", None), "empties of the stub")
    for key in ("DeploymentID", "PreviousAllocation", "Job"):
        eq(key in a, False, f"{key} in the stub:")
    e = get("evaluation/" + full["EvalID"])
    for key in ("NextEval", "BlockedEval", "FailedTGAllocs", "WaitUntil", "NodeID", "Status"):
        eq(key in e, key == "Status", f"{key} in the evaluation:")
    j = get("job/" + a["JobID"])
    eq([j[k] for k in ("Meta", "Periodic", "Affinities", "Stop", "ParentID", "ParameterizedJob")], [None, None, None, False, "", None])

def check_pretty():
    """?pretty indents by four spaces and ends with a newline; without it the body is one line (§0)."""
    plain = call("GET", "regions").text
    eq("\n" in plain.strip(), False, "newlines without pretty:")
    eq(call("GET", "nodes", pretty="").text.startswith('[\n    {\n        "'), True, "indented")
    eq(call("GET", "nodes", pretty="1").text.endswith("]\n"), True, "newline at the end")

def check_compressed():
    """gzip is negotiated, for errors too (§1.2)."""
    for path, status in (("nodes", 200), ("job/" + name(), 404)):
        a = call("GET", path, headers={"Accept-Encoding": "gzip"})
        eq((a.status, a.headers.get("Content-Encoding")), (status, "gzip"), path)
        eq(call("GET", path).headers.get("Content-Encoding"), None, path)

def check_missing_objects():
    """Reading what does not exist is 404 with its own text (§1.5)."""
    for path, text in (("job/none", "job not found"), ("allocation/" + NOBODY, "alloc not found"), ("node/" + NOBODY, "node not found"),
                       ("deployment/" + NOBODY, "deployment not found"), ("evaluation/" + NOBODY, "eval not found"),
                       ("var/none", "variable not found"), ("job/none/versions", "job versions not found"),
                       ("namespace/none", "Namespace not found"), ("node/pool/none", "node pool not found")):
        refused(404, text, "GET", path)

def check_missing_writes():
    """Writing to what does not exist is 500 with the text, except scale (404) and job delete (200) (§1.5)."""
    spec = {"DrainSpec": {"Deadline": 0}}
    refused(500, "node not found", "PUT", f"node/{NOBODY}/drain", spec)
    refused(500, "node not found", "PUT", f"node/{NOBODY}/eligibility", {"Eligibility": "eligible"})
    refused(500, "deployment not found", "PUT", f"deployment/fail/{NOBODY}", {})
    refused(500, "deployment not found", "PUT", f"deployment/promote/{NOBODY}", {"DeploymentID": NOBODY, "All": True})
    refused(500, re.compile("^job .*not found$"), "PUT", "job/none/revert", {"JobID": "none", "JobVersion": 0})
    refused(500, re.compile("job .*not found$|job not found"), "PUT", "job/none/evaluate", {"JobID": "none"})
    refused(404, re.compile("not found"), "PUT", "job/none/scale", {"Count": 1, "Target": {"Group": "g"}})
    refused(400, "DeploymentID must be specified", "PUT", f"deployment/promote/{NOBODY}", {"All": True})

def check_short_ids():
    """A short id on a read is 500, an even prefix filters a list, an odd or foreign one is 500 (§1.5, T9, T10)."""
    for what, said in (("allocation", "alloc"), ("node", "node"), ("deployment", "deployment"), ("evaluation", "failed to lookup eval: eval")):
        refused(500, f"{said} lookup failed: index error: UUID must be 36 characters", "GET", what + "/abcd")
    ident = node("c3")
    eq([n["ID"] for n in get("nodes", prefix=ident[:13]) if n["ID"] == ident], [ident], "even prefix")
    for path in ("nodes", "allocations", "evaluations", "deployments"):
        refused(500, re.compile(r"Input \(without hyphens\) must be even length"), "GET", path, prefix="abc")
    refused(500, re.compile("Invalid UUID"), "GET", "nodes", prefix="xyzq")

def check_routes():
    """An unknown route is 404 with no body, a wrong method 405 `Invalid method` (§1.5)."""
    refused(404, "", "GET", "nothing/here")
    for method, path in (("PUT", "nodes"), ("DELETE", "allocations"), ("PUT", "job/x/allocations"), ("GET", "jobs/parse"),
                         ("GET", f"node/{NOBODY}/drain"), ("PUT", "evaluations"), ("GET", "system/gc"), ("DELETE", "node/" + NOBODY)):
        refused(405, "Invalid method", method, path)

def check_bad_queries():
    """Bad index, wait and stale values are 400 with their texts (§1.3)."""
    refused(400, "Invalid index", "GET", "nodes", index="x")
    refused(400, "Invalid wait time", "GET", "nodes", wait="zz")
    refused(400, re.compile("^Expect `true` or `false` for `stale` query string parameter"), "GET", "nodes", stale="zz")
    eq(len(get("nodes", stale="")), 6, "nodes by a stale read")

def check_bad_token():
    """A bogus token is 403 `Permission denied` everywhere, status/leader answers anyone (§1.5)."""
    bogus = str(uuid.uuid4())
    for path in ("nodes", "jobs", "acl/token/self", "agent/self", "allocations"):
        refused(403, "Permission denied", "GET", path, token=bogus)
    refused(403, "Permission denied", "GET", "nodes", token="", headers={"Authorization": "Bearer " + bogus})
    eq(len(sure("GET", "nodes", token="", headers={"Authorization": "Bearer " + TOKEN})), 6, "nodes by a bearer token")
    true(":" in sure("GET", "status/leader", token=bogus), "a leader without rights", "none")

def check_narrow_token():
    """A read-only token reads its namespace, and is refused writes, nodes and plans (§1.5, §3.1)."""
    secret = token('namespace "default" { policy = "read" }')
    spec = job()
    run(spec)
    eq([j["ID"] for j in get("jobs", token=secret, prefix=spec["ID"])], [spec["ID"]], "jobs")
    refused(403, "Permission denied", "PUT", "jobs", {"Job": spec}, token=secret)
    refused(403, "Permission denied", "PUT", f"job/{spec['ID']}/plan", {"Job": spec}, token=secret)
    refused(403, "Permission denied", "DELETE", "job/" + spec["ID"], token=secret)
    refused(403, "Permission denied", "GET", "nodes", token=secret)
    refused(403, "Permission denied", "GET", "jobs", token=secret, namespace="elsewhere")
    eq([j["ID"] for j in get("jobs", token=secret, prefix=spec["ID"], namespace="*")], [spec["ID"]], "jobs of *")
    self = get("acl/token/self", token=secret)
    eq((self["Type"], self["SecretID"], len(self["Policies"])), ("client", secret, 1), "own token")

# --- blocking queries ---------------------------------------------------------------------------------------------

def check_wait_expires():
    """A blocking query whose wait ends is 200 with an unchanged index (§1.3)."""
    path = "namespace/" + namespace()
    first, start = call("GET", path), time.time()
    held = call("GET", path, index=first.index, wait="1s")
    eq((held.status, held.index, held.json()), (200, first.index, first.json()), "the same answer")
    true(time.time() - start >= 0.8 / speed, "held for the wait", f"{time.time() - start:.2f} s")

def check_wakes():
    """A blocking query returns when the object changes, with a higher index; an old index or 0 never waits (§1.3)."""
    ns = namespace()
    first = call("GET", "namespace/" + ns)
    later = aside(call, "GET", "namespace/" + ns, index=first.index, wait="60s")
    pause(0.3)
    eq(later.done(), False, "answered before the change:")
    put("namespace/" + ns, {"Name": ns, "Description": "new"})
    woken = later.result()
    true(woken.index > first.index, f"an index over {first.index}", str(woken.index))
    eq(woken.json()["Description"], "new", "the change")
    for index in (0, 1):
        eq(call("GET", "namespace/" + ns, index=index, wait="60s").index, woken.index, "at once")
    n, seen = call("GET", "node/" + node("c6")), []
    later = aside(wait, "node/" + node("c6"), lambda v: v["SchedulingEligibility"] == "ineligible", seen=seen)
    eligible("c6", False)
    true(later.result()["ModifyIndex"] > n.index, f"a node index over {n.index}", seen[-1]["ModifyIndex"])

def check_object_index():
    """A job's index is its own ModifyIndex; the list's index moves with any job (T2)."""
    one, two = job(), job()
    run(one), finished(one["ID"], 0)
    own, table = call("GET", "job/" + one["ID"]), call("GET", "jobs")
    eq(own.index, own.json()["ModifyIndex"], "index of the job")
    run(two)
    eq(call("GET", "job/" + one["ID"]).index, own.index, "index of the job after another was registered")
    true(call("GET", "jobs").index > table.index, f"a list index over {table.index}", "not higher")
    a = get(f"job/{two['ID']}/allocations")[0]
    answer = call("GET", "allocation/" + a["ID"])
    eq(answer.index, answer.json()["ModifyIndex"], "index of the allocation")

# --- filters, pages, namespaces -----------------------------------------------------------------------------------

def check_filters():
    """Filters run on the full objects: ==, !=, matches, in, contains, is nil, and, or, not, quoted map keys (§1.4)."""
    names = lambda expr: sorted(n["Name"] for n in get("nodes", filter=expr))
    eq(names('NodeClass == "old"'), ["c1", "c2", "c3"])
    eq(names('NodeClass != "old" and Name != "c5"'), ["c4", "c6"])
    eq(names('Name matches "^c[12]$" or Meta.rack == "r0"'), ["c1", "c2", "c3", "c6"])
    eq(names('not (NodeClass == "new")'), ["c1", "c2", "c3"])
    eq(names('"c4" in Name'), ["c4"])
    eq(names('DrainStrategy is not nil'), [])
    eq(len(names('Status == "ready" and SchedulingEligibility == "eligible" and NodePool == "default"')), 6)
    eq(len(names('Attributes["nomad.version"] is not empty')), 6)
    spec = job(2)
    run(spec)
    count = lambda **kw: len(get("allocations", **kw))
    eq(count(filter=f'JobID == "{spec["ID"]}" and ClientStatus == "running" and Job.Type == "service"'), 2)
    eq(count(filter=f'JobID == "{spec["ID"]}" and NodeName == "c9"'), 0)
    eq([j["ID"] for j in get("jobs", filter=f'ID == "{spec["ID"]}" and Type == "service" and Stop == false')], [spec["ID"]])
    eq(len(get("deployments", filter=f'JobID == "{spec["ID"]}"')), 1)
    eq(len(get("evaluations", filter=f'JobID == "{spec["ID"]}" and TriggeredBy == "job-register"')), 1)

def check_bad_filters():
    """A bad filter is 400 `failed to create result paginator…`; an unknown field 400 when a row is tested (§1.4)."""
    syntax = re.compile("^failed to create result paginator: failed to read filter expression: ")
    for expr in ("a b c", 'Name in ["a","b"]', "CreateIndex > 3", "Name =="):
        refused(400, syntax, "GET", "nodes", filter=expr)
    refused(400, 'failed to read result page: error finding value in datum: /Foo at part 0: couldn\'t find key: struct field with name "Foo"',
            "GET", "nodes", filter='Foo == "x"')
    refused(400, re.compile("^failed to read result page: "), "GET", "nodes", filter='Version == "x"')
    eq(get("jobs", filter='Foo == "x"', prefix="none-such"), [], "an unknown field without rows")

def check_pages():
    """per_page and next_token walk a list in order; the header is absent on the last page (§1.2, §1.4)."""
    ids = [n["ID"] for n in get("nodes")]
    eq(ids, sorted(ids), "nodes by id")
    got, params = [], {"per_page": 2}
    while True:
        a = call("GET", "nodes", **params)
        got.append([n["ID"] for n in a.json()])
        if not a.headers.get("X-Nomad-NextToken"):
            break
        params["next_token"] = a.headers["X-Nomad-NextToken"]
    eq(got, [ids[0:2], ids[2:4], ids[4:6]], "three pages")
    eq(len(get("nodes", per_page=0)), 6, "per_page 0: all,")
    a = call("GET", "nodes", per_page=1, filter='NodeClass == "old"')
    true(a.headers.get("X-Nomad-NextToken"), "a next token on a filtered page", "none")

def check_namespaces():
    """A job lives in one namespace; elsewhere it is 404; `*` lists all; an unknown name on a list is [] (§1.3, T5)."""
    ns, spec = namespace(), job()
    spec["Namespace"] = ns
    register(spec)
    wait(f"job/{spec['ID']}/allocations", lambda v: len(alive(v)) == 1, "one allocation", namespace=ns)
    refused(404, "job not found", "GET", "job/" + spec["ID"])
    refused(404, "job not found", "GET", "job/" + spec["ID"], namespace="*")
    eq([j["Namespace"] for j in get("jobs", namespace="*", prefix=spec["ID"])], [ns], "by *")
    eq(get("jobs", prefix=spec["ID"]), [], "in default")
    eq(len(get("allocations", namespace=ns)), 1, "allocations there:")
    a = get("allocations", namespace=ns)[0]
    eq(get("allocation/" + a["ID"])["Namespace"], ns, "allocation read without the parameter:")
    lost = job(Namespace=name("none"))
    refused(500, re.compile(f'nonexistent namespace "{lost["Namespace"]}"'), "PUT", "jobs", {"Job": lost})

# --- nodes --------------------------------------------------------------------------------------------------------

def check_node_stub():
    """The node list's fields; resources and os add theirs (§2.1, §2.2)."""
    stubs = get("nodes")
    n = stubs[0]
    has(n, "ID", "Name", "Address", "Datacenter", "NodeClass", "NodePool", "Version", "Drain", "SchedulingEligibility", "Status",
        "StatusDescription", "Drivers", "LastDrain", "CreateIndex", "ModifyIndex")
    eq(sorted(s["Name"] for s in stubs), ["c1", "c2", "c3", "c4", "c5", "c6"])
    eq((n["Drain"], n["SchedulingEligibility"], n["Status"], n["NodePool"], n["Datacenter"]), (False, "eligible", "ready", "default", "dc1"))
    eq((n["Drivers"]["mock_driver"]["Healthy"], n["Drivers"]["raw_exec"]["Detected"]), (True, True), "drivers")
    eq(":" in n["Address"], False, "a port in Address:")
    r = get("nodes", resources="true")[0]["NodeResources"]
    eq((r["Cpu"]["CpuShares"], r["Memory"]["MemoryMB"]), (4000, 4096), "resources")
    eq("os.name" in (get("nodes", os="true")[0]["Attributes"] or {}), True, "os.name")

def check_node_full():
    """A node read by id has address and port, Meta, resources, events; SecretID is blank (§2.2)."""
    n = get("node/" + node("c2"))
    has(n, "HTTPAddr", "Attributes", "Meta", "Links", "NodeResources", "ReservedResources", "ComputedClass", "DrainStrategy",
        "StatusUpdatedAt", "Events", "HostNetworks", "LastDrain", "CSINodePlugins", "Drivers", "TLSEnabled")
    eq((n["SecretID"], n["Meta"]["rack"], n["NodeClass"], n["Status"]), ("", "r2", "old", "ready"))
    true(re.search(r":\d+$", n["HTTPAddr"]), "host:port", n["HTTPAddr"])
    true(10**9 < n["StatusUpdatedAt"] < 10**10, "unix seconds", n["StatusUpdatedAt"])
    true(n["NodeResources"]["MinDynamicPort"] < n["NodeResources"]["MaxDynamicPort"], "a port range", "none")
    has(n["Events"][0], "Message", "Subsystem", "Details", "Timestamp", "CreateIndex")

def check_eligibility():
    """Setting eligibility answers indexes and adds a Cluster event; an unchanged one is a no-op (§2.1, §2.2)."""
    ident = node("c5")
    reply = eligible("c5", False)
    has(reply, "EvalIDs", "EvalCreateIndex", "NodeModifyIndex", "Index")
    true(reply["Index"] > 0, "an index", reply)
    n = get("node/" + ident)
    eq((n["SchedulingEligibility"], n["DrainStrategy"], n["ModifyIndex"]), ("ineligible", None, reply["Index"]))
    eq(events(n, "Cluster")[-1]["Message"], "Node marked as ineligible for scheduling")
    eq(eligible("c5", False)["Index"], 0, "index of a no-op")
    eq(get("node/" + ident)["ModifyIndex"], n["ModifyIndex"], "untouched by the no-op")
    eligible("c5")
    eq(events(get("node/" + ident), "Cluster")[-1]["Message"], "Node marked as eligible for scheduling")
    refused(500, re.compile("invalid scheduling eligibility|invalid"), "PUT", f"node/{ident}/eligibility", {"Eligibility": "perhaps"})

def check_drain_order():
    """Ineligible at once; mark, stop, replacement pending until its predecessor ended; complete before the last health (§2.4)."""
    spec = job(2, "c1|c2", migrate={"MinHealthyTime": 2 * S})
    eligible("c2", False)
    old = {a["ID"] for a in run(spec)}
    finished(spec["ID"], 0)
    eligible("c2")
    before = get("node/" + node("c1"))["ModifyIndex"]
    reply = drain("c1")
    true(reply["NodeModifyIndex"] > before, f"NodeModifyIndex over {before}", reply)
    n = get("node/" + node("c1"))
    eq((n["SchedulingEligibility"], n["DrainStrategy"] is None, n["LastDrain"]["Status"]), ("ineligible", False, "draining"))
    shots = []
    wait(f"job/{spec['ID']}/allocations", lambda v: len([a for a in alive(v, True) if a["ID"] not in old]) == 2,
         "two healthy replacements", 40, shots)
    for shot in shots:
        by = {a["ID"]: a for a in shot}
        true(len(alive(shot, True)) >= 1, "one healthy allocation at every moment", brief(shot))
        for a in shot:
            if a["ID"] in old and a["DesiredStatus"] == "stop":
                eq((a["DesiredDescription"], a["DesiredTransition"]["Migrate"]), ("alloc is being migrated", True))
            if a["NextAllocation"] in by and by[a["NextAllocation"]]["ClientStatus"] != "pending":
                eq(a["ClientStatus"], "complete", "the predecessor of a started replacement")
    n = drained("c1")
    eq((n["LastDrain"]["Status"], n["SchedulingEligibility"]), ("complete", "ineligible"))
    set_, done = events(n)[-2:]
    eq((set_["Message"], done["Message"], done["Details"]), ("Node drain strategy set", "Node drain complete", None))
    new = [a for a in get(f"job/{spec['ID']}/allocations") if a["ID"] not in old]
    eq({a["NodeName"] for a in new}, {"c2"}, "node of the replacements")
    last = max(a["DeploymentStatus"]["ModifyIndex"] for a in new)
    true(done["CreateIndex"] < last, f"drain complete before index {last} (the last one healthy)", done["CreateIndex"])

def check_drain_gap():
    """A group of one has nothing running while its task takes its time to end: no make-before-break (§2.4)."""
    spec = job(1, "c1|c2", config={"kill_after": "2s"}, task={"KillTimeout": 5 * S})
    eligible("c2", False)
    old = run(spec)[0]["ID"]
    eligible("c2")
    drain("c1")
    shots = []
    wait(f"job/{spec['ID']}/allocations", lambda v: [a for a in alive(v, True) if a["ID"] != old], "a healthy replacement", 40, shots)
    true(any(not alive(s) for s in shots), "a moment without a running allocation", [brief(s) for s in shots])
    both = [s for s in shots if len([a for a in s if a["ClientStatus"] == "running"]) > 1]
    eq(len(both), 0, "moments with both running:")
    first, = [a for a in get(f"job/{spec['ID']}/allocations") if a["ID"] == old]
    eq((first["ClientStatus"], first["DesiredStatus"]), ("complete", "stop"))
    eq(get("allocation/" + first["NextAllocation"])["PreviousAllocation"], old, "the chain back")

def check_drain_two_nodes():
    """migrate.max_parallel counts per group over all nodes: two nodes drained at once keep count - 1 (§2.4)."""
    spec = job(4, "c1|c2|c3", migrate={"MinHealthyTime": S // 5})
    eligible("c3", False)
    old = {a["ID"]: a["NodeName"] for a in run(spec)}
    eq(sorted(old.values()), ["c1", "c1", "c2", "c2"], "spread by anti-affinity")
    eligible("c3")
    shots = []
    drain("c1"), drain("c2")
    wait(f"job/{spec['ID']}/allocations", lambda v: len([a for a in alive(v, True) if a["ID"] not in old]) == 4, "four replacements", 60, shots)
    fewest = min(len(alive(s)) for s in shots)
    true(fewest >= 3, "at least 3 of 4 running", fewest)
    for c in ("c1", "c2"):
        eq(drained(c)["LastDrain"]["Status"], "complete")

def cornered(count=2, **kw):
    """A job on c1 that may go to c2 only, which is ineligible."""
    spec = job(count, "c1|c2", **kw)
    eligible("c2", False)
    run(spec)
    finished(spec["ID"], 0)
    return spec["ID"]

def check_drain_without_room():
    """The first max_parallel is stopped without looking for room, then the drain holds; room given later is used (§2.4)."""
    jid = cornered()
    drain("c1")
    wait(f"job/{jid}/allocations", lambda v: len(alive(v)) == 1, "one stopped")
    wait("evaluations", lambda v: v, "a blocked evaluation", filter=f'JobID == "{jid}" and Status == "blocked"')
    blocked, = get("evaluations", filter=f'JobID == "{jid}" and Status == "blocked"')
    has(blocked, "FailedTGAllocs", "TriggeredBy", "PreviousEval")
    pause(2.5)
    eq(len(alive(get(f"job/{jid}/allocations"))), 1, "still running")
    eq(get("node/" + node("c1"))["DrainStrategy"] is None, False, "drain over while one is held:")
    eligible("c2")
    wait(f"job/{jid}/allocations", lambda v: [a["NodeName"] for a in alive(v)] == ["c2", "c2"], "two on c2", 40)
    eq(get("evaluation/" + blocked["ID"])["Status"], "complete", "the blocked evaluation")
    eq(drained("c1")["LastDrain"]["Status"], "complete")

def check_drain_deadline():
    """At the deadline all is stopped at once; the event's detail deadline_reached is the only trace (§2.4)."""
    jid = cornered(3)
    drain("c1", 2 * S)
    n = get("node/" + node("c1"))
    eq((n["DrainStrategy"]["Deadline"], n["DrainStrategy"]["ForceDeadline"] is None), (2 * S, False))
    n = drained("c1", limit=30)
    eq((n["LastDrain"]["Status"], n["SchedulingEligibility"]), ("complete", "ineligible"))
    eq(events(n)[-1]["Details"], {"deadline_reached": "true"})
    wait(f"job/{jid}/allocations", lambda v: not alive(v), "all stopped")

# --- jobs ---------------------------------------------------------------------------------------------------------

def check_registering():
    """Register answers EvalID and JobModifyIndex; the same spec again makes an evaluation and no new version (§3.3)."""
    spec = job()
    reply = register(spec)
    has(reply, "EvalID", "EvalCreateIndex", "JobModifyIndex", "Warnings", "Index")
    e = evaluation(reply["EvalID"])
    eq((e["TriggeredBy"], e["Type"], e["JobID"], e["JobModifyIndex"]), ("job-register", "service", spec["ID"], reply["JobModifyIndex"]))
    finished(spec["ID"], 0)
    j = get("job/" + spec["ID"])
    eq((j["Version"], j["Stable"], j["JobModifyIndex"], j["Status"]), (0, True, reply["JobModifyIndex"], "running"))
    again = register(spec)
    true(again["EvalID"] and again["EvalID"] != reply["EvalID"], "a new evaluation", again)
    eq(get("job/" + spec["ID"])["Version"], 0, "version")
    spec["Meta"] = {"a": "1"}
    register(spec)
    eq(get("job/" + spec["ID"])["Version"], 1, "version after a change")
    refused(400, "Job must be specified", "PUT", "jobs", {})

def check_enforce_index():
    """EnforceIndex: 0 = must not exist, else JobModifyIndex must match; 500 with the text (§3.3)."""
    spec = job()
    force = lambda i: {"Job": spec, "EnforceIndex": True, "JobModifyIndex": i}
    refused(500, "Enforcing job modify index 5: job does not exist", "PUT", "jobs", force(5))
    at = register(spec, EnforceIndex=True, JobModifyIndex=0)["JobModifyIndex"]
    refused(500, "Enforcing job modify index 0: job already exists", "PUT", "jobs", force(0))
    refused(500, f"Enforcing job modify index 1: job exists with conflicting job modify index: {at}", "PUT", "jobs", force(1))
    spec["Meta"] = {"a": "1"}
    true(put("jobs", force(at))["JobModifyIndex"] > at, "accepted at the right index", "not")

def check_immutable_type():
    """A job's type cannot change (§3.3); a job that fails validation is 500 with every reason (§3.4)."""
    spec = job()
    register(spec)
    refused(500, re.compile("cannot update job from type .service. to .batch."), "PUT", "jobs", {"Job": job(kind="batch", ID=spec["ID"])})
    bad = job()
    bad["TaskGroups"][0]["Tasks"] = []
    refused(500, re.compile("Missing tasks for task group"), "PUT", "jobs", {"Job": bad})
    refused(400, "Job ID does not match name", "PUT", "job/other", {"Job": spec})

def check_scaling():
    """Scaling makes a version and a deployment; scaling down stops the highest name index (§3.1, T34)."""
    spec = job(2)
    run(spec), finished(spec["ID"], 0)
    path = f"job/{spec['ID']}/scale"
    reply = put(path, {"Count": 4, "Target": {"Group": "g"}, "Message": "more"})
    has(reply, "EvalID", "JobModifyIndex")
    j = get("job/" + spec["ID"])
    eq((j["Version"], j["Stable"], j["TaskGroups"][0]["Count"]), (1, True, 4))
    eq(finished(spec["ID"], 1)["TaskGroups"]["g"]["DesiredTotal"], 4, "DesiredTotal")
    put(path, {"Count": 1, "Target": {"Group": "g"}})
    left, = up(spec["ID"], 1)
    eq(left["Name"], f"{spec['ID']}.g[0]", "the one left")
    gone = [a for a in get(f"job/{spec['ID']}/allocations") if a["ID"] != left["ID"]]
    eq({a["DesiredDescription"] for a in gone}, {"alloc not needed due to job update"})
    eq(get("job/" + spec["ID"])["Version"], 2, "version")

def check_scaling_refused():
    """Scaling is 400 while a deployment runs and outside the group's bounds, and for unknown groups (§3.1)."""
    spec = job(1, update={"MinHealthyTime": 3600 * S, "HealthyDeadline": 7200 * S, "ProgressDeadline": 9000 * S},
               group={"Scaling": {"Min": 1, "Max": 3, "Enabled": True, "Type": "horizontal"}})
    run(spec, healthy=False)
    path = f"job/{spec['ID']}/scale"
    refused(400, "job scaling blocked due to active deployment", "PUT", path, {"Count": 2, "Target": {"Group": "g"}})
    refused(400, re.compile("greater than scaling policy maximum"), "PUT", path, {"Count": 9, "Target": {"Group": "g"}})
    refused(400, re.compile("less than scaling policy minimum"), "PUT", path, {"Count": 0, "Target": {"Group": "g"}})
    refused(400, re.compile('task group "zz".*does not exist'), "PUT", path, {"Count": 2, "Target": {"Group": "zz"}})
    eq(get("job/" + spec["ID"])["TaskGroups"][0]["Count"], 1, "count")

def check_alloc_stop():
    """Stopping an allocation brings a replacement of the same name; its evaluation says so (§5, T20)."""
    spec = job(2)
    old = run(spec)[0]
    e = evaluation(put(f"allocation/{old['ID']}/stop")["EvalID"])
    eq(e["TriggeredBy"], "alloc-stop")
    up(spec["ID"], 2)
    a = get("allocation/" + old["ID"])
    eq((a["DesiredStatus"], a["ClientStatus"], a["DesiredTransition"]["Migrate"]), ("stop", "complete", True))
    b = get("allocation/" + a["NextAllocation"])
    eq((b["Name"], b["PreviousAllocation"], b["JobVersion"] if "JobVersion" in b else b["Job"]["Version"]), (a["Name"], a["ID"], 0))
    refused(404, "allocation not found", "PUT", f"allocation/{NOBODY}/stop", {})

def check_versions():
    """Versions come newest first; reverting makes a new version, to the current one is 500 (§3.1)."""
    spec = job(Meta={"v": "0"})
    run(spec), finished(spec["ID"], 0)
    register({**spec, "Meta": {"v": "1"}})
    finished(spec["ID"], 1)
    path = f"job/{spec['ID']}/"
    v = get(path + "versions", diffs="true")
    eq([(x["Version"], x["Meta"]["v"]) for x in v["Versions"]], [(1, "1"), (0, "0")])
    eq(v["Diffs"][0]["Type"], "Edited", "diff")
    refused(500, re.compile("can't revert to current version"), "PUT", path + "revert", {"JobID": spec["ID"], "JobVersion": 1})
    refused(500, re.compile("not found"), "PUT", path + "revert", {"JobID": spec["ID"], "JobVersion": 7})
    put(path + "revert", {"JobID": spec["ID"], "JobVersion": 0})
    j = get("job/" + spec["ID"])
    eq((j["Version"], j["Meta"]), (2, {"v": "0"}))
    finished(spec["ID"], 2)
    eq(get("job/" + spec["ID"])["Stable"], True, "Stable after its deployment")

# --- plan ---------------------------------------------------------------------------------------------------------

def plan(spec, **more):
    return put(f"job/{spec['ID']}/plan", {"Job": spec, "Diff": False, **more})

def check_plan_new():
    """A plan of an unknown job: Place = count, JobModifyIndex 0, no failures (null), nothing stored (§3.4)."""
    spec, before = job(3), call("GET", "evaluations").index
    p = plan(spec, Diff=True)
    eq((p["Annotations"]["DesiredTGUpdates"]["g"]["Place"], p["FailedTGAllocs"], p["JobModifyIndex"], p["Diff"]["Type"]), (3, None, 0, "Added"))
    has(p["Annotations"]["DesiredTGUpdates"]["g"], "Ignore", "Migrate", "Stop", "InPlaceUpdate", "DestructiveUpdate", "Canary", "Preemptions")
    refused(404, "job not found", "GET", "job/" + spec["ID"])
    eq(call("GET", "evaluations").index, before, "index of the evaluations")
    refused(400, "Job ID does not match", "PUT", "job/other/plan", {"Job": spec})

def check_plan_change():
    """Plans of a running job: Ignore, InPlaceUpdate, DestructiveUpdate, Stop, Place, and the current index (§3.4)."""
    spec = job(3, update={"MaxParallel": 3})
    run(spec), finished(spec["ID"], 0)
    wish = lambda s: {k: v for k, v in plan(s)["Annotations"]["DesiredTGUpdates"]["g"].items() if v}
    same = plan(spec, Diff=True)
    eq((same["Diff"]["Type"], same["JobModifyIndex"]), ("None", get("job/" + spec["ID"])["JobModifyIndex"]))
    eq(wish(spec), {"InPlaceUpdate": 3}, "the same file, by T28:")
    eq(wish(job(5, ID=spec["ID"], update={"MaxParallel": 3})), {"InPlaceUpdate": 3, "Place": 2})
    eq(wish(job(2, ID=spec["ID"], update={"MaxParallel": 3})), {"InPlaceUpdate": 2, "Stop": 1})
    eq(wish(job(3, ID=spec["ID"], update={"MaxParallel": 3}, mem=40)), {"DestructiveUpdate": 3})
    eq(wish(job(3, ID=spec["ID"], update={"MaxParallel": 3, "Canary": 1}, mem=40)), {"Canary": 1, "Ignore": 3})

def check_plan_exhausted():
    """What does not fit: CoalescedFailures + 1 allocations, DimensionExhausted by memory or cpu (§3.4, §4)."""
    p = plan(job(9, "c1|c2", mem=1500))
    m = p["FailedTGAllocs"]["g"]
    eq((m["CoalescedFailures"] + 1, m["DimensionExhausted"], m["NodesExhausted"]), (5, {"memory": 2}, 2))
    eq((m["NodesEvaluated"], m["NodesInPool"], m["NodesAvailable"]), (6, 6, {"dc1": 6}))
    eq(p["Annotations"]["DesiredTGUpdates"]["g"]["Place"], 9, "Place counts wishes:")
    eq(len(p["CreatedEvals"]), 1, "would-be blocked evaluations")
    m = plan(job(1, cpu=5000))["FailedTGAllocs"]["g"]
    eq((m["DimensionExhausted"], m["CoalescedFailures"]), ({"cpu": 6}, 0))
    eq(plan(job(4, "c1|c2", mem=1500))["FailedTGAllocs"], None, "four fit")

def check_plan_filtered():
    """Unmet constraints are counted by their text; ineligible nodes are not evaluated (§3.4, §4, §12.1)."""
    spec = job(1, Constraints=[{"LTarget": "${node.class}", "Operand": "=", "RTarget": "none"}])
    m = plan(spec)["FailedTGAllocs"]["g"]
    eq((m["ConstraintFiltered"]["${node.class} = none"], m["NodesFiltered"], m["NodesEvaluated"]), (m["NodesFiltered"] if len(m["ConstraintFiltered"]) == 1 else 6, 6, 6))
    ids = [node(c) for c in ("c1", "c2", "c3")]
    spec = job(1, "c1|c2|c3", Constraints=[{"LTarget": "${node.unique.id}", "Operand": "!=", "RTarget": i} for i in ids]
               + [{"LTarget": "${meta.rack}", "Operand": "set_contains_any", "RTarget": "r8,r9"}])
    true(plan(spec)["FailedTGAllocs"]["g"]["NodesFiltered"] == 6, "six filtered", plan(spec)["FailedTGAllocs"])
    for c in ("c1", "c2", "c3"):
        eligible(c, False)
    m = plan(job(1, "c1|c2|c3"))["FailedTGAllocs"]["g"]
    eq((m["NodesEvaluated"], m["NodesFiltered"]), (3, 3), "only eligible nodes are looked at:")
    m = plan(job(1, task={"Driver": "no_such_driver", "Config": {}}))["FailedTGAllocs"]["g"]
    eq(m["ConstraintFiltered"], {"missing drivers": 3})

def check_blocked_placement():
    """Nothing fits: evaluation complete with FailedTGAllocs and BlockedEval, deployment running without a deadline (§3.6, §4)."""
    spec = job(2, mem=9000)
    e = evaluation(register(spec)["EvalID"])
    m = e["FailedTGAllocs"]["g"]
    eq((m["CoalescedFailures"] + 1, m["DimensionExhausted"], e["QueuedAllocations"]), (2, {"memory": 6}, {"g": 2}))
    b = get("evaluation/" + e["BlockedEval"])
    eq((b["Status"], b["TriggeredBy"], b["PreviousEval"]), ("blocked", "queued-allocs", e["ID"]))
    d = get("deployment/" + e["DeploymentID"])
    g = d["TaskGroups"]["g"]
    eq((d["Status"], g["RequireProgressBy"], g["PlacedAllocs"], g["DesiredTotal"]), ("running", None, 0, 2))
    j = get("jobs", prefix=spec["ID"])[0]
    eq((j["Status"], j["JobSummary"]["Summary"]["g"]["Queued"]), ("running", 2))
    spec["TaskGroups"][0]["Tasks"][0]["Resources"]["MemoryMB"] = 32
    run(spec)
    wait("evaluation/" + b["ID"], lambda v: v["Status"] in ("canceled", "cancelled"), "the blocked one canceled")
    eq(get("deployment/" + d["ID"])["StatusDescription"], "Cancelled due to newer version of job")

# --- deployments --------------------------------------------------------------------------------------------------

NEVER = {"MinHealthyTime": 3600 * S, "HealthyDeadline": 7200 * S, "ProgressDeadline": 9000 * S}  # no allocation is ever decided

def check_deployment_first():
    """The first deployment: running, then successful, with cumulative counters and texts (§3.6)."""
    spec, shots = job(2), []
    e = evaluation(register(spec)["EvalID"])
    wait("deployment/" + e["DeploymentID"], lambda d: d["Status"] != "running", "an end", 40, shots)
    eq((shots[0]["Status"], shots[0]["StatusDescription"]), ("running", "Deployment is running"))
    d = shots[-1]
    eq((d["Status"], d["StatusDescription"], d["JobVersion"]), ("successful", "Deployment completed successfully", 0))
    g = d["TaskGroups"]["g"]
    eq([g[k] for k in ("DesiredTotal", "PlacedAllocs", "HealthyAllocs", "UnhealthyAllocs", "DesiredCanaries", "PlacedCanaries", "Promoted", "AutoRevert")],
       [2, 2, 2, 0, 0, None, False, False])
    eq(get(f"job/{spec['ID']}/deployment")["ID"], d["ID"], "latest deployment")
    eq(len(get("deployment/allocations/" + d["ID"])), 2, "allocations")
    refused(500, re.compile("can't promote terminal deployment"), "PUT", "deployment/promote/" + d["ID"], {"DeploymentID": d["ID"], "All": True})

def check_canary():
    """A canary waits for promotion; too early is 500 with the count; a newer version cancels; promoted it rolls out (§3.6)."""
    spec = job(2)
    run(spec), finished(spec["ID"], 0)
    early = job(2, ID=spec["ID"], mem=33, update={"Canary": 1, **NEVER})
    register(early)
    path = f"job/{spec['ID']}/"
    d = wait(path + "deployment", lambda d: d["JobVersion"] == 1 and d["TaskGroups"]["g"]["PlacedCanaries"], "a canary")
    eq((d["Status"], d["StatusDescription"]), ("running", "Deployment is running but requires manual promotion"))
    refused(500, '1 error occurred:\n\t* Task group "g" has 0/1 healthy allocations\n\n', "PUT", "deployment/promote/" + d["ID"], {"DeploymentID": d["ID"], "All": True})
    register(job(2, ID=spec["ID"], mem=34, update={"Canary": 1}))
    d2 = wait(path + "deployment", lambda d: d["JobVersion"] == 2 and d["TaskGroups"]["g"]["HealthyAllocs"] == 1, "a healthy canary")
    old = get("deployment/" + d["ID"])
    eq((old["Status"], old["StatusDescription"]), ("cancelled", "Cancelled due to newer version of job"))
    allocs = wait(path + "allocations", lambda v: len(alive(v)) == 3, "three running")
    canaries = [a for a in alive(allocs) if (a["DeploymentStatus"] or {}).get("Canary")]
    eq(([a["ID"] for a in canaries], canaries[0]["JobVersion"]), (d2["TaskGroups"]["g"]["PlacedCanaries"], 2), "the canary")
    has(put("deployment/promote/" + d2["ID"], {"DeploymentID": d2["ID"], "All": True}), "EvalID", "DeploymentModifyIndex", "RevertedJobVersion")
    eq(finished(spec["ID"], 2)["TaskGroups"]["g"]["Promoted"], True, "promoted")
    end = up(spec["ID"], 2)
    eq(({a["JobVersion"] for a in end}, any(a["DeploymentStatus"]["Canary"] for a in end)), ({2}, False), "versions and canary marks")

def check_fail_reverts():
    """Failing with auto_revert: the job gets version + 1, Stable at once, and its own deployment (§3.6, T36)."""
    spec = job(1, update={"AutoRevert": True})
    run(spec), finished(spec["ID"], 0)
    register(job(1, ID=spec["ID"], mem=33, update={"AutoRevert": True, **NEVER}))
    d = wait(f"job/{spec['ID']}/deployment", lambda d: d["JobVersion"] == 1 and d["TaskGroups"]["g"]["PlacedAllocs"], "version 1")
    reply = put("deployment/fail/" + d["ID"])
    eq(reply["RevertedJobVersion"], 0, "RevertedJobVersion")
    d = get("deployment/" + d["ID"])
    eq((d["Status"], d["StatusDescription"]), ("failed", "Deployment marked as failed - rolling back to job version 0"))
    j = get("job/" + spec["ID"])
    eq((j["Version"], j["Stable"], j["TaskGroups"][0]["Tasks"][0]["Resources"]["MemoryMB"], j["JobModifyIndex"]), (2, True, 32, d["ModifyIndex"]))
    d2 = finished(spec["ID"], 2)
    eq(d2["JobSpecModifyIndex"], j["JobModifyIndex"], "JobSpecModifyIndex of the rollback")
    refused(500, re.compile("can't fail terminal deployment"), "PUT", "deployment/fail/" + d["ID"], {})

def check_fail_stays():
    """Failing without auto_revert: no new version, the unpromoted canary stops, the old allocations go on (§3.6)."""
    spec = job(2)
    old = {a["ID"] for a in run(spec)}
    finished(spec["ID"], 0)
    register(job(2, ID=spec["ID"], mem=33, update={"Canary": 1}))
    d = wait(f"job/{spec['ID']}/deployment", lambda d: d["JobVersion"] == 1 and d["TaskGroups"]["g"]["PlacedCanaries"], "a canary")
    eq(put("deployment/fail/" + d["ID"])["RevertedJobVersion"], None)
    eq(get("deployment/" + d["ID"])["StatusDescription"], "Deployment marked as failed")
    wait(f"job/{spec['ID']}/allocations", lambda v: {a["ID"] for a in v if a["ClientStatus"] in ("running", "pending")} == old, "only the old ones")
    eq(get("job/" + spec["ID"])["Version"], 1, "version")

def check_progress_deadline():
    """An allocation that does not start in time fails the deployment at its progress deadline (§3.6)."""
    spec = job(1, config={"start_block_for": "7s"}, update={"MinHealthyTime": S // 5, "HealthyDeadline": 3 * S, "ProgressDeadline": 4 * S})
    register(spec)
    d = wait(f"job/{spec['ID']}/deployment", lambda d: d and d["TaskGroups"]["g"]["RequireProgressBy"], "a deadline after the placement")
    d = wait("deployment/" + d["ID"], lambda d: d["Status"] == "failed", "failed", 40)
    eq(d["StatusDescription"], "Failed due to progress deadline")
    eq(d["TaskGroups"]["g"]["HealthyAllocs"], 0)

# --- the rest -----------------------------------------------------------------------------------------------------

def check_job_statuses():
    """jobs/statuses: one entry per job with groups, allocations and the latest deployment (§3.1, §1.3)."""
    spec = job(2)
    run(spec), finished(spec["ID"], 0)
    ask = lambda *ids: sure("POST", "jobs/statuses", {"Jobs": [{"ID": i, "Namespace": "default"} for i in ids]})
    one, = ask(spec["ID"], "none-such")
    has(one, "ID", "Namespace", "Type", "Status", "Stop", "GroupCountSum", "ChildStatuses", "LatestDeployment", "Allocs", "Version", "NodePool")
    eq((one["GroupCountSum"], one["Stop"], one["ChildStatuses"], len(one["Allocs"])), (2, False, None, 2))
    has(one["Allocs"][0], "ID", "Group", "ClientStatus", "NodeID", "DeploymentStatus", "JobVersion")
    eq(one["LatestDeployment"]["IsActive"], False)
    has(one["LatestDeployment"], "ID", "JobVersion", "AllAutoPromote", "RequiresPromotion")
    refused(400, "no jobs in request", "POST", "jobs/statuses", {"Jobs": []})
    eq([j["ID"] for j in get("jobs/statuses", filter=f'ID == "{spec["ID"]}"')], [spec["ID"]], "by GET")

def check_failing_task():
    """A failing task restarts by policy, then fails; the events say why (§5)."""
    spec = job(1, kind="batch", config={"run_for": "100ms", "exit_code": 3},
               group={"RestartPolicy": {"Attempts": 1, "Mode": "fail", "Interval": 60 * S, "Delay": S // 2}, "ReschedulePolicy": {"Attempts": 0, "Unlimited": False}})
    register(spec)
    a, = wait(f"job/{spec['ID']}/allocations", lambda v: v and v[0]["ClientStatus"] == "failed", "failed", 40)
    t = a["TaskStates"]["t"]
    eq((t["State"], t["Failed"], t["Restarts"], t["FinishedAt"] is None), ("dead", True, 1, False))
    kinds = [e["Type"] for e in t["Events"]]
    eq(kinds, ["Received", "Task Setup", "Started", "Terminated", "Restarting", "Started", "Terminated", "Not Restarting"])
    ended, stopped = t["Events"][-2:]
    eq((ended["Details"]["exit_code"], ended["DisplayMessage"]), ("3", "Exit Code: 3"))
    eq(stopped["Details"]["fails_task"], "true", "fails_task")
    wait("job/" + spec["ID"], lambda j: j["Status"] == "dead", "a dead job")

# --- main ---------------------------------------------------------------------------------------------------------

def main(space):
    global speed
    words = sys.argv[1:]
    if "--speed" in words:
        at = words.index("--speed")
        speed = float(words[at + 1])
        del words[at:at + 2]
    if any(w in ("-h", "--help") for w in words):
        print(__doc__)
        return
    try:
        names = sorted(n["Name"] for n in get("nodes") if n["Status"] == "ready")
    except (Miss, OSError, ValueError) as e:
        sys.exit(f"no usable cluster at {ADDR}: {e}")
    if names != ["c1", "c2", "c3", "c4", "c5", "c6"]:
        sys.exit(f"needs six ready nodes c1..c6, found {names}")
    passed = failed = 0
    for f in [f for f in space.values() if getattr(f, "__name__", "").startswith("check_") and f.__module__ == "__main__"]:
        title = f.__name__[6:]
        if words and not any(w in title for w in words):
            continue
        start, verdict = time.time(), None
        for step in (f, tidy):
            try:
                step()
            except Skip as e:
                verdict = verdict or f"skip {title}: {e}"
            except Exception as e:
                why = str(e) if isinstance(e, Miss) else f"expected an answer got {type(e).__name__}: {e}"
                verdict = verdict or f"not ok {title}: " + ("(clean-up) " if step is tidy else "") + why.replace("\n", "\\n")
        failed += bool(verdict and verdict.startswith("not ok"))
        passed += not verdict
        print(verdict or f"ok {title}", flush=True)
        if os.environ.get("KIT_TIMES"):
            print(f"   {time.time() - start:.1f} s", flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(globals())
