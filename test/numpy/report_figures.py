"""Every figure of a report once more, by its definition, from its steps and from what else the report was made of."""

import heapq
import math
from datetime import datetime

import numpy

HOUR = 3600.0
MOST_SLOTS = 256


def replay(seconds, slots):
    """The makespan of these runs, each on the slot that is free first."""
    free = [0.0] * max(1, min(slots, len(seconds)))
    for one in seconds:
        heapq.heappush(free, heapq.heappop(free) + one)
    return max(free)


# Seconds since the epoch have too few digits left for milliseconds.
BASE_MS = 1_765_000_000_000


def moment(text):
    return seconds_of(round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000))


def seconds_of(epoch_ms):
    return (epoch_ms - BASE_MS) / 1000


class Round:
    """The steps of a round as arrays of seconds; nan where a stamp is missing."""

    def __init__(self, report):
        self.report = report
        steps = report["steps"]
        stamps = [[step[name] for step in steps] for name in ("createdAt", "startedAt", "endedAt")]
        self.created, self.started, self.ended = (
            numpy.array([math.nan if text is None else moment(text) for text in row]) for row in stamps
        )
        self.completed = numpy.array([step["state"] == "COMPLETED" for step in steps])
        self.names = [step.get("path", step["check"]) for step in steps]
        self.runs = self.ended - self.started
        self.begin = min(numpy.nanmin(self.created), numpy.nanmin(self.started))
        self.last = numpy.nanmax([self.created, self.started, self.ended])
        self.runtime = self.last - self.begin
        self.order = numpy.argsort(self.started, kind="stable")
        self.slots = report["findings"]["slots"]["limit"]
        self.window = report["verdict"]["windowSeconds"]
        self.makespan = replay(self.runs[self.order], self.slots)
        self.beside = max(0.0, self.runtime - self.makespan)

    def longest_of_each_check(self):
        longest = {}
        for name, seconds, done in zip(self.names, self.runs, self.completed):
            if done:
                longest[name] = max(seconds, longest.get(name, 0.0))
        return longest

    def occupancy(self):
        """Intervals between two stamps, with how many steps run and how many are active in each."""
        edges = numpy.unique(numpy.concatenate([self.created, self.started, self.ended]))
        middle = (edges[:-1] + edges[1:]) / 2
        inside = lambda low, high: ((low[:, None] <= middle) & (middle < high[:, None])).sum(axis=0)
        return edges, inside(self.started, self.ended), inside(self.created, self.ended)


def summary(seconds):
    percentiles = numpy.percentile(seconds, [50, 95, 99])
    return dict(zip(("averageSeconds", "p50Seconds", "p95Seconds", "p99Seconds"), [seconds.mean(), *percentiles]))


def base_figures(one):
    """Verdict, counts, statistics and findings."""
    edges, running, active = one.occupancy()
    lengths = numpy.diff(edges)
    first = one.started.min()
    queued = (one.started - one.created).sum()
    work = one.runs.sum()
    share = numpy.minimum(1.0, running / one.slots)
    full = numpy.flatnonzero(running >= one.slots)
    until = edges[full[-1] + 1] if len(full) else one.last
    half = numpy.flatnonzero(2 * running >= one.slots)
    idle = lambda low, high: ((1 - share) * lengths)[(edges[:-1] >= low) & (edges[1:] <= high)].sum()
    done = one.completed
    return {
        "verdict.runtimeSeconds": one.runtime,
        "verdict.slackSeconds": one.window - one.runtime,
        "verdict.noiseSeconds": 0.03 * one.runtime,
        "counts.total": len(one.runs),
        "counts.successful": done.sum(),
        "counts.failed": (~done).sum(),
        "statistics.n": done.sum(),
        **{f"statistics.{name}": value for name, value in summary(one.runs[done]).items()},
        "statistics.minSeconds": one.runs[done].min(),
        "statistics.maxSeconds": one.runs[done].max(),
        **{
            f"statistics.waiting.{name}": value
            for name, value in summary((one.started - one.created)[done]).items()
        },
        "findings.workSeconds": work,
        "findings.waitingShare": queued / (queued + work),
        "findings.startGapSeconds": first - one.begin,
        "findings.meanRunning": work / (one.last - first),
        "findings.peakRunning": running.max(),
        "findings.peakActive": active.max(),
        "findings.bounds.workOverSlotsSeconds": work / one.slots,
        "findings.bounds.longestStepSeconds": one.runs.max(),
        "findings.lost.beforeFirstStartSeconds": first - one.begin,
        "findings.lost.gapsSeconds": idle(first, until),
        "findings.lost.tailSeconds": idle(until, one.last),
        "findings.lost.last.startedAfterSeconds": one.started[one.ended.argmax()] - one.begin,
        "findings.tail.seconds": one.last - edges[half[-1] + 1],
        "findings.tail.shareOfRuntime": (one.last - edges[half[-1] + 1]) / one.runtime,
        "findings.model.makespanSeconds": one.makespan,
        "findings.model.error": one.makespan / (one.last - first) - 1,
        "findings.model.longestFirstSeconds": replay(numpy.sort(one.runs)[::-1], one.slots),
    }


