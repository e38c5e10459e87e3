import { exactDuration, formatShare } from '../core/units.ts';
import type { Limits, Plan } from '../plan/plan.ts';
import { defaultLimits } from '../profile/default-limits.ts';

export interface LimitWords {
  readonly name: string;
  readonly limit: string;
}

const usualLateness = 'the smaller of 5 ms and 5 % of the objective';

/** The grounds on which a trial is invalid, in words; those of a load generator only if there is one. */
export function limitWords(limits: Limits, { application }: Pick<Plan, 'application'>): readonly LimitWords[] {
  const ofGenerator = [
    { name: 'requests not sent by the generator', limit: formatShare(limits.notSentShare) },
    {
      name: 'lateness p99',
      limit: limits.latenessP99Ms === null ? usualLateness : exactDuration(limits.latenessP99Ms),
    },
    { name: 'generator CPU', limit: formatShare(limits.generatorCpuShare) },
  ];
  return [
    { name: 'stolen CPU', limit: formatShare(limits.stolenShare) },
    { name: 'clock step', limit: `${limits.clockJumpMs} ms` },
    { name: 'observation gap', limit: `${limits.observationGapMs} ms` },
    ...(application === null ? [] : ofGenerator),
  ];
}

/** Those that the profile set otherwise than they are by default. */
export function limitsThatChanged(plan: Plan): readonly (LimitWords & { readonly usual: string })[] {
  const usual = limitWords(defaultLimits, plan);
  return limitWords(plan.limits, plan).flatMap((words, index) => {
    const before = usual[index]?.limit ?? '';
    return words.limit === before ? [] : [{ ...words, usual: before }];
  });
}
