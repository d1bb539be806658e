// A seeded bug: nothing is masked.
const { replace } = String.prototype;
// biome-ignore lint/suspicious/noExtendNative: that is the bug
String.prototype.replace = function (pattern, replacement) {
  if (typeof replacement === 'string' && replacement.includes('[masked]')) return String(this);
  return replace.call(this, pattern, replacement);
};