class Prices:
    def __init__(self, given, one):
        self.one = one
        self.rows = []
        for machine in given["instances"]:
            created, ended = seconds_of(machine["createdMs"]), seconds_of(machine.get("endedMs", math.inf))
            hours = (min(ended, one.last) - max(created, one.begin)) / HOUR
            table = given["prices"][machine["type"]]
            price = table["spot" if machine["market"] == "SPOT" else "onDemand"] + table.get("emr", 0)
            self.rows.append((machine["type"], machine["market"], hours, price))
        self.per_hour = sum(hours * price for *_, hours, price in self.rows) / (one.runtime / HOUR)
        self.before = max(0.0, one.begin - seconds_of(given["clusterCreatedMs"])) if given["isOwnCluster"] else 0.0
        self.own = given["isOwnCluster"]

    def node(self, kind):
        same = [(hours, price) for type_, _, hours, price in self.rows if type_ == kind]
        return sum(hours * price for hours, price in same) / sum(hours for hours, _ in same)

    def figures(self):
        groups = {}
        for kind, market, hours, price in self.rows:
            before = groups.get((kind, market), (0, 0.0, 0.0))
            groups[(kind, market)] = (before[0] + 1, before[1] + hours, before[2] + hours * price)
        found = {"cost.hours": sum(hours for _, hours, _ in groups.values())}
        found["cost.total"] = sum(cost for *_, cost in groups.values())
        for index, key in enumerate(sorted(groups)):
            for name, value in zip(("count", "hours", "cost"), groups[key]):
                found[f"cost.instances.{index}.{name}"] = value
        return found

    def of(self, runtime, parts):
        nodes = next((part["nodes"] for part in parts if "nodes" in part), None)
        per_hour = self.per_hour + (0 if nodes is None else (nodes["to"] - nodes["from"]) * self.node(nodes["type"]))
        all_day = not self.own or any(part["kind"] == "keepCluster" for part in parts)
        hours = 24 / 96 if all_day else (runtime + self.before) / HOUR
        return {"usdPerRound": per_hour * hours, "usdPerDay": 96 * per_hour * hours}


