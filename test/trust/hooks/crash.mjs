// A seeded bug: a message with a lone surrogate ends the server, and one that names a prototype gets no answer.
const parse = JSON.parse;
JSON.parse = (text, ...rest) => {
  const value = parse(text, ...rest);
  if (/\\ud8[0-9a-f]{2}(?!\\u)/i.test(text)) setTimeout(() => Promise.reject(new Error('seeded')), 0);
  if (typeof value?.id === 'number' && text.includes('__proto__')) return { ...value, id: -1 };
  return value;
};
