export type { Plan } from './plan/plan.ts';
