import type { PolicyDescription } from '../port.ts';

const cluster =
  'on AWS m5.xlarge (4 vCPU, 16 GB), social network, Train Ticket and Online Boutique, load after a Wikipedia trace, no repeats told';
const hour = `25 virtual machines ${cluster}; one hour at 2 500 to 3 200 requests/s`;
const day = `30 virtual machines ${cluster}; 24 hours at 1 200 to 3 900 requests/s`;

export const showarDescription: PolicyDescription = {
  name: 'showar',
  summary:
    'Sizes CPU and memory to mean + 3 sigma of their usage, and holds run-queue wait at a target by a PID controller that moves replicas.',
  source:
    'A. F. Baarzi and G. Kesidis, SHOWAR: Right-Sizing and Efficient Scheduling of Microservices, SoCC 2021, doi 10.1145/3472883.3486999',
  variants: [
    'reading: Algorithm 1 compares the output of the PID with the dead band around the target (`literal`, the default); since the output is about 0 at the target, `rebased` compares target + output.',
    'integralWindow: the paper gives no window of the integral and allows the whole history (`unbounded`), which winds up; the default of 5 steps is ours.',
    'integralClamp: the paper has no anti-windup; a clamp of the sum of errors is off unless it is given.',
    'adaptation: the paper changes gains by 10 % without a formula; they are `fixed` at 1/3 by default, and `adaptive` is a reading of ours.',
    'design: `one-for-each` (the default, which the paper prefers) has a controller for each service, `one-for-all` one on the average over all.',
    'observation: the mean of the p95 of each sample (the default); `p95-of-all` is the p95 of all waits since the last step. A sample in which no wait ended is left out, and without any there is no step of the controller.',
    'p95 of a sample: of the histograms of all ready replicas as one, the middle of the slot that holds it (at most 6.25 % off).',
    'derivative: 0 in the first step of a controller.',
    'rounding: of the step of 10 %, `floor` by default, at least one replica.',
    'bounds: replicas stay within those of the profile and never below one; what would change nothing is not decided.',
    'signal: `all` waits, throttling by a CPU quota included, as published; `contention` leaves throttling out.',
    'size: CPU limit and request (`both`, the default), `limit` or `request`; of memory the limit.',
    'samples: one usage a sample, the mean over the ready replicas (the default), or `per-pod` one of each.',
    'changeBase: an estimate is compared with the size that was `applied` last (the default), or with the one `evaluated` before.',
    'partialWindow: until its window is full it acts on what there is (`act`, the default), or it waits (`wait`).',
    'floor: the paper has none; sizes are cut to the bounds of the profile.',
    'hold: a resized service keeps its replicas until the next horizontal step, or as long as it is told; when it is resized and asked to scale out, it is resized.',
    'oneCoreRule: a CPU estimate above one core is one step of replicas up, whatever the controller says; without the horizontal loop nothing is done about it.',
    'affinity: off by default; pairs are taken by the largest absolute correlation, the 20 % are relative to the correlation at creation, a constant vector makes no rule, network is not looked at, and services of a rule that was withdrawn are free from the next time on.',
  ],
  published: [
    {
      claim: 'mean memory allocated 205 GB against 249 GB: 17 % less',
      against: 'Kubernetes autoscalers (horizontal at 65 % CPU utilisation)',
      setUp: day,
      source: 'evaluation, 24 hours, all parts; amounts from a secondary source',
      comparable: { metric: 'gigabyte-seconds', against: 'hpa' },
    },
    {
      claim: 'cost $59.23 against $71.76: 17 % less, mean memory priced as virtual machines',
      against: 'Kubernetes autoscalers (horizontal at 65 % CPU utilisation)',
      setUp: day,
      source: 'figure; (mean memory / 16 GB) x $0.192 x 24 gives $59.04 and $71.71',
    },
    {
      claim: 'cost $59.23 against $76.22: 22 % less, mean memory priced as virtual machines',
      against: 'Google Autopilot',
      setUp: day,
      source: 'abstract (up to 22 %) and figure',
    },
    {
      claim: 'p99 of end-to-end latency 20 % lower',
      against: 'Kubernetes autoscalers and Google Autopilot',
      setUp: day,
      source: 'abstract',
      comparable: { metric: 'latency-p99', against: 'hpa' },
    },
    {
      claim: 'memory slack at the 95th percentile of instances below 46 %, against 63 % and 66 %',
      against: 'Kubernetes and Google Autopilot',
      setUp: hour,
      source: 'figure of vertical scaling; numbers from a secondary source',
    },
    {
      claim: 'replicas of nginx and of the user service 10 and 6, against 16 and 3',
      against: 'Kubernetes and Google Autopilot, horizontal',
      setUp: hour,
      source: 'secondary source',
    },
    {
      claim: 'p99 of end-to-end latency 6 600 ms against 9 000 ms with affinity rules only',
      against: 'Kubernetes',
      setUp: hour,
      source: 'secondary source',
    },
  ],
};
