// A seeded bug: nothing is masked.
const { replace } = String.prototype;
String.prototype.replace = function (pattern, replacement) {
  if (typeof replacement === 'string' && replacement.includes('[masked]')) return String(this);
  return replace.call(this, pattern, replacement);
};
