// Loaded before a measured command: writes its peak memory at exit, in kilobytes.
import { writeFileSync } from 'node:fs';

const file = process.env.BENCH_PEAK;
if (file !== undefined) process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS)));
