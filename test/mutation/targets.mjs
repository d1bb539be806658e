// The code that trust rests on, and the tests that should notice a change in it. `seen`: the tests were written from the
// list of all mutants.
export const targets = [
  {
    name: 'key guard',
    files: ['src/domain/keys.ts', 'src/adapters/aws/containment.ts'],
    tests: ['test/keys.test.ts', 'test/adapters/containment.test.ts', 'test/adapters/s3.test.ts'],
  },
  {
    name: 'approval',
    seen: true,
    files: ['src/workflow/approvals.ts'],
    tests: ['test/workflow/approval.test.ts', 'test/workflow/askApproval.test.ts'],
  },
  {
    name: 'baseline guard',
    seen: true,
    files: ['src/adapters/git/baselineGuard.ts', 'src/workflow/baseline/loadedBaselines.ts'],
    tests: ['test/workflow/loadedBaselines.test.ts', 'test/adapters/baselineGuard.test.ts'],
  },
  {
    name: 'interval scanner',
    files: ['src/intervals/sql/find.ts', 'src/intervals/sql/interval.ts', 'src/intervals/sql/sql.ts'],
    tests: [
      'test/intervals/sqlForms.test.ts',
      'test/intervals/sqlReadings.test.ts',
      'test/intervals/bounds.test.ts',
      'test/intervals/fixIntervals.test.ts',
      'test/intervals/fixtures.test.ts',
    ],
  },
  {
    name: 'masker',
    files: ['src/domain/foreignText.ts'],
    tests: ['test/foreignText.test.ts'],
  },
  {
    name: 'lock',
    seen: true,
    files: ['src/adapters/git/writerLock.ts', 'src/adapters/git/gitLocks.ts'],
    tests: ['test/adapters/writerLock.test.ts', 'test/adapters/gitLocks.test.ts'],
  },
  {
    name: 'review digest',
    seen: true,
    files: ['src/review/review.ts'],
    tests: ['test/review/review.test.ts'],
  },
  {
    name: 'disk door',
    seen: true,
    files: ['src/adapters/disk/disk.ts'],
    tests: ['test/adapters/disk.test.ts', 'test/adapters/diskDoor.test.ts'],
  },
  {
    name: 'commit',
    files: ['src/adapters/git/commits.ts'],
    tests: ['test/adapters/commits.test.ts'],
  },
];

/** Survivors that change nothing that anybody can see: a part of the line, why, and which changes of that line. */
export const equivalent = [
  ['if (!hint.test(text)) return text;', 'only saves time: without the hint every pattern is tried'],
  ['searched.get(key)', 'only saves time: commits never change'],
  ["if (log === '') return", 'only saves time: an empty history names nothing'],
  ["prefix !== ''", 'a key never begins with a slash, so an empty prefix holds nothing anyway'],
  [
    'for (let at = start + 1; at < text.length',
    'past the end there is no character, so nothing more is read',
  ],
  ['await sleep(waitStepMs * (0.5 + Math.random())', 'another random wait', /^0\.5|^[*+]/],
  ['asked < patience', 'one look more or less, of twenty', /^(0|<)/],
  ['if (bytes === undefined) continue;', 'a claim that went away a moment ago costs another look', /false$/],
  ['file.diskDigest === one.scaledDigest ? one', 'only saves time: without it the bytes are read', /false$/],
  ["one.file.diskDigest ?? 'deleted'", 'any word that is not a digest stands for a deleted file', /mutant/],
  ['rm(', 'differs only if somebody else removed the draft in between', /^false$/],
  ['\\n?:\\d+ \\d+', 'what follows a path in the list is never a path', /expression/],
  [
    "const templates = text.includes('{{')",
    'only saves time: without a template both readings are one',
    /true$/,
  ],
  ['endOfTemplate(text, at) - 1', 'the last brace of a template is not a quote', /^1 /],
  ['return end === -1 ? -1 : at + end', 'any place before the template means the same', /^1 /],
  [
    '.sort((a, b) => (a.name < b.name ? -1 : 1))',
    'libuv already sorts a listing, though Node does not document it; only the sign of the number counts',
  ],
  ['at + 1 < words.length', 'the list ends in an empty word', /^1 /],
  ['while (end < text.length', 'past the end there is no character, so nothing more is read', /^</],
  [
    'const engines = differs',
    'only saves time: without a backslash or a comment both readings are one',
    /true$/,
  ],
  ['if (mark === undefined) return -1;', 'any place before the template means the same', /^1 /],
  ['const afterGap =', 'any place before the text means no token', /^1 /],
  ['Array.isArray(bytes)', 'writeFile also takes a list of pieces', /false$/],
  ['const patience = 20;', 'one look more or less, of twenty'],
  [
    'Math.max(0, Date.now() - found.modifiedMs)',
    'a difference of a millisecond, and whole seconds are shown',
    /^0/,
  ],
];

/** Survivors that change something which no test of ours looks at, and why not. */
export const untested = [
  [
    'if (depth < 0) return undefined;',
    'a bracket that closes before it opens is not valid SQL in any engine',
  ],
  ['const afterGap =', 'no engine accepts a number right after a name and a point (`name.5`)', /&&/],
  ['await sleep(100);', 'no test asserts how long anything waits'],
  [
    'if (file === undefined) return undefined;',
    'a file that goes away between the look at it and its opening: no test can hold that moment',
  ],
];
