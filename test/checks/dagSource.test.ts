import { expect, test } from 'vitest';
import {
  dagIdOf,
  findLoad,
  isSetTwice,
  readConstant,
  readLoad,
  writeLoad,
} from '../../src/checks/dagSource.ts';

test.each([
  ['LOAD = 2\n', 2],
  ['import x\nLOAD=16  # level\n', 16],
  ['LOAD\t=\t1000', 1000],
  ['# LOAD = 3\nLOAD = 4\n', 4],
  ['  LOAD = 3\nLOAD = 4\nOVERLOAD = 5\n', 4],
  ['', undefined],
  ['LOAD = two\n', undefined],
  ['LOAD = 0\n', undefined],
  ['LOAD = 1001\n', undefined],
  ['LOAD = 2\nLOAD = 3\n', undefined],
  ['LOAD = 2\nLOAD: int = 16\n', undefined],
  ['LOAD = 2\nLOAD += 1\n', undefined],
  ['LOAD = 2 * 2\n', undefined],
  ['LOAD = 2_000\n', undefined],
  ['LOAD = 2\r\nif LOAD == 2:\r\n', 2],
])('in %j LOAD is %j', (source, load) => {
  expect(findLoad(source)).toBe(load);
  if (load === undefined)
    expect(() => readLoad(source, 'The DAG')).toThrow(/^The DAG (has no line LOAD|sets LOAD)/);
  else expect(readLoad(source, 'The DAG')).toBe(load);
});

test('writing LOAD changes the number and not one other byte', () => {
  const source = 'x = "LOAD = 2"\r\nLOAD  =  2  # $& 2\r\nLOADER = 2\r\n';
  expect(writeLoad(source, 16)).toBe('x = "LOAD = 2"\r\nLOAD  =  16  # $& 2\r\nLOADER = 2\r\n');
  expect(writeLoad(source, 2)).toBe(source);
});

test('a constant is a plain module-level literal, or not read at all', () => {
  const source = `A = "one"  # comment\nB = 'two'\nC = A + "x"\n  D = "indented"\n`;
  expect(['A', 'B', 'C', 'D', 'E'].map((name) => readConstant(source, name))).toEqual([
    'one',
    'two',
    undefined,
    undefined,
    undefined,
  ]);
});

test('a constant that is given another value further down is not known', () => {
  expect(isSetTwice('A = "one"\n', 'A')).toBe(false);
  for (const again of ['A = "two"', 'A: str = "two"', 'A += "two"'])
    expect(isSetTwice(`A = "one"\n${again}\n`, 'A')).toBe(true);
});

test('the id of a schedule’s DAG follows from the file’s name', () => {
  expect(dagIdOf('dags/yang_audit_load_test.py', 'daily')).toBe('yang_audit_load_test_daily');
});
