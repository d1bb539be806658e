// A seeded bug: a message with a lone surrogate ends the server.
const parse = JSON.parse;
JSON.parse = (text, ...rest) => {
  if (/\\ud8[0-9a-f]{2}(?!\\u)/i.test(text)) setTimeout(() => Promise.reject(new Error('seeded')), 0);
  return parse(text, ...rest);
};