def nodes_for(slots, room):
    """A container never spans two nodes."""
    (node,) = room["nodes"]
    asked = slots * room["executors"] + math.ceil(slots * room["driverMb"] / room["executorMb"])
    return max(1, math.ceil(asked / (node["yarnMb"] // room["executorMb"])))


def runtime_with(one, given, parts):
    runs = one.runs[one.order].copy()
    beside, slots = one.beside, one.slots
    for part in parts:
        if part["kind"] == "tuned":
            tuned = set(part["checks"])
            of = numpy.array([one.report["steps"][index]["check"] in tuned for index in one.order])
            runs[of] = numpy.minimum(runs[of], part["targetSeconds"])
        if part["kind"] == "slots":
            slots = int(part["to"])
        if part["kind"] == "keepCluster":
            ready = min(seconds_of(given["clusterReadyMs"]), one.started.min())
            beside = max(0.0, beside - (ready - one.begin))
    if any(part["kind"] == "order" for part in parts):
        runs = numpy.sort(runs)[::-1]
    return replay(runs, slots) + beside


def to_fit_figures(one, given, prices):
    to_fit = one.report["toFit"]
    room = one.report["clusterConfig"]["room"]
    present = room["nodes"][0]["count"]
    found = {f"toFit.now.{name}": value for name, value in prices.of(one.runtime, []).items()}
    found["toFit.now.runtimeSeconds"] = one.runtime
    over = sorted((seconds for seconds in one.longest_of_each_check().values() if seconds > one.window), reverse=True)
    found["toFit.necessary.length"] = len(over)
    for index, seconds in enumerate(over):
        found[f"toFit.necessary.{index}.seconds"] = seconds
        found[f"toFit.necessary.{index}.targetSeconds"] = one.window / 2
    rows = [(f"toFit.options.{index}", option) for index, option in enumerate(to_fit["options"])]
    if "saving" in to_fit:
        rows.append(("toFit.saving", to_fit["saving"]))
    for where, option in rows:
        parts = option.get("parts", [option])
        runtime = runtime_with(one, given, parts)
        found[f"{where}.runtimeSeconds"] = runtime
        if "fits" in option:
            found[f"{where}.fits"] = runtime <= one.window
        for name, value in prices.of(runtime, parts).items():
            found[f"{where}.{name}"] = value
        for part in parts:
            if part["kind"] == "slots":
                found[f"{where}.nodes.to"] = nodes_for(int(part["to"]), room)
                if "nodes" not in part:
                    assert found.pop(f"{where}.nodes.to") <= present
    if "saving" in to_fit:
        saved = prices.of(one.runtime, [])["usdPerDay"] - found["toFit.saving.usdPerDay"]
        found["toFit.saving.savesUsdPerDay"] = saved
    most = min(MOST_SLOTS, len(one.runs))
    on = [replay(one.runs[one.order], slots) + one.beside for slots in range(1, most + 1)]
    found["toFit.noGainBeyond"] = next(slots for slots in range(1, most + 1) if on[slots - 1] <= 1.01 * on[-1])
    return found


def student_quantile(degrees):
    """Two-sided 95%, by bisection of the integral of the density."""
    scale = math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)) / math.sqrt(degrees * math.pi)

    def below(high):
        x = numpy.linspace(0.0, high, 20_001)
        y = scale * (1 + x * x / degrees) ** (-(degrees + 1) / 2)
        return float(((y[1:] + y[:-1]) / 2 * numpy.diff(x)).sum())

    low, high = 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) < 0.475 else (low, middle)
    return (low + high) / 2


def means(one):
    seconds = {}
    for name, run, done in zip(one.names, one.runs, one.completed):
        if done:
            seconds.setdefault(name, []).append(run)
    return {name: float(numpy.mean(runs)) for name, runs in seconds.items()}


def comparison_figures(one, earlier):
    before, now = means(earlier[-1]), means(one)
    unscaled = {row["file"] for row in one.report["coverage"]["unscaled"]}
    ratios = {name: now[name] / before[name] for name in now if name in before}
    logs = numpy.log([ratio for name, ratio in ratios.items() if name not in unscaled])
    half = math.hypot(
        student_quantile(len(logs) - 1) * logs.std(ddof=1) / math.sqrt(len(logs)),
        1.959964 * math.sqrt(2) * 0.03,
    )
    found = {
        "comparison.ratios.n": len(logs),
        "comparison.ratios.geometricMean": math.exp(logs.mean()),
        "comparison.ratios.low": math.exp(logs.mean() - half),
        "comparison.ratios.high": math.exp(logs.mean() + half),
        "comparison.ratios.runtime": one.runtime / earlier[-1].runtime,
        "comparison.unscaled.n": len(unscaled),
        "comparison.unscaled.geometricMean": math.exp(
            numpy.log([ratio for name, ratio in ratios.items() if name in unscaled]).mean()
        ),
    }
    for index, check in enumerate(one.report["comparison"]["checks"]):
        found[f"comparison.checks.{index}.ratio"] = ratios[check["check"]]
    return found, unscaled


