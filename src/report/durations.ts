/**
 * A duration as the report prints it: `45m 23s`, `2h 34m 18s`, `7s`. Rounded to whole seconds before it is
 * split, so that 179.6 s reads `3m 0s` and never `2m 60s`.
 */
export function formatDuration(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  const sign = seconds < 0 && whole > 0 ? '-' : '';
  if (hours > 0) return `${sign}${hours}h ${minutes}m ${rest}s`;
  return minutes > 0 ? `${sign}${minutes}m ${rest}s` : `${sign}${rest}s`;
}

/** The same, or an en dash where nothing was measured. */
export function formatMeasured(seconds: number | null): string {
  return seconds === null ? '–' : formatDuration(seconds);
}

/** A window as an adjective: 900 s is `15-minute`, 3600 s `1-hour`, 86,400 s `24-hour`. */
export function windowName(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}-hour`;
  return seconds % 60 === 0 ? `${seconds / 60}-minute` : `${seconds}-second`;
}
