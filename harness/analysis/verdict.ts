export * from '../store/verdict.ts';
