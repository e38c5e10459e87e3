import { assumed } from '../../harness/application/assumed-demand.ts';
import { weighedCalls } from '../../harness/application/call-order.ts';
import { expectedDemand, expectedRuns } from '../../harness/application/expected-demand.ts';
import type { Application, Mix, ServiceRole, Step } from '../../harness/application/application.ts';

/** The application as services that call services, in the numbers of its default mix. */
export interface ServiceGraph {
  readonly nodes: readonly ServiceNode[];
  readonly edges: readonly ServiceEdge[];
  readonly endpoints: readonly EndpointLabel[];
  readonly mix: string;
  readonly totalMicros: number;
}

export interface ServiceNode {
  readonly name: string;
  readonly role: ServiceRole;
  /** CPU per request of the mix. */
  readonly micros: number;
  /** The part of it that nobody measured, 0 to 1. */
  readonly assumedShare: number;
  /** Calls away from the front at most, without those that go back; all stores share the last. */
  readonly layer: number;
}

export interface ServiceEdge {
  readonly from: string;
  readonly to: string;
  /** Per request of the mix. */
  readonly calls: number;
  /** Made only if a choice goes that way. */
  readonly isSometimes: boolean;
}

export interface EndpointLabel {
  readonly text: string;
  /** In the mix, 0 to 1. */
  readonly share: number;
  readonly front: string;
}

export function serviceGraph(application: Application): ServiceGraph {
  const [mix] = application.mixes;
  if (!mix) throw new Error('an application has a mix');
  const { byService, byOperation, totalMicros } = expectedDemand(application, mix);
  const edges = edgesOf(application, mix);
  const layers = layersOf(application, edges);
  return {
    nodes: application.services.map(({ name, role, operations }) => {
      const micros = byService.get(name) ?? 0;
      const unmeasured = operations
        .filter(({ cpu }) => cpu.source === assumed)
        .reduce((sum, operation) => sum + (byOperation.get(`${name}/${operation.name}`) ?? 0), 0);
      return { name, role, micros, assumedShare: micros === 0 ? 0 : unmeasured / micros, layer: layers.get(name) ?? 0 };
    }),
    edges,
    endpoints: application.endpoints.map(({ name, method, service }) => ({
      text: `${method} ${name}`,
      share: shareOf(mix, name),
      front: service,
    })),
    mix: mix.name,
    totalMicros,
  };
}

function shareOf({ weights }: Mix, endpoint: string): number {
  const sum = weights.reduce((total, { weight }) => total + weight, 0);
  return (weights.find((known) => known.endpoint === endpoint)?.weight ?? 0) / sum;
}

function edgesOf(application: Application, mix: Mix): ServiceEdge[] {
  const runs = expectedRuns(application, mix);
  const edges = new Map<string, ServiceEdge>();
  for (const { name: from, operations } of application.services) {
    for (const { name, steps } of operations) {
      const always = certainCalls(steps);
      for (const { service: to, times } of weighedCalls(steps)) {
        const known = edges.get(`${from} ${to}`);
        edges.set(`${from} ${to}`, {
          from,
          to,
          calls: (known?.calls ?? 0) + times * (runs.get(`${from}/${name}`) ?? 0),
          isSometimes: (known?.isSometimes ?? true) && !always.has(to),
        });
      }
    }
  }
  return [...edges.values()];
}

/** Services that are called whatever the choices. */
function certainCalls(steps: readonly Step[]): ReadonlySet<string> {
  return new Set(
    steps.flatMap((step): readonly string[] => {
      switch (step.kind) {
        case 'call':
          return [step.service];
        case 'parallel':
          return step.calls.map(({ service }) => service);
        case 'choice': {
          const otherwise = certainCalls(step.otherwise);
          return [...certainCalls(step.then)].filter((service) => otherwise.has(service));
        }
      }
    }),
  );
}

/** The longest way from a front, found without the edges that would close a circle. */
function layersOf({ services }: Application, edges: readonly ServiceEdge[]): ReadonlyMap<string, number> {
  const layers = new Map<string, number>();
  const open = new Set<string>();
  const visit = (name: string, layer: number): void => {
    if (open.has(name) || (layers.get(name) ?? -1) >= layer) return;
    layers.set(name, layer);
    open.add(name);
    for (const { from, to } of edges) if (from === name) visit(to, layer + 1);
    open.delete(name);
  };
  for (const { name, role } of services) if (role === 'front') visit(name, 0);
  const last = Math.max(
    ...services.filter(({ role }) => role !== 'store').map(({ name }) => (layers.get(name) ?? 0) + 1),
  );
  return new Map(services.map(({ name, role }) => [name, role === 'store' ? last : (layers.get(name) ?? last)]));
}
