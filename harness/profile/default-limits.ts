import type { Limits } from './profile.ts';

/** Grounds on which a trial is invalid, where the profile does not say otherwise (design 4.6). The schema has the same; a test compares. */
export const defaultLimits: Limits = {
  stolenShare: 0.02,
  clockJumpMs: 20,
  observationGapMs: 2000,
  notSentShare: 0.005,
  latenessP99Ms: null,
  generatorCpuShare: 0.8,
};
