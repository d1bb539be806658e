import { expect, test } from 'vitest';
import { nodeCapacity, nodeMemoryMb } from '../../../src/dag/clusterConfig/nodes.ts';

// Rows of "Task configuration" in the EMR Release Guide, column "Default value".
test.each([
  ['m5.xlarge', 12_288, 4],
  ['m5.24xlarge', 385_024, 96],
  ['m5a.8xlarge', 122_880, 32],
  ['r5.2xlarge', 57_344, 8],
  ['r5a.16xlarge', 516_096, 64],
  ['c6i.xlarge', 5632, 4],
  ['c6i.12xlarge', 85_504, 48],
  ['m6a.12xlarge', 179_200, 48],
  ['m6i.2xlarge', 23_424, 8],
  ['m6i.4xlarge', 54_272, 16],
  ['m6i.12xlarge', 181_248, 48],
  ['m7g.16xlarge', 241_664, 64],
  ['m7i.48xlarge', 741_376, 192],
  ['r6id.32xlarge', 991_232, 128],
  // From the archived edition of the page.
  ['c5.xlarge', 6144, 4],
  ['c5.9xlarge', 65_536, 36],
  ['c5d.18xlarge', 139_264, 72],
  ['c5a.12xlarge', 90_112, 48],
  ['i2.8xlarge', 241_664, 32],
  ['m4.large', 6144, 2],
  ['m4.10xlarge', 155_648, 40],
  ['r3.xlarge', 23_424, 4],
  ['z1d.3xlarge', 90_112, 12],
  ['c6g.8xlarge', 54_272, 32],
  ['i3.4xlarge', 116_736, 16],
  ['i3en.3xlarge', 90_112, 12],
  ['m5d.2xlarge', 24_576, 8],
  ['m6gd.12xlarge', 181_248, 48],
  ['r4.xlarge', 23_424, 4],
  ['r5d.xlarge', 24_576, 4],
  ['r5dn.12xlarge', 366_592, 48],
  ['r6g.2xlarge', 54_272, 8],
])('the YARN memory of %s is as EMR documents it', (type, memoryMb, vcores) => {
  expect(nodeCapacity(type)).toEqual({ memoryMb, vcores });
});

test('the instance has more memory than YARN, and types outside the table are unknown', () => {
  expect(nodeMemoryMb('m6i.2xlarge')).toBe(32 * 1024);
  for (const type of ['x2gd.xlarge', 'm6i.metal', 'm6i', '', 'm5.48xlarge.extra.large', '__proto__.xlarge'])
    expect([nodeCapacity(type), nodeMemoryMb(type)], type).toEqual([undefined, undefined]);
});
