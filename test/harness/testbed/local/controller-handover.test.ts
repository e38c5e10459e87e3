import { describe, expect, test } from 'vitest';
import { handDown, takeBack } from '../../../../harness/testbed/local/controller-handover.ts';
import { own, V2Tree } from './v2-tree.ts';

const room = `${own}/scalelab-harness`;
const hint = 'Run as root, or in a delegated scope: systemd-run --user --scope -p Delegate=yes npx scalelab run FILE.';

describe('handing controllers down', () => {
  test('moves everything in the cgroup, us and who started us, into the waiting room first', () => {
    const tree = new V2Tree(['/tree', own]);
    for (const pid of ['10', '11', '12']) tree.place(pid, own);
    expect(handDown(['cpu'], own, tree)).toEqual(['cpu']);
    expect(tree.changes).toEqual([
      `mkdir ${room}`,
      `10 > ${room}/cgroup.procs`,
      `11 > ${room}/cgroup.procs`,
      `12 > ${room}/cgroup.procs`,
      `+cpu > ${own}/cgroup.subtree_control`,
    ]);
  });

  test('moves also what was forked meanwhile, and is not stopped by what has ended', () => {
    const tree = new V2Tree(['/tree', own]);
    tree.place('10', own);
    tree.place('11', own);
    tree.ended.add('11');
    let forks = 3;
    tree.afterMove = () => {
      if (forks-- > 0) tree.place(`2${forks}`, own);
    };
    handDown(['cpu'], own, tree);
    expect(tree.pids(own)).toEqual([]);
    expect(tree.pids(room)).toEqual(['10', '22', '21', '20']);
    expect(tree.handsDown(own)).toBe(true);
  });

  test('a shell in a cgroup that hands it down already does not keep our processes out of its children', () => {
    const tree = new V2Tree(['/tree', own]);
    tree.handDown(own);
    tree.place('10', own);
    expect(handDown(['cpu'], own, tree)).toEqual([]);
    expect(tree.handsDown(own)).toBe(true);
    expect(tree.pids(room)).toEqual(['10']);
  });

  test('leaves the processes in the root of the tree where they are', () => {
    const tree = new V2Tree(['/tree']);
    tree.place('1', '/tree');
    expect(handDown(['cpu'], '/tree', tree)).toEqual(['cpu']);
    expect(tree.changes).toEqual(['+cpu > /tree/cgroup.subtree_control']);
  });

  test('asks for several at once, and says which were news', () => {
    const tree = new V2Tree(['/tree', own]);
    tree.handDown(own, 'memory');
    expect(handDown(['cpu', 'cpuset', 'memory'], own, tree)).toEqual(['cpu', 'cpuset']);
    expect(tree.changes).toEqual([`+cpu +cpuset +memory > ${own}/cgroup.subtree_control`]);
  });

  test('memory, which no cgroup with processes may hand down, comes after they have moved', () => {
    const tree = new V2Tree(['/tree', own]);
    tree.place('10', own);
    expect(handDown(['cpu', 'memory'], own, tree)).toEqual(['cpu', 'memory']);
    expect(tree.pids(room)).toEqual(['10']);
    expect(tree.handsDown(own, 'memory')).toBe(true);
  });

  test('changes nothing where all of it is handed down already', () => {
    const tree = new V2Tree(['/tree', own]);
    tree.handDown(own);
    expect(handDown(['cpu'], own, tree)).toEqual([]);
    expect(tree.changes).toEqual([]);
  });

  test('never writes a process of another container, which has no number here, and puts the others back', () => {
    const tree = new V2Tree(['/tree', own]);
    tree.place('0', own);
    tree.place('10', own);
    const refused = `${own}/cgroup.subtree_control does not take +cpu: EBUSY: said the kernel, write.`;
    expect(() => handDown(['cpu'], own, tree)).toThrow(
      expect.objectContaining({ code: 'machine-lacks', message: refused, hint }) as Error,
    );
    expect(tree.changes.filter((change) => change.startsWith('0 >'))).toEqual([]);
    expect(tree.pids(own)).toEqual(['0', '10']);
    expect(tree.exists(room)).toBe(false);
  });
});

describe('taking it back', () => {
  test('lets the processes back and leaves the tree as it was', () => {
    const tree = new V2Tree(['/tree', own]);
    tree.place('10', own);
    takeBack(handDown(['cpu'], own, tree), own, tree);
    expect(tree.exists(room)).toBe(false);
    expect(tree.handsDown(own)).toBe(false);
    expect(tree.pids(own)).toEqual(['10']);
  });

  test('goes by the waiting room where a killed run began it', () => {
    const tree = new V2Tree(['/tree', own]);
    tree.place('10', own);
    handDown(['cpu'], own, tree);
    takeBack(handDown(['cpu'], own, tree), own, tree);
    expect(tree.pids(own)).toEqual(['10']);
    expect(tree.exists(room)).toBe(false);
  });

  test('takes back only what was news, and leaves the rest to whoever handed it down', () => {
    const tree = new V2Tree(['/tree']);
    tree.handDown('/tree', 'memory');
    takeBack(handDown(['cpu', 'memory'], '/tree', tree), '/tree', tree);
    expect([tree.handsDown('/tree', 'memory'), tree.handsDown('/tree')]).toEqual([true, false]);
  });

  test('takes all of ours back where the room tells that a killed run handed it down', () => {
    const tree = new V2Tree(['/tree', own]);
    tree.place('10', own);
    handDown(['cpu', 'memory'], own, tree);
    takeBack([], own, tree);
    expect([tree.handsDown(own, 'memory'), tree.handsDown(own), tree.exists(room)]).toEqual([false, false, false]);
    expect(tree.pids(own)).toEqual(['10']);
  });

  test('leaves alone what somebody else handed down', () => {
    const tree = new V2Tree(['/tree']);
    tree.handDown('/tree');
    takeBack(handDown(['cpu'], '/tree', tree), '/tree', tree);
    expect(tree.handsDown('/tree')).toBe(true);
  });

  test('leaves it while another cgroup below uses it', () => {
    const tree = new V2Tree(['/tree', own]);
    const news = handDown(['cpu'], '/tree', tree);
    tree.handDown(own);
    takeBack(news, '/tree', tree);
    expect(tree.handsDown('/tree')).toBe(true);
  });
});
