declare module '*.json?only=ends' {
  const words: Readonly<Record<string, string>>;
  export default words;
}
