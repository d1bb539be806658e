import type { Plugin } from 'esbuild';

export const leanVendors: Plugin;
