// Loaded before a command that is measured: writes down, when it ends, how much memory it had at most, in kilobytes.
import { writeFileSync } from 'node:fs';

const file = process.env.BENCH_PEAK;
if (file !== undefined) process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS)));
