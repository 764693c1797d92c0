#!/usr/bin/env python3
"""Verify a published draw: python verify.py [FOLDER] [--commit HEX] [--head HEX]... [--json].

Derives every draw and every sheet in commit.json, log.jsonl, secret.txt and banks.json again from
the rules of examrunner-draw/1 (numbers in brackets: its sections) and says where the files differ.
Exit code: 0 all is right, 1 something is not, 2 wrong usage. Python 3.8 or newer is enough.
"""

# Laid out by hand, to be read from top to bottom.
# fmt: off
import argparse, hashlib, itertools, json, operator, os, re, stat, sys, unicodedata

VERSION, W = "examrunner-draw/1", 2**30  # W is the sum of every odds row
FILES, LARGEST = ("commit.json", "log.jsonl", "secret.txt", "banks.json"), 64 * 1024 * 1024
HIDDEN = ("[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
          "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
BLANK = "[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]*"
class Wrong(Exception):
    """The rule that is broken, and what is wrong."""
def demand(holds, rule, text):
    if not holds:
        raise Wrong(rule, text)

# --- text, numbers, canonical JSON (3.1) ----------------------------------------------------------
def sha256(text):
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
def read_json(text):
    """Return the value of a canonical JSON text, None for any other text."""
    def refuse(part):
        raise ValueError(part)
    def integer(part):
        return int(part) if len(part.lstrip("-")) <= 100 else refuse(part)
    def record(pairs):
        return dict(pairs) if all(key.isascii() for key, _ in pairs) else refuse(pairs)
    def depth(value):
        inner = value.values() if isinstance(value, dict) else value
        return 1 + max(map(depth, inner), default=0) if isinstance(value, (dict, list)) else 0
    try:
        text.encode("utf-8")
        value = json.loads(text, object_pairs_hook=record, parse_int=integer,
                           parse_float=refuse, parse_constant=refuse)
        same = canonical(value) == text and unicodedata.is_normalized("NFC", text)
        return value if same and depth(value) <= 32 else None
    except (ValueError, RecursionError):
        return None
def is_text(pattern):
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None
def is_integer(least, most=10**100):
    return lambda value: type(value) is int and least <= value <= most
def is_ids(value):
    return isinstance(value, list) and all(map(is_id, value)) and len(value) == len(set(value))
def is_list(value):  # a list of papers: sorted, each once
    return is_ids(value) and value == sorted(value)
def is_reason(value):
    return (isinstance(value, str) and not re.fullmatch(BLANK, value)
            and not re.search(HIDDEN, value) and unicodedata.is_normalized("NFC", value))
def fits(value, form):
    """Say whether a value has a form: a test, [of each], (one by one), {key: form of the value}."""
    if isinstance(form, dict):
        return (isinstance(value, dict) and value.keys() == form.keys()
                and all(fits(value[key], form[key]) for key in form))
    if isinstance(form, (list, tuple)):
        forms = form * len(value) if isinstance(form, list) and isinstance(value, list) else form
        return isinstance(value, list) and len(value) == len(forms) and all(map(fits, value, forms))
    return form(value)
def is_row(value):
    return (fits(value, [(is_id, is_positive)])
            and is_list([paper for paper, _ in value]) and sum(share for _, share in value) == W)
is_count, is_positive = is_integer(0), is_integer(1)
is_id, is_hex = is_text("[A-Za-z0-9._:@+-]{1,64}"), is_text("[0-9a-f]{64}")
KINDS = {"start": "public", "draw": "s a nonce odds ticket paper", "void": "draw exclude why",
         "sheet": "draw rank count cost relaxed q", "add": "s p pos why", "list": "s p why",
         "absent": "s why", "end": ""}
MEANS = dict.fromkeys("ticket draw rank count cost relaxed pos".split(), is_count)
MEANS.update(public=is_text("[!-~]([ -~]{0,198}[!-~])?"), nonce=is_text("[!-~]{1,32}"), s=is_id,
             a=is_positive, odds=is_row, paper=is_id, q=is_ids,
             exclude=is_list, p=is_list, why=is_reason, bank=is_hex)
UNPUBLISHED = "C was not compared with the published line: all this could be made afterwards."
NO_RECEIPT = "No receipt was compared: the log could be made anew after the session."
STRENGTHS = {None: "unknown",
    "recorded": "recorded: no public value took part, so the examiner could have chosen the seed",
    "sealed": "sealed: the seed was fixed when C was published, chosen by the examiner before",
    "public": "public: nobody could choose the seed, if C was published before P was known"}
RULE = {"depth": [(is_reason, is_count, is_count)], "nmax": is_count, "nmin": is_count,
        "tmax": is_count, "tmin": is_count}
COMMITMENT = {"banks": lambda one: isinstance(one, dict) and all(map(is_hex, one.values())),
              "h": is_count, "n": is_count, "public": is_reason, "secret_sha256": is_hex,
              "roster": [{"p": is_list, "s": is_id}], "session": is_id, "sheet": RULE,
              "v": is_text(VERSION), "why": is_reason}
ITEM = {"depth": is_reason, "group": lambda one: one is None or is_id(one), "id": is_id,
        "sec": is_integer(0, 10**9)}

# --- tickets, odds (3.3 to 3.7) -------------------------------------------------------------------
def hash_lines(*lines):
    return sha256("".join("%s\n" % line for line in (VERSION,) + lines))
def below(n, words):
    return next(word for word in words if word < 2**256 - 2**256 % n) % n
def start(papers):
    k = len(papers)
    return {c: (i + 1) * W // k - i * W // k for i, c in enumerate(papers)}
def couple(q, p, j):
    """Return row q after a neighbour whose row was p drew paper j."""
    both = [c for c in q if c in p]
    if not both or max(*q.values(), *p.values()) > 3 * (W >> 2):
        return q
    rest = W - sum(p[c] for c in both)
    a = {c: W * W // (W - q[c]) for c in both}
    ap = {c: a[c] * p[c] // W for c in both}
    total = sum(ap.values()) + rest
    b = {c: W * W // (total - ap.get(c, 0)) for c in q}
    bq = {c: b[c] * q[c] // W for c in q}
    width = sum(bq.values())
    a0 = W * W // max(width, W)
    a = {c: a[c] * W // max(W, a[c] * (width - bq[c]) // W) for c in both}
    ap = {c: a[c] * p[c] // W for c in both}
    total = sum(ap.values()) + a0 * rest // W
    f = {c: max(0, q[c] * (W - b[c] * (total - ap.get(c, 0)) // W) // W) for c in q}
    y = {c: 0 if c == j else a.get(j, a0) * bq[c] // W for c in q}
    missing, gap = W - sum(y.values()), sum(f.values())
    if missing > 0 and gap > 0:
        y = {c: y[c] + missing * f[c] // gap for c in q}
    ends = [upto * W // sum(y.values()) for upto in itertools.accumulate(y.values())]
    return {c: end - begin for c, begin, end in zip(q, [0] + ends, ends) if end > begin}

# --- sheets (3.9) ---------------------------------------------------------------------------------
def choose(items, rule, uses, words):
    """Return what a sheet line must say of the sheet that the words name; None if there is none."""
    tags, least, most = list(zip(*rule["depth"])) or [()] * 3
    step = {one["id"]: (one["sec"], 1, *(one["depth"] == tag for tag in tags)) for one in items}
    step[None], groups = (0,) * (len(tags) + 2), {}
    for one in items:  # a stage: skip it, or take one of those that exclude each other
        key = one["group"] is None, one["group"] or one["id"]
        groups.setdefault(key, [None]).append(one["id"])
    for relaxed in range(4):
        low = (rule["tmin"] * (relaxed < 3), rule["nmin"]) + least * (relaxed < 2)
        high = (rule["tmax"], rule["nmax"]) + (most if not relaxed else (rule["nmax"],) * len(tags))
        tails = [{step[None]: (0, 1)}]  # of the last stages: sums to least cost, ways
        for stage in reversed(list(groups.values())):
            tails.append({})
            for one, (before, (paid, ways)) in itertools.product(stage, tails[-2].items()):
                sums, cost = tuple(map(operator.add, before, step[one])), paid + uses.get(one, 0)
                best, known = tails[-1].get(sums, (cost, 0))
                if cost <= best and all(map(operator.le, sums, high)):
                    tails[-1][sums] = cost, ways + known * (cost == best)
        whole = {sums: x for sums, x in tails.pop().items() if all(map(operator.ge, sums, low))}
        if whole:
            cost, q = min(whole.values())[0], []
            ends = [sums for sums in whole if whole[sums][0] == cost]
            count = sum(whole[sums][1] for sums in ends)
            rank = left = below(count, words)
            for stage, tail in zip(groups.values(), reversed(tails)):
                for one in stage:  # the branch in which the rank lies; ends and cost that are left
                    rest = [tuple(map(operator.sub, sums, step[one])) for sums in ends]
                    rest = [x for x in rest if tail.get(x, [None])[0] == cost - uses.get(one, 0)]
                    ways = sum(tail[sums][1] for sums in rest)
                    if left < ways:
                        break
                    left -= ways
                ends, cost, q = rest, cost - uses.get(one, 0), q + [one] * (one is not None)
            q.sort(key=lambda one: ([-x for x in step[one][2:]], one))  # by tag, then by id
            return {"count": count, "q": q, "rank": rank, "relaxed": relaxed}
    return None

# --- the four files -------------------------------------------------------------------------------
def read_file(folder, name):
    path = os.path.join(folder, name)
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode) or os.path.getsize(path) > LARGEST:
            return Wrong("file", "expected a plain file of at most 64 MB")
        with open(path, "rb") as file:
            return file.read().decode("utf-8")
    except (OSError, ValueError) as fault:
        coded = isinstance(fault, UnicodeDecodeError)
        return Wrong("utf-8" if coded else "file", "it cannot be read: %s" % fault)
def read_commitment(text):
    """Return the content of commit.json (3.2)."""
    body = read_json(text)
    is_object = isinstance(body, dict)
    demand(not is_object or body.get("v", VERSION) == VERSION, "version", "expected " + VERSION)
    good = is_object and fits({"n": 0, "why": "-", **body}, COMMITMENT) and is_ids([*body["banks"]])
    for many, key in ((body["roster"], "s"), (body["sheet"]["depth"], 0)) if good else ():
        good = good and len({one[key] for one in many}) == len(many)
    demand(good, "commitment", "it is no canonical JSON of a commitment of examrunner-draw/1")
    return body
def is_bank(items, expected):
    def is_item(one):
        return isinstance(one, dict) and fits({key: one.get(key, ...) for key in ITEM}, ITEM)
    return (fits(items, [is_item]) and is_list([one["id"] for one in items])
            and is_hex(expected) and sha256(canonical(items)) == expected)

# --- the log (3.8) --------------------------------------------------------------------------------
class PublicLog:
    """What the log says so far. Each on_... checks a line and then lets it count."""
    def __init__(self, commitment, secret, banks, head):
        self.c, self.hash, self.secret, self.banks = commitment, head, secret, banks
        self.head, self.public, self.key, self.ended = head, None, None, False
        self.n, self.notes, self.void, self.sheeted = 0, [], set(), set()
        self.draws, self.uses, self.seats, self.lines = {}, {}, {}, dict.fromkeys(KINDS, 0)
        for row in commitment["roster"]:
            self.on_seat(row)
    def read(self, line):
        demand(not line.endswith("\r"), "line-end", "it ends with CR LF, expected LF alone")
        body = read_json(line)
        demand(isinstance(body, dict), "json", "it is not canonical JSON")
        demand(is_count(body.get("n")) and body["n"] == self.n, "number", "expected n %d" % self.n)
        demand(body.get("prev") == self.head, "chain", "expected prev " + self.head)
        kind, draw, student = body.get("e"), body.get("draw"), body.get("s")
        demand(isinstance(kind, str) and kind in KINDS, "kind", "its kind e is unknown")
        extra = [key for key in ("bank", "why") if kind == "sheet" and key in body]
        for key in KINDS[kind].split() + extra:
            demand(key in body and MEANS[key](body[key]), "key", key + " is missing or no " + key)
        demand(not self.ended, "order", "the log has ended")
        demand(self.key or kind not in ("draw", "end"), "order", "the draw has not started")
        known = kind not in ("draw", "list", "absent") or student in self.seats
        demand(known, "order", "%s is not in the draw" % student)
        stands = kind not in ("sheet", "void") or draw in self.draws.keys() - self.void
        demand(stands, "order", "n %s: no draw, or void" % draw)
        getattr(self, "on_" + kind, len)(body)
        self.head, self.n, self.ended = sha256(line), self.n + 1, kind == "end"
        self.lines[kind] += 1
    def note(self, text, *values):
        self.notes.append("Line %d: %s." % (self.n + 1, text % values))
    def same(self, body, **expected):
        for key, value in expected.items():
            demand(body[key] == value, "derived", "%s: expected %s" % (key, canonical(value)))
    def on_seat(self, row):  # position, list, excluded papers, last attempt, line of standing draw
        place = len(self.seats)
        self.seats[row["s"]] = {"pos": place, "p": row["p"], "out": set(), "a": 0, "stands": None}
    def on_start(self, body):
        demand(self.key is None, "order", "the draw has already started")
        self.public = body["public"]
        self.key = hash_lines("key", self.hash, self.secret, self.public)
    def on_draw(self, body):
        seat = self.seats[body["s"]]
        papers = [paper for paper in seat["p"] if paper not in seat["out"]]
        demand(seat["stands"] is None, "order", "an earlier draw of this student stands")
        demand(body["a"] > seat["a"], "order", "expected attempt %d or later" % (seat["a"] + 1))
        demand(papers, "order", "this student has no paper that may be drawn")
        q = start(papers)
        for other, position, row in self.draws.values():
            if other["s"] != body["s"] and abs(position - seat["pos"]) <= self.c["h"]:
                q = couple(q, row, other["paper"])
        digest = hash_lines("paper", self.key, body["s"], body["a"], body["nonce"])
        ticket = int(digest[:8], 16) >> 2
        ends = zip(q, itertools.accumulate(q.values()))
        paper = next(c for c, end in ends if ticket < end)
        self.same(body, odds=[list(one) for one in q.items()], ticket=ticket, paper=paper)
        if body["a"] > seat["a"] + 1:
            self.note("attempt %d follows %d: ask what became of those left out, since each gives "
                      "another ticket", body["a"], seat["a"])
        seat["a"], seat["stands"], self.draws[self.n] = body["a"], self.n, (body, seat["pos"], q)
    def on_sheet(self, body):
        draw, items, why, asked = self.draws[body["draw"]][0], None, body.get("why"), body["q"]
        by_hand, again, late = body["relaxed"] == 4, body["draw"] in self.sheeted, "bank" in body
        demand(why or not (by_hand or again or late), "sheet", "it has no why")
        good = body["rank"] == body["count"] == 0 if by_hand else body["rank"] < body["count"]
        demand(good and body["relaxed"] <= 4, "sheet", "rank, count and relaxed do not fit")
        key = body.get("bank", draw["paper"])
        if self.banks is not None:  # a bank that is wrong has been told: None
            known = key in self.banks and (late or key in self.c["banks"])
            demand(known, "sheet", "its bank %s is not in banks.json" % key)
            items = self.banks[key]
        if items is not None and by_hand:
            known = set(asked) <= {one["id"] for one in items}
            demand(known, "sheet", "a question is not in the bank")
        elif items is not None:
            tail = self.key, draw["s"], draw["a"], draw["nonce"]
            words = (int(hash_lines("questions", *tail, c), 16) for c in itertools.count())
            wanted = choose(items, self.c["sheet"], self.uses, words)
            demand(wanted, "sheet", "its bank gives no sheet that keeps the rule")
            same = all(body[one] == value for one, value in wanted.items())
            demand(same, "sheet", "another sheet was to be chosen: " + canonical(wanted))
        self.same(body, cost=sum(self.uses.get(one, 0) for one in asked))
        if by_hand:
            self.note("sheet chosen by hand: %s", why)
        if again:
            self.note("another sheet for the draw on line %d: %s", body["draw"] + 1, why)
        if late:
            self.note("sheet from bank %s, not the committed one: %s", key[:8], why)
        self.sheeted.add(body["draw"])
        self.uses.update({one: self.uses.get(one, 0) + 1 for one in asked})
    def on_void(self, body):
        seat = self.seats[self.draws[body["draw"]][0]["s"]]
        self.void.add(body["draw"])
        seat["out"] |= set(body["exclude"])
        seat["stands"] = None if seat["stands"] == body["draw"] else seat["stands"]
    def on_add(self, body):
        demand(body["s"] not in self.seats, "order", "%s is already in the draw" % body["s"])
        self.same(body, pos=len(self.seats))
        self.on_seat(body)
    def on_list(self, body):
        seat = self.seats[body["s"]]
        own = {one["paper"] for n, (one, _, _) in self.draws.items()
               if one["s"] == body["s"] and n not in self.void}
        free = seat["stands"] is None or not own & set(body["p"])
        demand(free, "order", "the list names a paper that the student already has")
        seat.update(p=body["p"], stands=None)

# --- the verdict ----------------------------------------------------------------------------------
def check(files, commit=None, heads=()):
    """Return the verdict on the texts of the files; a Wrong is a file that cannot be read."""
    verdict = {"ok": False, "draws": 0, "head": None, "problems": [], "notes": [],
               "without_draw": [], "strength": None}
    def tell(file, line, wrong):
        one = {"file": file, "line": line, "rule": wrong.args[0], "text": wrong.args[1]}
        verdict["problems"].append(one)
    for name in FILES:
        if isinstance(files[name], Wrong):
            tell(name, None, files[name])
    if verdict["problems"]:
        return verdict
    name, digest = "commit.json", sha256(files["commit.json"])
    try:
        commitment = read_commitment(files[name])
        found = re.search("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", (commit or "").lower())
        if commit is not None and not (found and found[0] == digest):
            tell(name, None, Wrong("published", "the published line differs, this is " + digest))
        name, secret, hashed = "secret.txt", files["secret.txt"][:-1], commitment["secret_sha256"]
        good = files[name] == secret + "\n" and is_hex(secret) and sha256(secret) == hashed
        demand(good, "secret", "expected 64 hex digits and a line feed, with the hash " + hashed)
    except Wrong as wrong:
        tell(name, None, wrong)
        return verdict
    published = None if commit is None else not verdict["problems"]
    body, banks = read_json(files["banks.json"]), {}
    if not isinstance(body, dict):
        body, banks = {}, tell("banks.json", None, Wrong("banks", "expected a canonical object"))
    for key in sorted({*body, *commitment["banks"]} if banks is not None else ()):
        banks[key] = body.get(key)
        if not is_bank(banks[key], commitment["banks"].get(key, key)):
            what = "bank %s is missing, unknown or not the committed one" % key
            banks[key] = tell("banks.json", None, Wrong("bank", what))
    log, text, right = PublicLog(commitment, secret, banks, digest), files["log.jsonl"], True
    lines = text.split("\n")[:-1] if text.endswith("\n") or not text else text.split("\n")
    for number, line in enumerate(lines, 1):
        try:
            demand(number < len(lines) or text.endswith("\n"), "line-end", "it has no line feed")
            log.read(line)
        except Wrong as wrong:
            right = tell("log.jsonl", number, wrong)
            break
    if right and not log.ended:
        what = Wrong("end", "expected an end line: lines may be cut off")
        tell("log.jsonl", max(1, len(lines)), what)
    for given in heads:
        head = given.strip().lower()
        known = any(sha256(line).startswith(head) for line in lines)
        if not known or not re.fullmatch("[0-9a-f]{8,64}", head):
            tell("log.jsonl", None, Wrong("receipt", "no line has the head of receipt %r" % given))
    drawn = {one["s"] for one, _, _ in log.draws.values()}
    without = [student for student in log.seats if student not in drawn and right]
    strength = {None: None, "-": "sealed" if published else "recorded"}.get(log.public, "public")
    told = [UNPUBLISHED] * (commit is None) + [NO_RECEIPT] * (not heads) + [*remarks(log, log.c)]
    verdict.update(ok=not verdict["problems"], draws=len(log.draws), without_draw=without,
                   notes=told + log.notes, head=log.head if right else None, strength=strength)
    return verdict
def remarks(log, c):
    if log.public is not None:
        yield ("P is -: the examiner could have chosen the seed." if log.public == "-" else
               'P is "%s". The commitment said how to obtain it: %s.' % (log.public, c["public"]))
    if any(one["nonce"] != "-" for one, _, _ in log.draws.values()):
        yield "Only the students know whether they said the numbers that stand at their draws."
    if c.keys() & {"n", "why"}:
        yield "The commitment replaces earlier ones: %s." % c.get("why", "-")
    if log.lines["add"] or log.lines["list"] or log.lines["void"]:
        yield ("Since the commitment, with reasons in the log: students added %(add)d, lists "
               "changed %(list)d, draws void %(void)d." % log.lines)
def words(verdict):
    for one in verdict["problems"]:
        place = one["file"] + (":%d" % one["line"] if one["line"] else "")
        yield "%s: [%s] %s" % (place, one["rule"], one["text"])
    yield "ALL RIGHT" if verdict["ok"] else "NOT RIGHT"
    nobody = "nobody" if verdict["head"] else "not known"
    strength, without = STRENGTHS[verdict["strength"]], ", ".join(verdict["without_draw"]) or nobody
    yield from ("draws    %d" % verdict["draws"], "head     %s" % verdict["head"],
                "strength %s" % strength, "no draw  %s" % without)
    yield from ("note     " + note for note in verdict["notes"])
def main(arguments=None):
    parser = argparse.ArgumentParser(description="Verify a published draw.")
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("folder", nargs="?", default=here, help="if not the one of this file")
    parser.add_argument("--commit", metavar="HEX", help="C, or the whole line that was published")
    parser.add_argument("--head", metavar="HEX", action="append", default=[],
                        help="first 8 or more digits of the head on a receipt")
    parser.add_argument("--json", action="store_true", help="the verdict as JSON")
    options = parser.parse_args(arguments)
    files = {name: read_file(options.folder, name) for name in FILES}
    verdict = check(files, options.commit, options.head)
    lines = [json.dumps(verdict)] if options.json else words(verdict)
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        print("\n".join(re.sub(HIDDEN, "?", line) for line in lines), flush=True)
    except BrokenPipeError:  # whoever reads has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0 if verdict["ok"] else 1

if __name__ == "__main__":
    sys.exit(main())
