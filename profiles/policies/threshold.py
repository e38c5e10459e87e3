#!/usr/bin/env python3
"""A policy in Python, without packages: as many replicas as keep the CPU at a target. Copy it, and change `wanted_replicas`.

In a profile:

    policy:
      name: process
      command: [python3, profiles/policies/threshold.py]
      interval: 15s
      window: 60s                          # as long as it looks back: `hold` below
      needs: [cpu-usage, cpu-request]
      acts: [replicas]
      options: { target: 0.6, tolerance: 0.1, hold: 60 }

It is asked once per interval, in one line of JSON, and answers with one line. Standard output is for answers alone, and each has to
be flushed; standard error is a log of your own, whose end is shown if the policy fails. docs/policies/process.md has every field.
"""

import json
import math
import sys


class Threshold:
    def __init__(self, options, context):
        self.target = options.get("target", 0.6)  # of the CPU that replicas request
        self.tolerance = options.get("tolerance", 0.1)  # share of the target within which nothing is done
        # Seconds as published: what is compressed in a trial is divided here, once.
        self.hold_ms = options.get("hold", 60) * 1000 / context["timeCompression"]
        self.bounds = context["bounds"]
        # By service: when, and how many replicas were right then. It begins with what the trial begins with.
        self.recent = {name: [(0, context["allocation"][name]["replicas"])] for name in self.bounds}

    def step(self, window):
        decisions = []
        for name in self.bounds:  # the services that may be scaled
            readings = [(sample, service) for sample in window["samples"] for service in sample["services"] or []]
            own = [(sample, service) for sample, service in readings if service["service"] == name]
            utilisation = mean_utilisation(own)
            if utilisation is None:  # nothing was measured: nothing is known, and nothing is done
                continue
            newest = own[-1][1]
            now = newest["wanted"]
            # Those that are starting carry nothing yet: they are on their way, and not asked for again.
            ready = sum(replica["state"] == "ready" for replica in newest["replicas"])
            wanted = self.wanted_replicas(name, window["nowMs"], now, ready * utilisation / self.target)
            if wanted != now:
                numbers = {"utilisation": round(utilisation, 4), "target": self.target, "ready": ready}
                rule = "above target" if wanted > now else "below target"
                reason = {"rule": rule, "numbers": numbers}
                decisions.append({"kind": "replicas", "service": name, "replicas": wanted, "reason": reason})
        return decisions

    def wanted_replicas(self, name, now_ms, now, needed):
        # Rounded first: 3 * 0.2 / 0.6 is a little more than 1.
        ideal = now if abs(needed - now) <= self.tolerance * now else math.ceil(round(needed, 9))
        # Fewer only once it was so for a while: the most of what was right lately.
        recent = [(at, count) for at, count in self.recent[name] if at > now_ms - self.hold_ms] + [(now_ms, ideal)]
        self.recent[name] = recent
        wanted = ideal if ideal > now else min(now, max(count for _, count in recent))
        allowed = self.bounds[name]["replicas"]
        return min(max(wanted, allowed["least"]), allowed["most"])


def mean_utilisation(readings):
    """CPU used over CPU requested of the replicas that were ready; None if either is not known of any."""
    used = requested = 0.0
    for sample, service in readings:
        for replica in service["replicas"]:
            if replica["state"] == "ready" and replica["cpuSeconds"] is not None and replica["cpuRequestCores"]:
                used += replica["cpuSeconds"]
                requested += replica["cpuRequestCores"] * sample["intervalMs"] / 1000
    return used / requested if requested > 0 else None


def say(message):
    print(json.dumps(message), flush=True)


def main():
    policy = None
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] == "hello":
            policy = Threshold(message["options"], message["context"])
            # Another version is refused by whoever hears of it.
            say({"type": "ready", "protocol": 1, "name": "threshold"})
        elif message["type"] == "window":
            say({"type": "decisions", "step": message["step"], "decisions": policy.step(message)})
        elif message["type"] == "stop":
            return


main()
