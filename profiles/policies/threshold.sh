#!/bin/sh
# A policy in POSIX shell: a replica more where the CPU of the last sample is above 80 % of what is requested, one less below 30 %.
# Good for seeing that the protocol needs nothing; for anything more, begin with threshold.py.
#
# In a profile:
#
#     policy:
#       name: process
#       command: [sh, profiles/policies/threshold.sh, '0.8', '0.3']
#       interval: 15s
#       needs: [cpu-usage, cpu-request]
#       acts: [replicas]
#
# It can do without a JSON reader because lines have no blanks between values and their keys have a fixed order, which is part of the
# protocol: docs/policies/process.md. Nothing is sent before the last line was answered, so that `head` takes exactly one.
high=${1:-0.8}
low=${2:-0.3}

while line=$(head -n 1) && [ -n "$line" ]; do
  case $line in
    '{"type":"hello"'*)
      # Kept for later: "bounds":{"nginx":{"replicas":{"least":1,"most":4},...
      bounds=${line#*'"bounds":'}
      echo '{"type":"ready","protocol":1,"name":"threshold-sh"}'
      ;;
    '{"type":"window"'*)
      printf '%s\n%s\n' "$bounds" "$line" | awk -v high="$high" -v low="$low" '
        # The number behind a key, in the text from the place where it comes next; "" for null.
        function after(text, key,   at) {
          at = index(text, "\"" key "\":")
          text = substr(text, at + length(key) + 3)
          return at > 0 && match(text, /^-?[0-9.]+(e[-+]?[0-9]+)?/) ? substr(text, 1, RLENGTH) + 0 : ""
        }
        NR == 1 { bounds = $0; next }
        {
          step = after($0, "step")
          samples = substr($0, 1, index($0, "\"pending\":[") - 1)
          parts = split(samples, sample, "\"atMs\":")                  # the last one is the newest
          seconds = after(sample[parts], "intervalMs") / 1000
          decisions = ""
          count = split(sample[parts], service, "\"service\":\"")
          for (i = 2; i <= count; i++) {
            name = substr(service[i], 1, index(service[i], "\"") - 1)
            at = index(bounds, "\"" name "\":{\"replicas\":")
            if (at == 0) continue                                       # a store
            allowed = substr(bounds, at)
            now = after(service[i], "wanted")
            used = requested = 0
            replicas = split(service[i], replica, "\"id\":\"")
            for (j = 2; j <= replicas; j++) {
              cores = after(replica[j], "cpuRequestCores")
              if (replica[j] !~ /"state":"ready"/ || cores == "" || after(replica[j], "cpuSeconds") == "") continue
              used += after(replica[j], "cpuSeconds")
              requested += cores * seconds
            }
            if (requested == 0) continue
            wanted = now + (used / requested > high) - (used / requested < low)
            if (wanted < after(allowed, "least")) wanted = after(allowed, "least")
            if (wanted > after(allowed, "most")) wanted = after(allowed, "most")
            if (wanted == now) continue
            decisions = decisions (decisions == "" ? "" : ",") sprintf( \
              "{\"kind\":\"replicas\",\"service\":\"%s\",\"replicas\":%d,\"reason\":{\"rule\":\"%s\",\"numbers\":{\"utilisation\":%.4f}}}", \
              name, wanted, (wanted > now ? "above high" : "below low"), used / requested)
          }
          printf "{\"type\":\"decisions\",\"step\":%d,\"decisions\":[%s]}\n", step, decisions
        }'
      ;;
    '{"type":"stop"'*) exit 0 ;;
  esac
done