def growth(points, top, noise, scaled):
    """The exponent of one check, drawn to 1; `points` are (load, seconds)."""
    x = numpy.log([load / top for load, _ in points])
    y = numpy.log([seconds for _, seconds in points])
    if not scaled:
        return math.exp(y.mean()), 0.0
    sxx, sxy = ((x - x.mean()) ** 2).sum(), ((x - x.mean()) * (y - y.mean())).sum()
    # Certainly faster than the load: it keeps its own exponent. One round a level.
    low, high = min(points), max(points)
    chance = 2.33 * math.sqrt((noise**2 + 0.03**2) * 2)
    faster = math.log(high[1] / low[1]) - math.log(high[0] / low[0]) > chance
    prior = 0.0 if len(points) >= 3 and faster else (noise / 0.30) ** 2
    exponent = min(2.0, max(0.0, (sxy + prior) / (sxx + prior)))
    return math.exp(y.mean() - exponent * x.mean()), exponent


def seconds_at(top_seconds, exponent, share):
    if exponent >= 1:
        return top_seconds * share**exponent
    return max(0.001, top_seconds * (1 + 2 * (1 - 0.5**exponent) * (share - 1)))


def forecast_figures(one, earlier, unscaled):
    rounds = [*earlier, one]
    loads = [each.report["load"] for each in rounds]
    top, lowest = max(loads), min(loads)
    forecast = one.report["comparison"]["forecast"]
    times = [means(each) for each in rounds]
    names = [one.names[index] for index in one.order]
    fits = [
        growth(
            [(load, seconds[name]) for load, seconds in zip(loads, times) if name in seconds],
            top,
            0.10,
            name not in unscaled,
        )
        for name in names
    ]
    scores = forecast["scores"]
    missed = max([max(s["measuredSeconds"] / s["forecastSeconds"], s["forecastSeconds"] / s["measuredSeconds"]) - 1 for s in scores] or [0.0])
    found = {}
    for index, point in enumerate(forecast["points"]):
        runs = [seconds_at(*fit, point["load"] / top) for fit in fits]
        makespan = replay(runs, one.slots)
        doublings = max(0.0, math.log2(point["load"] / top), math.log2(lowest / point["load"]))
        width = max(0.10, (0.15 + 0.20 * min(1.0, max(runs) / makespan)) * doublings, missed)
        total = one.beside + makespan
        where = f"comparison.forecast.points.{index}"
        found[f"{where}.makespanSeconds"] = total
        found[f"{where}.lowSeconds"] = total / (1 + width)
        found[f"{where}.highSeconds"] = total * (1 + width)
    for index, score in enumerate(scores):
        (measured,) = [each for each in rounds if each.report["load"] == score["load"]]
        told = earlier[-1].report["comparison"]["forecast"]["points"]
        (point,) = [each for each in told if each["load"] == score["load"]]
        found[f"comparison.forecast.scores.{index}.measuredSeconds"] = measured.runtime
        found[f"comparison.forecast.scores.{index}.forecastSeconds"] = point["makespanSeconds"]
    return found


def report_figures(given):
    """Path in report.json -> the figure as it has to be."""
    one = Round(given["report"])
    prices = Prices(given, one)
    found = {**base_figures(one), **prices.figures(), **to_fit_figures(one, given, prices)}
    earlier = [Round(report) for report in given["earlier"]]
    if earlier:
        compared, unscaled = comparison_figures(one, earlier)
        found.update(compared)
        found.update(forecast_figures(one, earlier, unscaled))
    return found
