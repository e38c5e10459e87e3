import { expect, test } from 'vitest';
import * as surface from '../../harness/index.ts';

test('the package exports these values and no others', () => {
  expect(Object.keys(surface).sort()).toEqual([
    'HarnessError',
    'blocksNeeded',
    'compareArms',
    'deriveSeed',
    'detectableDifference',
    'errorCodes',
    'formatDiagnostics',
    'hodgesLehmann',
    'holm',
    'judge',
    'loadProfile',
    'log2View',
    'makePlan',
    'measure',
    'median',
    'medianInterval',
    'planHash',
    'planText',
    'quantile',
    'quantileOfBuckets',
    'rankBiserial',
    'readExperiment',
    'signFlipTest',
    'slotBoundsNs',
    'slotCount',
    'slotOf',
    'sortSample',
    'stream',
    'summarize',
    'wilcoxonTest',
  ]);
});
