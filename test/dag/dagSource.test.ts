import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  dagIdOf,
  findLoad,
  hasLoadTag,
  isSetTwice,
  readConstant,
  readLoad,
  writeLoad,
} from '../../src/dag/source.ts';

test.each([
  ['LOAD = 2\n', 2],
  ['import x\nLOAD=16  # level\n', 16],
  ['LOAD\t=\t1000', 1000],
  ['# LOAD = 3\nLOAD = 4\n', 4],
  ['  LOAD = 3\nLOAD = 4\n', undefined],
  ['LOAD = 4\nOVERLOAD = 5\nLOADER = 6\n', 4],
  ['LOAD = 02\n', undefined],
  ['"""\nLOAD = 3\n"""\nLOAD = 4\n', 4],
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

test.each([
  ['tags=["15m", f"load_{LOAD}x"]', true],
  ["tags=[F'load_{LOAD}x']", true],
  ['tags=["load_{LOAD}x"]', false],
  ['tags=["15m"]  # f"load_{LOAD}x"', false],
  [readFileSync('dags/yang_audit_load_test.py', 'utf8'), true],
])('whether a tag shows LOAD is read from the code', (source, expected) => {
  expect(hasLoadTag(source)).toBe(expected);
});

test('writing LOAD changes the number and no other byte', () => {
  const source = 'x = "LOAD = 2"\r\nLOAD  =  2  # $& 2\r\nLOADER = 2\r\n';
  expect(writeLoad(source, 16)).toBe('x = "LOAD = 2"\r\nLOAD  =  16  # $& 2\r\nLOADER = 2\r\n');
  expect(writeLoad(source, 2)).toBe(source);
});

test('only a plain module-level literal is read as a constant', () => {
  const source = `A = "one"  # comment\nB = 'two'\nC = A + "x"\n  D = "indented"\n`;
  expect(['A', 'B', 'C', 'D', 'E'].map((name) => readConstant(source, name))).toEqual([
    'one',
    'two',
    undefined,
    undefined,
    undefined,
  ]);
});

test('a constant that is set again later is found', () => {
  expect(isSetTwice('A = "one"\n', 'A')).toBe(false);
  for (const again of ['A = "two"', 'A: str = "two"', 'A += "two"'])
    expect(isSetTwice(`A = "one"\n${again}\n`, 'A')).toBe(true);
});

test('the DAG id of a schedule is the file name and the schedule', () => {
  expect(dagIdOf('dags/yang_audit_load_test.py', 'daily')).toBe('yang_audit_load_test_daily');
});

test.each([
  'LOAD, X = 4, 5',
  '(LOAD, X) = 4, 5',
  '[X, *LOAD] = 4, 5',
  'X = LOAD = 4',
  'X = 1; LOAD = 4',
  'print((LOAD := 4))',
  'for LOAD in (4,):\n    pass',
  'for i, LOAD in enumerate([4]): pass',
  'if True:\n    LOAD = 4',
  'if True: LOAD = 4',
  'def f():\n    global LOAD\n    LOAD = 4',
  'global X, LOAD',
  'from other import LOAD',
  'from other import (\n    X,\n    LOAD,\n)',
  'from other import X as LOAD',
  'import LOAD',
  'with open("x") as LOAD: pass',
  'def LOAD(): pass',
  'class LOAD: pass',
  'LOAD: int = 4',
  'LOAD <<= 1',
  'LOAD //= 2',
  'LOAD \\\n = 4',
  'del LOAD',
])('LOAD is unknown when the DAG continues with %j', (line) => {
  expect(findLoad(`LOAD = 2\n${line}\n`)).toBeUndefined();
  expect(() => readLoad(`LOAD = 2\n${line}\n`, 'The DAG')).toThrow(/^The DAG sets LOAD [23] times/);
});

test.each([
  '# LOAD = 4',
  'x = 1  # then LOAD = 4',
  'x = "LOAD = 4"',
  "x = 'it''s'; y = 'LOAD = 4'",
  'x = "\\"; LOAD = 4"',
  '"""\nLOAD = 4\nit"s LOAD, X = 4\n"""',
  'x = f"{LOAD}x"',
  'if LOAD == 4: x = 3',
  'if x <= LOAD != 4:\n    y = LOAD',
  'x = LOAD',
  'x = y = (LOAD, 2)',
  'x[LOAD] = 4',
  'x.LOAD = 4',
  'x: LOAD = 4',
  'x = dict(LOAD=LOAD)',
  'x = dict(\n    LOAD=LOAD,\n    y=[LOAD],\n)',
  'x = {\n    "load": LOAD,\n    LOAD: 2,\n}',
  'def f(LOAD=4): pass',
  'for x in range(LOAD): y = 3',
  'x = [i for i in range(LOAD)]',
  'from other import LOAD as X',
  'from LOAD.other import x',
  'OVERLOAD = LOAD_2 = 4',
  'x = y if LOAD else z',
  'assert LOAD >= 2, f"LOAD = {LOAD}"',
])('LOAD stays 2 when the DAG continues with %j', (line) => {
  expect(findLoad(`LOAD = 2\n${line}\n`)).toBe(2);
});

test('the shipped DAG is read and written', () => {
  const source = readFileSync('dags/yang_audit_load_test.py', 'utf8');
  const load = findLoad(source);
  expect(load).toBeGreaterThan(0);
  expect(findLoad(writeLoad(source, 64))).toBe(64);
  expect(writeLoad(writeLoad(source, 64), load ?? 0)).toBe(source);
  for (const name of ['S3_BUCKET', 'CONFIGS_PREFIX', 'RESULTS_PREFIX'])
    expect([readConstant(source, name), isSetTwice(source, name)]).toEqual([expect.any(String), false]);
});

test('a line in a docstring is neither read nor written', () => {
  const source = '"""\nLOAD = 3\n"""\nLOAD = 4\n';
  expect(writeLoad(source, 8)).toBe('"""\nLOAD = 3\n"""\nLOAD = 8\n');
});

test('a constant in a docstring is neither read nor counted', () => {
  const source = '"""\nA = "one"\n"""\nA = "two"\n';
  expect([readConstant(source, 'A'), isSetTwice(source, 'A')]).toEqual(['two', false]);
});
