declare module '*.json?late' {
  const phrases: Readonly<Record<string, string>>;
  export default phrases;
}
